"""Asks a model which values a variable takes in the documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coderai.codebook.reply import TEXT, object_schema
from coderai.engines.prompting.delimiters import enclose
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import CategoriesIdea
from coderai.services.copilot.domain.suggesting.prompting.ground import (
    CATEGORIES,
    SEEN,
    Asking,
    claims,
    described,
    read_categories,
    rules,
)

_RULES = rules(
    "Find out which values the named variable takes in the documents, and make categories of them: 2 to 20, of which"
    " exactly one fits each row. Keep the present categories, spelt as they are; add what is missing.",
    "value: short, in the language of the variable's name or of its present categories.",
    "description: what the category takes in, what it does not, and which words of the documents stand for it.",
    "seen: for each category one place in every document that has it; an empty list if none has.",
    "leftovers: places whose value fits none of the categories; the quote is the value itself.",
    "reason: one or two sentences on how the categories were made.",
)
_SCHEMA = object_schema({"categories": CATEGORIES, "leftovers": SEEN, "reason": TEXT})


def _ask(question: Question) -> str:
    assert question.variable is not None
    about = enclose("variable", json.dumps(described(question.variable), ensure_ascii=False))
    return f"{about}\nSuggest the categories of this variable."


def _read(content: Mapping[str, Any], question: Question) -> CategoriesIdea:
    return CategoriesIdea(
        read_categories(content["categories"], question),
        content["reason"],
        claims(content["leftovers"], question),
    )


CATEGORIES_OF = Asking("categories", _RULES, _SCHEMA, _ask, _read)
