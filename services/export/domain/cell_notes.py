"""Counts the cells that a format could not hold as they were, and tells which they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from coderai.services.export.domain.dataset import Dataset

Count = Callable[[str, int], None]
"""Counts a cell of a column: what became of it, and its place among the cells that are written at once, from 0."""

_ROWS_TOLD = 5
_COLUMNS_TOLD = 20


class CellNotes:
    """What became of cells, by column, with the first rows where it did."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._rows: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def count(self, what: str, column: str, row: int) -> None:
        """Counts a cell.

        `what` ends the sentence "In 3 cells ..."; `row` is the cell's, from 1, the header not counted.
        """
        self._counts[what][column] += 1
        rows = self._rows[what, column]
        if len(rows) < _ROWS_TOLD:
            rows.append(row)

    def tell(self, dataset: Dataset) -> None:
        """Notes a sentence about each thing that became of cells."""
        for what, columns in self._counts.items():
            told = [self._where(what, column, count) for column, count in columns.most_common(_COLUMNS_TOLD)]
            further = len(columns) - len(told)
            more = f"; {further:,} further columns" if further else ""
            total = columns.total()
            dataset.note(f"In {total:,} {'cell' if total == 1 else 'cells'} {what}: {'; '.join(told)}{more}.")

    def _where(self, what: str, column: str, count: int) -> str:
        rows = self._rows[what, column]
        further = count - len(rows)
        shown = ", ".join(f"{row:,}" for row in rows) + (f" and {further:,} more" if further else "")
        return f"{column} (row {shown})" if count == 1 else f"{column} (rows {shown})"
