"""Asks a model for better instructions of a variable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coderai.codebook.reply import TEXT, object_schema
from coderai.engines.prompting.delimiters import enclose
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import InstructionsIdea
from coderai.services.copilot.domain.suggesting.prompting.ground import SEEN, Asking, claims, described, rules

_RULES = rules(
    "Look in the documents for what the instructions of the named variable leave open: several values, ranges,"
    " corrected or disputed ones, words without a number, another occasion, a denial, none at all.",
    "instructions: the whole instructions as they should be, plain text for a coder who sees one document: what to"
    " code, what not, what counts in those cases. Keep what is right in the present ones. Ask for what documents state,"
    " never for a guess. Empty if the present ones leave nothing open.",
    "reason: which cases they decide now. seen: a place for each of these cases.",
)
_SCHEMA = object_schema({"instructions": TEXT, "reason": TEXT, "seen": SEEN})


def _ask(question: Question) -> str:
    assert question.variable is not None
    about = enclose("variable", json.dumps(described(question.variable), ensure_ascii=False))
    return f"{about}\nSuggest better instructions for this variable."


def _read(content: Mapping[str, Any], question: Question) -> InstructionsIdea | None:
    text = content["instructions"].strip()
    return InstructionsIdea(text, content["reason"], claims(content["seen"], question)) if text else None


INSTRUCTIONS = Asking("instructions", _RULES, _SCHEMA, _ask, _read, usual_reply=500)
