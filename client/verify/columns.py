"""What each column of a bundle's tables should hold, given a row's cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from coderai.client.verify.lines import CellLine
from coderai.codebook.column_values import Scalar, in_column
from coderai.codebook.full_dates import full_date
from coderai.codebook.ranges import ends
from coderai.codebook.variable import Variable

Row = list[Scalar | None]
OF_PEOPLE = ("DISPUTED", "REJECTED")
"""Flags that also a cell without a value is told of in its row."""
_DAY, _LOW, _HIGH = "date", "low", "high"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as the codebook describes it."""

    name: str
    variable: str
    detail: str
    storage: str


@dataclass(frozen=True, slots=True)
class OneRow:
    """The cells of one row, in the codebook's order."""

    line: int
    """Of the first of them in data/cells.jsonl."""
    cells: Sequence[CellLine]


def _of(name: str) -> Callable[[CellLine], Scalar | None]:
    return lambda cell: getattr(cell, name) or None


def _quote(cell: CellLine) -> str | None:
    found = cell.evidence
    return found.quote or None if found is not None and found.match in ("EXACT", "FUZZY") else None


def _page(cell: CellLine) -> int | None:
    return cell.evidence.spans[0].page or None if cell.evidence is not None and cell.evidence.spans else None


_DETAILS: Mapping[str, Callable[[CellLine], Scalar | None]] = {
    "confidence": lambda cell: cell.confidence if cell.is_models else None,
    "quote": _quote,
    "page": _page,
    "prompt_version": _of("prompt_version"),
    "missing": _of("missing_reason"),
    "status": _of("status"),
    "flags": lambda cell: ", ".join(cell.flags) or None,
    "support": _of("support"),
    "origin": lambda cell: cell.origin if cell.has_value or cell.is_corrected else None,
    "model": lambda cell: None if cell.is_corrected else cell.model or None,
    "verdict": _of("verdict"),
    "reviewer": _of("reviewer"),
    "weight": _of("weight"),
}


class Columns:
    """The columns of the wide table, and what they should hold."""

    def __init__(self, columns: Sequence[Column], variables: Sequence[Variable]) -> None:
        self.columns = columns
        self._by_name = {variable.name: variable for variable in variables}
        self._head = [column for column in columns if not column.variable]
        self._blocks = [
            (self._by_name[name], list(block))
            for name, block in groupby((c for c in columns if c.variable), key=lambda column: column.variable)
            if name in self._by_name
        ]
        self.of_place = [place for place, column in enumerate(columns) if column in self._head[4:-1]]
        """Places of the columns that say where an entity is mentioned, which cells do not."""
        self.values_held = _values_held(columns)

    def row(self, row: OneRow) -> Row:
        """What the columns should hold; those of an entity's place, which cells do not have, hold nothing.

        Raises:
            ValueError, TypeError, OverflowError: a cell has a value that no cell can have.
        """
        first = row.cells[0]
        found: Row = [first.document, first.document_id]
        if len(self._head) > 3:
            found += [first.entity_index or None, first.entity or None, *[None] * (len(self._head) - 5)]
        found.append(_flagged(row.cells))
        for cell, (variable, block) in zip(row.cells, self._blocks, strict=True):
            found += _block(cell, variable, block)
        return found


def _block(cell: CellLine, variable: Variable, block: Sequence[Column]) -> Iterator[Scalar | None]:
    stated = cell.stated
    values = [in_column(value, variable.if_range) for value in stated]
    place = -1
    for column in block:
        if column.detail in _DETAILS:
            yield _DETAILS[column.detail](cell)
            continue
        place += not column.detail
        if place >= len(stated):
            yield None
        elif column.detail == _DAY:
            yield full_date(values[place])
        elif column.detail in (_LOW, _HIGH):
            yield ends(stated[place])[column.detail == _HIGH]
        else:
            yield _coded(values[place], variable) if column.storage == "CODE" else values[place]


def _coded(value: Any, variable: Variable) -> int | None:
    return next((n for n, one in enumerate(variable.categories, start=1) if one.value == value), None)


def _flagged(cells: Sequence[CellLine]) -> str | None:
    flagged = [(cell.variable, _told_flags(cell)) for cell in cells if cell.status == "FLAGGED"]
    return ", ".join(f"{name} ({', '.join(flags)})" for name, flags in flagged if flags) or None


def _told_flags(cell: CellLine) -> Sequence[str]:
    return cell.flags if cell.has_value else [flag for flag in cell.flags if flag in OF_PEOPLE]


def _values_held(columns: Sequence[Column]) -> Mapping[str, int]:
    """How many values of each variable the table has columns for."""
    found: dict[str, int] = {}
    for column in columns:
        if column.variable:
            found[column.variable] = found.get(column.variable, 0) + (not column.detail)
    return found
