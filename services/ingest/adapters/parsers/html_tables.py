"""The rows of an HTML table as lines, each cell that spans rows or columns said in all of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from lxml.html import HtmlElement

CELLS = frozenset(("td", "th"))
_LAYOUT_CELL = 300
"""Characters of a cell above which the row serves the layout: its cells are read one after another."""
_MOST_COLUMNS, _MOST_ROWS = 1000, 65534
"""Of a span, by the HTML Living Standard, 4.9.11."""
_LEAST_REPEATED = 10_000
"""Characters that the spans of any table may repeat; those of a larger one may repeat as much as it says."""
_STEPS_A_CELL = 20
"""Cells of earlier rows that may reach into a row for each of its own, on average: what real tables never need."""
_BAR = len(" | ")
_INTEGER = re.compile(r"\s*([0-9]{1,6})")


@dataclass(slots=True)
class _Cell:
    text: str
    inside: str
    """The text with its paragraphs and lines."""
    width: int
    height: int
    """Rows that it reaches into; 0: all that follow in its group."""
    column: int = 0
    was_said: bool = False


@dataclass(slots=True)
class _Row:
    group: Any
    cells: list[_Cell] = field(default_factory=list)


class Table:
    """Collects the cells of a table that holds no other, and lays them out when it ends."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []
        self._row: Any = None
        self._cell: Any = None
        self._outside: list[str] = []

    def open_cell(self, cell: HtmlElement, pieces: list[str]) -> list[str]:
        """Where the cell's text is to be written; `pieces`: where text was written so far."""
        if self._cell is not None:
            return pieces
        self._cell, self._outside = cell, pieces
        row = cell.getparent()
        if row is not self._row or not self._rows:
            self._row = row
            self._rows.append(_Row(row.getparent() if row is not None else None))
        return []

    def close_cell(self, cell: HtmlElement, pieces: list[str]) -> list[str]:
        """Where text is to be written after the cell."""
        if cell is not self._cell:
            return pieces
        self._cell = None
        inside = "".join(pieces)
        width, height = _span(cell, "colspan", _MOST_COLUMNS), _span(cell, "rowspan", _MOST_ROWS)
        self._rows[-1].cells.append(_Cell(" ".join(inside.split()), inside, max(1, width), height))
        return self._outside

    def lines(self, paragraph: str) -> Iterator[str]:
        """The rows in order, each with its bounds; `paragraph`: what stands for a paragraph's bound."""
        rows = _placed(self._rows)
        columns = sorted({cell.column for row in self._rows for cell in row.cells})
        room = max(_LEAST_REPEATED, sum(len(cell.text) for row in self._rows for cell in row.cells))
        for row in rows:
            if not any(ends and cell.text and not cell.was_said for cell, ends in row):
                continue  # whatever is in it reaches into a row below, or was said above
            cells = [cell for cell, _ in row]
            if len(cells) == 1:
                yield f"\n{cells[0].inside}\n"
            elif any(len(cell.text) > _LAYOUT_CELL for cell in cells):
                yield from (f"{paragraph}{cell.inside}{paragraph}" for cell in cells if not cell.was_said)
            else:
                said, room = _said(cells, columns, room)
                yield f"\n{' | '.join(said)}\n"
            for cell in cells:
                cell.was_said = True


def _placed(rows: Sequence[_Row]) -> list[list[tuple[_Cell, bool]]]:
    """The cells of each row by columns, also those that reach into it from above; with each, whether it ends there.

    When there are too many of those, all end where they are.
    """
    steps = _STEPS_A_CELL * (1 + sum(len(row.cells) for row in rows))
    placed: list[list[tuple[_Cell, bool]]] = []
    for _, group in groupby(rows, key=lambda row: id(row.group)):
        members = list(group)
        above: list[tuple[_Cell, int]] = []
        for index, row in enumerate(members):
            steps -= len(above)
            most = len(members) - index if steps > 0 else 1
            cells = [(cell, min(left, most)) for cell, left in _in_columns(row.cells, above)]
            placed.append([(cell, left == 1) for cell, left in cells])
            above = [(cell, left - 1) for cell, left in cells if left > 1]
    return placed


def _in_columns(row: Sequence[_Cell], above: Sequence[tuple[_Cell, int]]) -> Iterator[tuple[_Cell, int]]:
    """Puts a row's own cells into the columns that those from above leave free; with each the rows that it has left."""
    column = 0
    waiting = iter(above)
    next_above = next(waiting, None)
    for cell in row:
        while next_above and next_above[0].column <= column:
            yield next_above
            column = max(column, next_above[0].column + next_above[0].width)
            next_above = next(waiting, None)
        cell.column = column
        column += cell.width
        yield cell, cell.height or _MOST_ROWS
    if next_above:
        yield next_above
    yield from waiting


def _said(cells: Sequence[_Cell], columns: Sequence[int], room: int) -> tuple[list[str], int]:
    """What each column of a row says, and how many characters may still be repeated.

    A column in which no cell begins is none: browsers show it without width.
    """
    said: list[str] = []
    for cell in cells:
        count = bisect_left(columns, cell.column + cell.width) - bisect_left(columns, cell.column)
        cost = (count - (not cell.was_said)) * (len(cell.text) + _BAR)
        if cost > room:
            count, cost = int(not cell.was_said), 0
        room -= cost
        said.extend([cell.text] * count)
    return said, room


def _span(cell: HtmlElement, attribute: str, most: int) -> int:
    """0 where a cell reaches to the end of its group of rows."""
    found = _INTEGER.match(cell.get(attribute) or "")
    return min(int(found[1]), most) if found else 1
