"""The filters and the sort of the dataset's rows as people write them: VARIABLE[.FIELD] OPERATOR VALUE.

A name in double quotes is always a variable's, also where it is called any, document or entity; a value in double
quotes keeps the spaces at its ends. Within quotes two double quotes stand for one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import regex

from coderai.codebook.codebook import Codebook
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable, VariableType
from coderai.kit.errors import InvalidInput
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Origin, Status, Support
from coderai.services.extractor.domain.dataset.stale import StaleReason


class Comparison(StrEnum):
    """How a filter compares."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    CONTAINS = "~"
    """Whatever the case."""


class Subject(StrEnum):
    """What a filter looks at."""

    VARIABLE = "variable"
    """The cell of one variable."""
    ANY = "any"
    """Any cell of the row."""
    DOCUMENT = "document"
    ENTITY = "entity"


class Field(StrEnum):
    """What of it."""

    VALUE = ""
    """Of a document or an entity the name."""
    ID = "id"
    CONFIDENCE = "confidence"
    STATUS = "status"
    FLAG = "flag"
    MISSING = "missing"
    VERDICT = "verdict"
    SUPPORT = "support"
    ORIGIN = "origin"
    STALE = "stale"


NONE = "NONE"
"""The value of a field that a cell has not."""
_SAME = (Comparison.EQUAL, Comparison.UNEQUAL)
_ORDERED = (*_SAME, Comparison.LESS, Comparison.AT_MOST, Comparison.GREATER, Comparison.AT_LEAST)
_TEXTS = (*_SAME, Comparison.CONTAINS)
_OF_TYPE: Mapping[VariableType, Sequence[Comparison]] = {
    VariableType.TEXT: _TEXTS,
    VariableType.NUMBER: _ORDERED,
    VariableType.DATE: _ORDERED,
    VariableType.CATEGORY: _TEXTS,
    VariableType.BOOLEAN: _SAME,
}
_NAMES: Mapping[Field, Sequence[str]] = {
    Field.STATUS: list(Status),
    Field.FLAG: [*Flag, NONE],
    Field.MISSING: [*MissingReason, NONE],
    Field.VERDICT: [*Verdict, NONE],
    Field.SUPPORT: [*Support, NONE],
    Field.ORIGIN: list(Origin),
    Field.STALE: ["true", "false", *StaleReason],
}
_OF_CELLS = (Field.CONFIDENCE, *_NAMES)
_LISTED = 20
"""Names in a message."""
_QUOTED = r'"(?:[^"]|"")*"'
_FILTER = regex.compile(
    rf"""\s* (?P<name>{_QUOTED}|[^\s.=!<>~"]+) (?:\s*\.\s*(?P<field>[^\s.=!<>~"]*))? \s*
    (?P<operator>!=|<=|>=|=|<|>|~) \s* (?P<value>{_QUOTED}|.*?) \s*""",
    regex.VERBOSE | regex.DOTALL,
)
_SORT = regex.compile(
    rf"""\s* (?P<descending>-)? \s* (?P<name>{_QUOTED}|[^\s."]+) (?:\s*\.\s*(?P<field>\S*))? \s*""", regex.VERBOSE
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a row."""

    subject: Subject
    field: Field
    comparison: Comparison
    value: Any
    """A float for NUMBER and confidence, an ISO 8601 date (perhaps partial) for DATE, a bool for BOOLEAN, a UUID for
    ids, else a text."""
    variable: Variable | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of rows; rows without what they are sorted by come last, whichever way."""

    subject: Subject
    variable: Variable | None = None
    by_confidence: bool = False
    descending: bool = False


def read_filters(texts: Iterable[str], codebook: Codebook) -> list[Filter]:
    """The filters that texts state, all of which must hold.

    Raises:
        InvalidInput: which of them makes no sense, why, and what would.
    """
    return [_read_filter(text, codebook) for text in texts]


def read_sort(text: str, codebook: Codebook) -> Sort | None:
    """What a text sorts by; None when it is empty: upload order. Raises InvalidInput."""
    if not text.strip():
        return None
    match = _SORT.fullmatch(text)
    if match is None:
        raise _refused(
            "sort", text, "it must be a variable, VARIABLE.confidence, document or entity, perhaps after a -"
        )
    refuse = _refusal("sort", text)
    subject, variable = _subject(match["name"], codebook, refuse)
    field, descending = match["field"], bool(match["descending"])
    if subject is Subject.ANY:
        raise refuse("rows are sorted by one variable, document or entity")
    if field is None:
        return Sort(subject, variable, descending=descending)
    if variable is None or field != Field.CONFIDENCE:
        raise refuse(f"{match['name']} has no {field!r} to sort by; a variable has confidence")
    return Sort(subject, variable, by_confidence=True, descending=descending)


def named(names: Iterable[str], codebook: Codebook) -> list[Variable]:
    """The codebook's variables with these names, in the order of the columns; all when there are no names.

    Raises:
        InvalidInput: there is no such variable.
    """
    wanted = set(names)
    unknown = sorted(wanted - {variable.name for variable in codebook.variables})
    if unknown:
        message = f"{_no_variable(unknown[0])}; {_there_are(codebook)}"
        raise InvalidInput(message, fields={"variables": message})
    return [variable for variable in codebook.variables if not wanted or variable.name in wanted]


_Refuse = Callable[[str], InvalidInput]


def _read_filter(text: str, codebook: Codebook) -> Filter:
    refuse = _refusal("filter", text)
    match = _FILTER.fullmatch(text)
    if match is None:
        operators = " ".join(Comparison)
        raise refuse(f"it must be VARIABLE[.FIELD] OPERATOR VALUE, with one of {operators} as in participants>=100")
    if "\0" in text:
        raise refuse("it has a character that no value has (U+0000)")
    subject, variable = _subject(match["name"], codebook, refuse)
    field = _field(match["name"], match["field"], subject, refuse)
    comparison, raw = Comparison(match["operator"]), match["value"]
    if comparison is Comparison.EQUAL and raw.startswith("="):
        raise refuse("the operator for equality is a single =")
    if not raw:
        raise refuse("it has no value; cells without one are found by VARIABLE.missing!=NONE")
    value = _unquoted(raw)
    allowed = _allowed(variable, field)
    if comparison not in allowed:
        of = f"{variable.name} is a {variable.type}, which has" if variable and not field else f"{match['name']} has"
        raise refuse(f"{comparison} does not fit: {of} {' '.join(allowed)}")
    return Filter(subject, field, comparison, _value(variable, field, comparison, value, refuse), variable)


def _subject(name: str, codebook: Codebook, refuse: _Refuse) -> tuple[Subject, Variable | None]:
    if name in (Subject.ANY, Subject.DOCUMENT, Subject.ENTITY):
        return Subject(name), None
    plain = _unquoted(name)
    variable = next((variable for variable in codebook.variables if variable.name == plain), None)
    if variable is None:
        raise refuse(f"{_no_variable(plain)}; {_there_are(codebook)}, any, document and entity")
    return Subject.VARIABLE, variable


def _field(name: str, field: str | None, subject: Subject, refuse: _Refuse) -> Field:
    possible: Sequence[Field] = _OF_CELLS
    if subject is Subject.DOCUMENT:
        possible = (Field.ID,)
    if subject is Subject.ENTITY:
        possible = ()
    if field is None:
        if subject is Subject.ANY:
            raise refuse(f"any needs a field: {' '.join(possible)}")
        return Field.VALUE
    if field not in possible:
        raise refuse(f"{name} has no field {field!r}; {'it has ' + ' '.join(possible) if possible else 'it has none'}")
    return Field(field)


def _allowed(variable: Variable | None, field: Field) -> Sequence[Comparison]:
    if field is Field.VALUE:
        return _OF_TYPE[variable.type] if variable is not None else _TEXTS
    return _ORDERED if field is Field.CONFIDENCE else _SAME


def _value(variable: Variable | None, field: Field, comparison: Comparison, value: str, refuse: _Refuse) -> Any:
    if field in _NAMES:
        names = _NAMES[field]
        name = value.lower() if value.lower() in names else value.upper()
        if name not in names:
            raise refuse(f"{value!r} is no {field}; it must be one of {', '.join(names)}")
        return name
    if field is Field.CONFIDENCE:
        return _number(value, refuse, most=1.0)
    if field is Field.ID:
        return _id(value, refuse)
    if variable is None or comparison is Comparison.CONTAINS or variable.type is VariableType.TEXT:
        return value
    return _typed(variable, value, refuse)


def _typed(variable: Variable, value: str, refuse: _Refuse) -> Any:
    """A value as the variable's type reads it; of NUMBER and DATE a single one."""
    kind = spec(variable)
    if variable.type is VariableType.NUMBER and (plain := _plain_number(value)) is not None:
        return plain
    read = value if variable.type is VariableType.DATE and kind.is_value(variable, value) else None
    read = kind.read(variable, value, "") if read is None else read
    if read is None or not kind.is_value(variable, read):
        if variable.type is VariableType.CATEGORY:
            listed = _listed([category.value for category in variable.categories])
            raise refuse(f"{value!r} is no category of {variable.name}; it has {listed}")
        raise refuse(f"{value!r} is not {kind.described}, as {variable.name} has it")
    return float(read) if variable.type is VariableType.NUMBER else read


def _plain_number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _number(value: str, refuse: _Refuse, most: float) -> float:
    number = _plain_number(value)
    if number is None or not 0 <= number <= most:
        raise refuse(f"{value!r} is no number from 0 to {most:g}")
    return number


def _id(value: str, refuse: _Refuse) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise refuse(f"{value!r} is no id") from None


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if regex.fullmatch(_QUOTED, text) else text


def _refusal(field: str, text: str) -> _Refuse:
    return lambda why: _refused(field, text, why)


def _refused(field: str, text: str, why: str) -> InvalidInput:
    message = f"{field} {text!r} makes no sense: {why}"
    return InvalidInput(message, fields={field: message})


def _no_variable(name: str) -> str:
    return f"there is no variable {name!r}"


def _there_are(codebook: Codebook) -> str:
    return f"there are {_listed([variable.name for variable in codebook.variables])}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more if names else "none"
