"""Blocks of cells on a sheet: which belong together, which are tables with headings, and which are none."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice, takewhile

from coderai.services.ingest.adapters.parsers.cells import Area, CellCount, Cells, Place, Sheet
from coderai.services.ingest.adapters.parsers.tables import Row

_LONGEST_HEADING = 255
_LEAST_ROWS = 5
"""Of a single column that is taken for a table."""
_LOOKED_BACK = 50
"""Blocks above that a block may go on."""
_MOST_TITLES = 20
"""Rows above a table's headings that may be titles and remarks."""
_NUMBER = re.compile(r"[^\w\s]{0,3}[\d.,\s]*\d[\d.,\s]*(?:[eE][-+]?\d+)?[^\w\s]{0,2}")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def areas(cells: Cells) -> Sequence[tuple[list[int], list[int]]]:
    """The rows and columns of each block: apart from others by empty rows, and by empty columns where it starts anew.

    A table with an empty column or row in it stays one: parts side by side that start in the same row belong together,
    and so does what follows below in the same columns, unless headings come again.
    """
    found: list[tuple[list[int], list[int]]] = []
    recent: deque[tuple[list[int], frozenset[int]]] = deque(maxlen=_LOOKED_BACK)
    for band in _runs(list(cells)):
        for rows, columns in _side_by_side(cells, band):
            above = next((area for area in reversed(recent) if not area[1].isdisjoint(columns)), None)
            if above and above[1].issuperset(columns) and _continues(cells, above[0], len(above[1]), rows, columns):
                above[0].extend(rows)
            else:
                found.append((rows, columns))
                recent.append((rows, frozenset(columns)))
    return found


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Consecutive numbers together."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _side_by_side(cells: Cells, band: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    first_rows: dict[int, int] = {}
    for row in reversed(band):
        first_rows.update(dict.fromkeys(cells[row], row))
    groups: dict[int, list[int]] = {}
    for run in _runs(sorted(first_rows)):
        groups.setdefault(min(first_rows[column] for column in run), []).extend(run)
    for first, columns in sorted(groups.items()):
        if len(groups) == 1:
            yield list(band), columns
        else:
            wanted = set(columns)
            yield [row for row in band if row >= first and not wanted.isdisjoint(cells[row])], columns


def _continues(cells: Cells, above: Sequence[int], width: int, rows: Sequence[int], columns: Sequence[int]) -> bool:
    """Whether cells below an empty row are more rows of the table above, not titles or a table of their own."""
    first = [cells[rows[0]][column] for column in columns if column in cells[rows[0]]]
    if width == 1 or len(first) == 1 or (len(rows) > 1 and 2 * len(first) < len(columns)):
        return False
    data = islice((row for row in above if len(cells[row]) > 1), 1, 2)
    has_numbers = any(_is_number(value) for row in data for value in cells[row].values())
    return not has_numbers or len(rows) == 1 or any(map(_is_number, first))


class Block:
    """A rectangle of cells: titles, perhaps headings, and rows."""

    def __init__(self, sheet: Sheet, rows: Sequence[int], columns: Sequence[int]) -> None:
        wanted = frozenset(columns)
        self._sheet = sheet
        self._columns = columns
        self._cells = {row: _only(sheet.cells[row], wanted) for row in rows}
        self._names: dict[int, str] = {}
        self._data: list[int] = []
        self.titles: list[str] = []
        self.warnings: list[str] = []

    def find_table(self, count: CellCount) -> bool:
        """Finds titles, headings and rows, if it is a table."""
        rows = list(self._cells)
        is_list = len(self._columns) == 1 and len(rows) >= _LEAST_ROWS
        above = list(takewhile(lambda row: len(self._cells[row]) < 2 and not is_list, rows))
        if len(above) > _MOST_TITLES or len(rows) < len(above) + 2 or self._is_form():
            return False
        self.titles = [_line(self._cells.pop(row)) for row in above]
        _fill(self._cells, self._sheet.merged, self._columns, count)
        self._find_headings(rows[len(above) :])
        return True

    def _find_headings(self, rows: Sequence[int]) -> None:
        numbered = {column: f"column_{number}" for number, column in enumerate(self._columns, 1)}
        top = rows[: self._depth(rows)]
        names = {
            column: " ".join(
                dict.fromkeys(text for row in top if (text := " ".join(self._cells[row].get(column, "").split())))
            )
            for column in self._columns
        }
        if _are_headings(self._cells[rows[0]], names):
            self._names, self._data = _unique(names, numbered), list(rows[len(top) :])
        else:
            self.warnings.append("the first row is no row of headings: the columns are called column_1, column_2 ...")
            self._names, self._data = numbered, list(rows)

    def _depth(self, rows: Sequence[int]) -> int:
        """Rows that headings take: two where one of them spans several columns, over their own headings."""
        columns = set(self._columns)
        spanned = {
            column
            for top, left, _, right in self._sheet.merged
            if top == rows[0] and right > left and left in columns
            for column in columns.intersection(range(left, right + 1))
        }
        below = self._cells[rows[1]]
        is_double = spanned and len(rows) > 2 and all(below.get(column) for column in spanned)
        return 2 if is_double and not any(map(_is_number, below.values())) else 1

    def _is_form(self) -> bool:
        """Whether it is a list of labels with their values beside them."""
        labels = [row.get(self._columns[0], "") for row in self._cells.values()]
        return len(self._columns) == 2 and 2 * sum(text.rstrip().endswith(":") for text in labels) > len(labels)

    def told_comments(self) -> set[Place]:
        """Those of its rows' cells, which rows() tells."""
        rows = set(self._data)
        return {(row, column) for row, column in self._sheet.comments if row in rows and column in self._names}

    def rows(self) -> Iterator[Row]:
        """Each row's values by the columns' names, with the comments of its cells."""
        told = {row: [column for _, column in places] for row, places in groupby(sorted(self.told_comments()), _row)}
        for row in self._data:
            cells = self._cells[row]
            values = {name: cells.get(column, "") for column, name in self._names.items()}
            for column in told.get(row, ()):
                values[self.comment_column(column)] = self._sheet.comments[row, column]
            yield values

    def comment_column(self, column: int) -> str:
        """Where the comments of a column's cells are told."""
        return f"{self._names[column]} (comment)"

    def lines(self) -> list[str]:
        """All of it as a text."""
        return [_line(cells) for cells in self._cells.values()]


def _row(place: Place) -> int:
    return place[0]


def _only(cells: dict[int, str], wanted: frozenset[int]) -> dict[int, str]:
    return cells if wanted.issuperset(cells) else {column: cells[column] for column in wanted.intersection(cells)}


def _line(cells: Mapping[int, str]) -> str:
    return " | ".join(" ".join(text.split()) for _, text in sorted(cells.items()))


def _fill(cells: Cells, merged: Iterable[Area], columns: Sequence[int], count: CellCount) -> None:
    """Has all rows and columns that a merged cell spans say what it says."""
    rows = list(cells)
    for top, left, bottom, right in dict.fromkeys(merged):
        text = cells.get(top, {}).get(left)
        if text is None:
            continue
        filled = rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
        spanned = columns[bisect_left(columns, left) : bisect_right(columns, right)]
        count.add(len(filled) * len(spanned))
        for row in filled:
            cells[row] = dict.fromkeys(spanned, text) | cells[row]


def _are_headings(first: Mapping[int, str], names: Mapping[int, str]) -> bool:
    """Most columns have one, each its own, none is long, and numbers among them are years."""
    texts = [text.strip() for text in first.values()]
    numbers = [text for text in texts if _is_number(text)]
    return (
        2 * len(texts) > len(names)
        and len(numbers) < len(texts)
        and all(map(_YEAR.fullmatch, numbers))
        and all(len(name) <= _LONGEST_HEADING for name in names.values())
        and 2 * len(set(names.values())) > len(names)
    )


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _unique(names: Mapping[int, str], otherwise: Mapping[int, str]) -> dict[int, str]:
    """Names of which each is there once: a, a_2, a_3; another for a column that has none."""
    result: dict[int, str] = {}
    counts: Counter[str] = Counter()
    taken = {name.casefold() for name in names.values()}
    for column, name in names.items():
        free = name or otherwise[column]
        counts[free] += 1
        while counts[free] > 1 and (numbered := f"{free}_{counts[free]}").casefold() in taken:
            counts[free] += 1
        result[column] = free if counts[free] == 1 else numbered
        taken.add(result[column].casefold())
    return result
