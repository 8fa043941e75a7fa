"""One variable's part of a reply: the strict JSON Schema that it must fit, and a reader that trusts nothing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import regex

from coderai.codebook.types import Schema, spec
from coderai.codebook.variable import Variable

LONGEST_QUOTE = 200
"""Code points."""
LONGEST_EXPLANATION = 500
MOST_ANSWERS = 50
"""Values of one variable in one passage; what goes on for longer is a model that has lost its way."""
_LARGEST_NUMBER = 1e300
_UNSTORABLE = regex.compile(r"[\x00\p{Cs}]")
"""What JSON can say and no database can keep: NUL and halves of surrogate pairs."""

TEXT: Schema = {"type": "string"}
QUOTE: Schema = {
    "type": "string",
    "description": f"verbatim from the document, {LONGEST_QUOTE} characters at most",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One value that a model gives for one variable, not yet checked or coerced."""

    value: Any
    """str, int, float, bool or None (not stated); never a list: several values are several answers."""
    quote: str = ""
    """The words that state it, copied from the passage; 200 characters at most."""
    confidence: float = 0.0
    """0..1."""
    explanation: str = ""


def answer_schema(variable: Variable) -> dict[str, Any]:
    """A variable's part of the reply: null, or a list of values with their evidence."""
    answer = {
        "value": spec(variable).schema(variable),
        "quote": QUOTE,
        "confidence": {"type": "number", "description": "0 to 1"},
        "explanation": {**TEXT, "description": "one short sentence"},
    }
    return {"type": ["array", "null"], "items": object_schema(answer)}


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The strict schema of an object that has all of these properties and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def read_answers(part: Any) -> tuple[Answer, ...] | None:
    """The answers in a variable's part of a reply, whatever JSON it is; None when anything in it is no answer.

    Confidences are brought into 0..1, quotes cut to 200 characters at a word's end; null gives an empty tuple.
    """
    items = part if isinstance(part, list) else [] if part is None else [part]
    answers = [_answer(item) for item in items]
    if None in answers:
        return None
    return tuple(answer for answer in answers if answer is not None and answer.value is not None)[:MOST_ANSWERS]


def read_text(raw: Any) -> str:
    """A text that a database can keep; empty for what is no text."""
    return _UNSTORABLE.sub("", raw).strip() if isinstance(raw, str) else ""


def cut(text: str, length: int) -> str:
    """The text itself, or as many whole words of it as fit; a single word that does not fit is cut."""
    if len(text) <= length:
        return text
    head, following = text[:length], text[length]
    words = head.rsplit(None, 1)
    return words[0] if len(words) == 2 and not (following.isspace() or head[-1].isspace()) else head.rstrip()


def _answer(item: Any) -> Answer | None:
    if not isinstance(item, Mapping) or "value" not in item or not _is_plain(item["value"]):
        return None
    value = item["value"]
    if isinstance(value, str):
        value = read_text(value) or None
    quote = cut(read_text(item.get("quote")), LONGEST_QUOTE)
    explanation = cut(read_text(item.get("explanation")), LONGEST_EXPLANATION)
    return Answer(value, quote, _confidence(item.get("confidence")), explanation)


def _is_plain(value: Any) -> bool:
    """Whether it is a text, a truth value, a number that can be reckoned with, or null."""
    if isinstance(value, int | float):
        return -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER
    return value is None or isinstance(value, str)


def _confidence(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return 0.0
    return float(min(1, max(0, raw)))
