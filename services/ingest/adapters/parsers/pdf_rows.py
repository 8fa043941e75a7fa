"""Puts the lines of a PDF page in order, where the order in which they were drawn contradicts where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

LINE_END, BROKEN_WORD = "\r\n", "\ufffe"
"""How PDFium ends lines, the second in place of a hyphen."""
_SAME_BASELINE, _NEXT_ROW = 0.3, 4.0
"""Heights of a line that two may differ by on one baseline, and in the column of a table."""
_LEAST_LINES = 3
"""That are drawn from below, or have a cell in each of two columns, for that to be no chance."""
_ROWS_ALIKE = 0.8
"""Share of a column's cells that must stand beside a cell of the first column."""
_MOST_WORDS = 8
"""Of a cell, on average: columns of text have more."""
_AMOUNT = re.compile(r"[^\d]{0,4}\d[\d\s.,:/'’-]*[^\d\s]{0,3}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, with the line end or broken word's mark at its end, and where it stands, in points."""

    text: str
    left: float
    right: float
    y: float
    height: float
    glyphs: tuple[range, ...] = ()
    """Its characters by their indexes on the page, those of one cell after those of another."""

    @property
    def words(self) -> str:
        return self.text.strip()


def in_order(lines: Sequence[Line]) -> list[Line]:
    """The lines with the cells of a row on one line, and from the top downwards where they were drawn upwards.

    Columns of text and of addresses stay one after the other: cells become rows only where one of their columns holds
    amounts, or the labels of the other.
    """
    return _rows_of_tables(_downwards(_joined_on_baselines(list(map(_ended, lines)))))


def _ended(line: Line) -> Line:
    return line if line.text.endswith((LINE_END, BROKEN_WORD)) else replace(line, text=line.text + LINE_END)


def _joined_on_baselines(lines: Sequence[Line]) -> list[Line]:
    result: list[Line] = []
    for line in lines:
        if result and result[-1].text.endswith(LINE_END) and _follows(result[-1], line):
            result[-1] = _row([result[-1], line])
        else:
            result.append(line)
    return result


def _follows(line: Line, other: Line) -> bool:
    height = min(line.height, other.height)
    return _are_beside(line, other) and other.left > line.right - _SAME_BASELINE * height


def _are_beside(line: Line, other: Line) -> bool:
    return abs(line.y - other.y) < _SAME_BASELINE * min(line.height, other.height)


def _row(cells: Iterable[Line]) -> Line:
    cells = sorted(cells, key=lambda cell: cell.left)
    text, right = " ".join(cell.words for cell in cells), max(cell.right for cell in cells)
    glyphs = tuple(glyphs for cell in cells for glyphs in cell.glyphs)
    return _ended(replace(cells[0], text=text, right=right, glyphs=glyphs))


def _downwards(lines: Sequence[Line]) -> list[Line]:
    result: list[Line] = []
    for stack in _stacks(lines, lambda line, other: _are_stacked(other, line, _NEXT_ROW)):
        result += reversed(stack) if len(stack) >= _LEAST_LINES else stack
    return result


def _stacks(lines: Sequence[Line], goes_on: Callable[[Line, Line], bool]) -> list[list[Line]]:
    stacks = [[line] for line in lines[:1]]
    for line, other in pairwise(lines):
        if goes_on(line, other):
            stacks[-1].append(other)
        else:
            stacks.append([other])
    return stacks


def _are_stacked(upper: Line, lower: Line, most: float) -> bool:
    height = min(upper.height, lower.height)
    overlaps = min(upper.right, lower.right) > max(upper.left, lower.left)
    return overlaps and _SAME_BASELINE * height < upper.y - lower.y < most * height


def _rows_of_tables(lines: Sequence[Line]) -> list[Line]:
    result: list[Line] = []
    columns: list[list[Line]] = []
    for stack in _stacks(lines, lambda line, other: _are_stacked(line, other, _NEXT_ROW)):
        if columns and not _is_next_column(columns, stack):
            result += _as_rows(columns)
            columns = []
        columns.append(stack)
    return result + _as_rows(columns)


def _is_next_column(columns: Sequence[Sequence[Line]], stack: Sequence[Line]) -> bool:
    first = columns[0]
    beside = sum(any(_are_beside(cell, other) for other in first) for cell in stack)
    if beside < max(_LEAST_LINES, _ROWS_ALIKE * len(stack)):
        return False
    left, right = _sides(stack)
    return all(left > other_right or right < other_left for other_left, other_right in map(_sides, columns))


def _sides(stack: Sequence[Line]) -> tuple[float, float]:
    return min(line.left for line in stack), max(line.right for line in stack)


def _as_rows(columns: Sequence[Sequence[Line]]) -> list[Line]:
    cells = [cell for column in columns for cell in column]
    if len(columns) < 2 or not _is_table(columns):
        return cells
    rows: list[list[Line]] = []
    for cell in sorted(cells, key=lambda cell: -cell.y):
        if rows and _are_beside(rows[-1][0], cell):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [_row(row) for row in rows]


def _is_table(columns: Sequence[Sequence[Line]]) -> bool:
    if any(fmean(len(cell.words.split()) for cell in column) > _MOST_WORDS for column in columns):
        return False
    if any(BROKEN_WORD in cell.text for column in columns for cell in column):
        return False
    return any(map(_has_amounts, columns)) or any(all(c.words.endswith(":") for c in column) for column in columns)


def _has_amounts(column: Sequence[Line]) -> bool:
    """Whether most cells are amounts, and not the numbers of lines in a margin."""
    amounts = [cell.words for cell in column if _AMOUNT.fullmatch(cell.words)]
    numbers = [int(amount) for amount in amounts if amount.isdecimal()]
    counts = len(numbers) >= _LEAST_LINES and all(b - a == numbers[1] - numbers[0] != 0 for a, b in pairwise(numbers))
    return 2 * len(amounts) > len(column) and not counts
