"""Asks a model which variables a project could code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.reply import TEXT, object_schema
from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import VariableIdea
from coderai.services.copilot.domain.suggesting.prompting.ground import (
    CATEGORIES,
    SEEN,
    Asking,
    claims,
    read_categories,
    rules,
)

_OTHERS = ", ".join(type for type in VariableType if type not in (VariableType.CATEGORY, VariableType.TEXT))
_RULES = rules(
    "Suggest variables that the documents state, that answer what the project asks, and that the researcher wishes for,"
    " the most useful first; none that is among the existing variables in other words. Fewer if no more are worth it.",
    "Each variable asks for one thing about one row, and can be coded from a document alone.",
    "name: the column, in English, [a-z][a-z0-9_]*, no two alike. display_name: a title for a person.",
    f"type: {_OTHERS}, CATEGORY if there are few possible values, else TEXT.",
    "instructions: for a coder who sees one document: what to code, what not, what counts in doubtful cases.",
    "categories: for CATEGORY the values, 2 to 20, each with a description and where it was seen; else an empty list.",
    "reason: one sentence on why the variable is worth it.",
    "wished: whether the researcher's wish asks for it. seen: up to 3 places.",
)
_SCHEMA = object_schema(
    {
        "suggestions": {
            "type": "array",
            "items": object_schema(
                {
                    "name": TEXT,
                    "display_name": TEXT,
                    "type": {"type": "string", "enum": [type.value for type in VariableType]},
                    "instructions": TEXT,
                    "categories": CATEGORIES,
                    "reason": TEXT,
                    "wished": {"type": "boolean"},
                    "seen": SEEN,
                }
            ),
        }
    }
)


def _ask(question: Question) -> str:
    return f"Suggest at most {question.limit} variables."


def _read(content: Mapping[str, Any], question: Question) -> Sequence[VariableIdea]:
    return [
        VariableIdea(
            name=item["name"],
            display_name=item["display_name"],
            type=VariableType(item["type"]),
            instructions=item["instructions"],
            reason=item["reason"],
            categories=read_categories(item["categories"], question),
            claims=claims(item["seen"], question),
            wished=item["wished"],
        )
        for item in content["suggestions"]
    ]


VARIABLES = Asking("suggestions", _RULES, _SCHEMA, _ask, _read)
