"""What each variable type means, in one place: how it is asked, read, checked and exported."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import regex

from coderai.codebook.ranges import is_range
from coderai.codebook.stating import (
    Says,
    amount_value,
    period_value,
    restated_date,
    restated_number,
    states_boolean,
    states_category,
    states_date,
    states_number,
    states_text,
)
from coderai.codebook.variable import Reading, Variable, VariableType
from coderai.language.amounts import read_amount
from coderai.language.booleans import parse_boolean
from coderai.language.dates import parse_date
from coderai.language.numbers import parse_number
from coderai.language.periods import read_period

Schema = Mapping[str, Any]

_PARTIAL_DATE = regex.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_TEXT: Schema = {"type": "string"}


class ExportKind(StrEnum):
    """How a dataset's files store a type's values."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    """ISO 8601, perhaps partial: YYYY, YYYY-MM or YYYY-MM-DD."""
    BOOLEAN = "BOOLEAN"


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """One variable type."""

    asked_as: str
    """What a prompt calls it."""
    described: str
    """What a message calls one value of it."""
    temperature: float
    """0..2, of its generated prompts: low where one answer is right."""
    read: Callable[[Variable, Any, str], Any]
    """Variable, a model's or a person's value, language (ISO 639-1, or empty) -> a value of the type, or None."""
    schema: Callable[[Variable], Schema]
    """The JSON Schema of one value in a reply."""
    is_value: Callable[[Variable, Any], bool]
    """Whether a JSON value is one of the type as it stands, without being read."""
    export: ExportKind
    reading: Reading
    """How its values usually come from a text."""
    states: Callable[[Variable, Any, str, str], Says]
    """Variable, value, quote, language -> what the quote says of the value."""
    restated: Callable[[Variable, Any, str, str], Any] = lambda *_: None
    """The same -> what the quote states in place of the value (two ends in place of one), or None."""
    ordered: bool = False
    """Whether min, max, GREATER and LESS apply."""


def spec(variable: Variable) -> TypeSpec:
    """What the variable's type means."""
    return SPECS[variable.type]


def reading(variable: Variable) -> Reading:
    """How the variable's values come from a text: as it says, else as its type has it."""
    return variable.reading or spec(variable).reading


def _read_text(_: Variable, raw: Any, language: str) -> str | None:
    return " ".join(str(raw).split()) or None


def _read_number(_: Variable, raw: Any, language: str) -> Any:
    """A number, or two ends: "400-500", "more than 60"; vague words ("dozens") are marked so."""
    if isinstance(raw, bool) or is_range(raw):
        return raw if is_range(raw) else None
    if isinstance(raw, int | float):
        return _whole(raw) if math.isfinite(raw) else None
    amount = read_amount(str(raw), language)
    if amount is not None and amount.value is None:
        return amount_value(amount)
    value = parse_number(str(raw), language)
    return None if value is None or not math.isfinite(value) else _whole(value)


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _read_date(_: Variable, raw: Any, language: str) -> Any:
    """An ISO 8601 date, perhaps partial, or two ends: "3-5 March 2021"."""
    if isinstance(raw, bool) or is_range(raw):
        return raw if is_range(raw) else None
    period = read_period(str(raw), language)
    return period_value(period) if period is not None and period.low != period.high else parse_date(str(raw), language)


def _read_boolean(_: Variable, raw: Any, language: str) -> bool | None:
    return raw if isinstance(raw, bool) else parse_boolean(str(raw))


def _read_category(variable: Variable, raw: Any, language: str) -> str | None:
    values = [category.value for category in variable.categories]
    said = str(raw).strip().casefold()
    return next((value for value in values if value == raw), None) or next(
        (value for value in values if value.casefold() == said), None
    )


def _is_number(_: Variable, value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_date(_: Variable, value: Any) -> bool:
    if not isinstance(value, str) or not _PARTIAL_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


SPECS: Mapping[VariableType, TypeSpec] = {
    VariableType.TEXT: TypeSpec(
        asked_as="text",
        described="a text",
        temperature=0.2,
        read=_read_text,
        schema=lambda _: _TEXT,
        is_value=lambda _, value: isinstance(value, str) and bool(value.strip()),
        export=ExportKind.TEXT,
        reading=Reading.STATED,
        states=states_text,
    ),
    VariableType.NUMBER: TypeSpec(
        asked_as="number",
        described="a number",
        temperature=0.15,
        read=_read_number,
        schema=lambda _: {"type": ["number", "string"]},
        is_value=_is_number,
        export=ExportKind.NUMBER,
        reading=Reading.STATED,
        states=states_number,
        restated=restated_number,
        ordered=True,
    ),
    VariableType.DATE: TypeSpec(
        asked_as="date",
        described="a date such as 2021-03-05",
        temperature=0.15,
        read=_read_date,
        schema=lambda _: _TEXT,
        is_value=_is_date,
        export=ExportKind.DATE,
        reading=Reading.STATED,
        states=states_date,
        restated=restated_date,
        ordered=True,
    ),
    VariableType.CATEGORY: TypeSpec(
        asked_as="category",
        described="one of the categories",
        temperature=0.1,
        read=_read_category,
        schema=lambda variable: {**_TEXT, "enum": [category.value for category in variable.categories]},
        is_value=lambda variable, value: _read_category(variable, value, "") is not None,
        export=ExportKind.TEXT,
        reading=Reading.INFERRED,
        states=states_category,
    ),
    VariableType.BOOLEAN: TypeSpec(
        asked_as="true or false",
        described="true or false",
        temperature=0.1,
        read=_read_boolean,
        schema=lambda _: {"type": "boolean"},
        is_value=lambda _, value: isinstance(value, bool),
        export=ExportKind.BOOLEAN,
        reading=Reading.INFERRED,
        states=states_boolean,
    ),
}
ORDERED = " and ".join(type for type, kind in SPECS.items() if kind.ordered)
"""The types that min, max, GREATER and LESS are for, as messages name them."""
