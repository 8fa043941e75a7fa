"""Gold: known answers, read from a CSV, and what becomes of a cell that is held against them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coderai.codebook.coercion import coerce
from coderai.codebook.variable import Variable
from coderai.kit.errors import InvalidInput
from coderai.measuring.comparing import is_missing, is_right
from coderai.measuring.feedback import Answer

ALTERNATIVES = "|"
"""Stands between values, or names of an entity, that are all right."""
SEVERAL = ";"
"""Stands between the several values of a variable that keeps several."""
_DOCUMENT, _ENTITY = "document", "entity"


class GoldUnreadable(InvalidInput):
    """The CSV is not one of known answers."""


class Source(StrEnum):
    """Where a known answer comes from."""

    CSV = "CSV"
    AGREED = "AGREED"
    """Two people or more gave it."""
    ADJUDICATED = "ADJUDICATED"


class Outcome(StrEnum):
    """What becomes of a cell that is held against a known answer."""

    RIGHT = "RIGHT"
    WRONG = "WRONG"
    """A value, but another."""
    MISSED = "MISSED"
    """No value where there is one."""
    INVENTED = "INVENTED"
    """A value where there is none."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line, or a cell of it, that was not taken."""

    line: int
    """From 1, the header's."""
    column: str
    problem: str


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's known answers, as a line of a CSV gives them."""

    number: int
    document: str
    entity: tuple[str, ...]
    """Its names that are all right; none where the unit is the document."""
    cells: Mapping[str, tuple[Any, ...]]
    """By the variable's name the values that are all right, of its type; none where there is no value."""


def read_csv(text: str, variables: Sequence[Variable], *, multiple: bool) -> tuple[list[Line], list[Problem]]:
    """The lines of a CSV with a header, and what of it was not taken; `multiple`: documents give several rows.

    A line without an entity, of a document that gives several rows, says nothing of any unit: it is passed over where
    its cells are empty, and told otherwise.

    Raises:
        GoldUnreadable: a column is missing or no variable, or it is no CSV.
    """
    try:
        reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
        columns = list(reader.fieldnames or ())
        _check_columns(columns, variables, multiple=multiple)
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise GoldUnreadable(f"this is no CSV: {error}") from None
    by_name = {variable.name: variable for variable in variables if variable.name in columns}
    lines, problems = list[Line](), list[Problem]()
    for number, row in rows:
        if None in row or None in row.values():
            problems.append(Problem(number, "", "not as many cells as columns"))
            continue
        entity = tuple(_parts(row.get(_ENTITY) or "", ALTERNATIVES))
        if multiple and not entity:
            if any(row[name].strip() for name in by_name):
                problems.append(Problem(number, _ENTITY, "is empty: say of which entity this is"))
            continue
        cells = dict[str, tuple[Any, ...]]()
        for name, variable in by_name.items():
            read, wrong = _read(variable, row[name])
            if wrong:
                problems.append(Problem(number, name, wrong))
            else:
                cells[name] = read
        lines.append(Line(number, row[_DOCUMENT].strip(), entity, cells))
    return lines, problems


def outcome(variable: Variable, says: Answer, right: Sequence[Any]) -> Outcome:
    """What becomes of what a cell says where any of `right` is right; none: that there is no value."""
    known = [Answer(value) for value in right] or [Answer()]
    if any(is_right(variable, says, one) for one in known):
        return Outcome.RIGHT
    if is_missing(says):
        return Outcome.MISSED
    return Outcome.WRONG if right else Outcome.INVENTED


def _check_columns(columns: Sequence[str], variables: Sequence[Variable], *, multiple: bool) -> None:
    needed = [_DOCUMENT, *([_ENTITY] if multiple else [])]
    for name in needed:
        if name not in columns:
            raise GoldUnreadable(f"the CSV needs a column {name!r}")
    names = {variable.name for variable in variables}
    unknown = [repr(name) for name in columns if name not in (_DOCUMENT, _ENTITY) and name not in names]
    if unknown:
        raise GoldUnreadable(f"these columns are no variables of the project: {', '.join(unknown[:10])}")
    if len(set(columns)) < len(columns):
        raise GoldUnreadable("a column is there twice")
    if not names.intersection(columns):
        raise GoldUnreadable("no column is a variable of the project")


def _read(variable: Variable, cell: str) -> tuple[tuple[Any, ...], str]:
    """The values of a cell that are all right, and what is wrong with it."""
    values = []
    for alternative in _parts(cell, ALTERNATIVES):
        several = variable.keeps_several and SEVERAL in alternative
        parts = list(_parts(alternative, SEVERAL)) if several else [alternative]
        coerced = [coerce(variable, part, "en") for part in parts]
        wrong = next((one.problem for one in coerced if one.problem), "")
        if wrong:
            return (), wrong
        values.append([one.value for one in coerced] if several else coerced[0].value)
    return tuple(values), ""


def _parts(cell: str, separator: str) -> Iterator[str]:
    return (part.strip() for part in cell.split(separator) if part.strip())
