"""Asks a model what a row of the dataset could stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.reply import TEXT, object_schema
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import UnitIdea
from coderai.services.copilot.domain.suggesting.prompting.ground import SEEN, Asking, claims, rules
from coderai.services.copilot.domain.suggesting.units import MOST

_RULES = rules(
    "A row of the dataset is the whole document, or one of several things of a kind that most documents speak of"
    " (events, persons, cases, payments). Say which fits the documents and what the project asks, the best first.",
    'row_is: what a row stands for, in a few words such as "one protest". several: whether a document may give many.',
    "pattern: if it may, how a reader recognises such a thing and tells it from others and from what only looks like"
    " one, in two or three sentences; else empty.",
    "reason: what in the documents speaks for it. seen: where; of several things in a document, quote two of them.",
)
_SCHEMA = object_schema(
    {
        "units": {
            "type": "array",
            "items": object_schema(
                {"row_is": TEXT, "several": {"type": "boolean"}, "pattern": TEXT, "reason": TEXT, "seen": SEEN}
            ),
        }
    }
)


def _ask(question: Question) -> str:
    return f"Suggest what a row should stand for: one unit, {MOST} at most; none if the project's own fits best."


def _read(content: Mapping[str, Any], question: Question) -> Sequence[UnitIdea]:
    return [
        UnitIdea(item["row_is"], item["several"], item["pattern"], item["reason"], claims(item["seen"], question))
        for item in content["units"]
    ]


UNITS = Asking("units", _RULES, _SCHEMA, _ask, _read, usual_reply=500)
