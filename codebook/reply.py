"""A reply's findings: the strict JSON Schema that they must fit, and a reader that trusts nothing in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import regex

from coderai.codebook.types import Schema, reading, spec
from coderai.codebook.variable import Reading, Variable

LONGEST_QUOTE = 1_000
"""Code points; of a longer quote the first and the last words are kept."""
LONGEST_VALUE = 2_000
"""Code points; a longer value is refused."""
LONGEST_REASON = 500
MOST_ANSWERS = 50
"""Values of one variable in one passage; what goes on for longer is a model that has lost its way."""
LEFT_OUT = " […] "
"""Stands for the middle of a long quote."""
_LARGEST_NUMBER = 1e300
_UNSTORABLE = regex.compile(r"[\x00\p{Cs}]")
"""What JSON can say and no database can keep: NUL and halves of surrogate pairs."""

TEXT: Schema = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One value that a model gives for one variable, not yet checked or coerced."""

    value: Any
    """str, int, float, bool or None (not stated); never a list: several values are several answers.

    A text that is too long to be a value is cut to one code point more than a value may have.
    """
    quote: str = ""
    """The words that state it, copied from the passage; 1,000 code points at most."""
    confidence: float = 0.0
    """0..1."""
    explanation: str = ""
    """Why the quote means the value, where a reader has to decide that."""
    probability: float | None = None
    """That of the tokens that write the value, 0..1; None where the model gives none."""


def answer_schema(variable: Variable) -> dict[str, Any]:
    """What is asked of one value of a variable."""
    return object_schema(_parts([variable]))


def findings_schema(variables: Sequence[Variable]) -> dict[str, Any]:
    """The findings of several variables: a list of values, each with its variable's name.

    Models write properties in the order of the schema: the quote comes first, then what it means, then the value.
    """
    named: dict[str, Schema] = {"variable": {**TEXT, "enum": [v.name for v in variables]}}
    return {"type": "array", "items": object_schema(named | _parts(variables))}


def object_schema(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The strict schema of an object that has all of these properties and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def read_findings(variables: Sequence[Variable], content: Mapping[str, Any]) -> dict[str, tuple[Answer, ...]]:
    """The answers in a reply, by the names of the variables asked; whatever JSON it is.

    A variable listed as not stated has an empty tuple. One that is left out has no key: it was skipped, which is no
    answer; nor has one of whose findings any is no answer.
    """
    names = {v.name for v in variables}
    found: dict[str, list[Any]] = {}
    for item in _list(content.get("findings")):
        name = item.get("variable") if isinstance(item, Mapping) else None
        if isinstance(name, str) and name in names:
            found.setdefault(name, []).append(item)
    not_stated = {name for name in _list(content.get("not_stated")) if isinstance(name, str)} & names - found.keys()
    read = {name: read_answers(items) for name, items in found.items()} | dict.fromkeys(not_stated, ())
    return {name: answers for name, answers in read.items() if answers is not None}


def read_answers(items: Sequence[Any]) -> tuple[Answer, ...] | None:
    """The answers of one variable; None when anything among them is no answer.

    Confidences are brought into 0..1, the middle of a quote beyond 1,000 code points is left out.
    """
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


def shortened(quote: str) -> str:
    """The quote itself, or its first and last words with an ellipsis between them, 1,000 code points at most."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    half = (LONGEST_QUOTE - len(LEFT_OUT)) // 2
    return f"{cut(quote, half)}{LEFT_OUT}{cut(quote[::-1], half)[::-1]}"


def _parts(variables: Sequence[Variable]) -> dict[str, Schema]:
    """What each finding has; a reason, where any of the variables is one that a reader decides."""
    inferred = any(reading(v) is Reading.INFERRED for v in variables)
    reason = {"reason": TEXT} if inferred else {}
    return {"quote": TEXT, **reason, "value": _value_schema(variables), "confidence": {"type": "number"}}


def _value_schema(variables: Sequence[Variable]) -> Schema:
    """The schema of the variables' values where they share one, else whatever type any of them has."""
    schemas = [spec(v).schema(v) for v in variables]
    if all(schema == schemas[0] for schema in schemas):
        return schemas[0]
    types = [[schema["type"]] if isinstance(schema["type"], str) else schema["type"] for schema in schemas]
    several = list(dict.fromkeys(chain.from_iterable(types)))
    return {"type": several if len(several) > 1 else several[0]}


def _list(part: Any) -> list[Any]:
    return part if isinstance(part, list) else []


def _answer(item: Any) -> Answer | None:
    if not isinstance(item, Mapping) or "value" not in item or not _is_plain(item["value"]):
        return None
    value = item["value"]
    if isinstance(value, str):
        value = read_text(value)[: LONGEST_VALUE + 1] or None
    quote, reason = shortened(read_text(item.get("quote"))), cut(read_text(item.get("reason")), LONGEST_REASON)
    return Answer(value, quote, _confidence(item.get("confidence")), reason)


def _is_plain(value: Any) -> bool:
    """Whether it is a text, a truth value, a number that can be reckoned with, or null."""
    if isinstance(value, int | float):
        return -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER
    return value is None or isinstance(value, str)


def _confidence(raw: Any) -> float:
    """Into 0..1; what is above 1 is meant in per cent."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return 0.0
    return float(min(1, max(0, raw / 100 if 1 < raw <= 100 else raw)))
