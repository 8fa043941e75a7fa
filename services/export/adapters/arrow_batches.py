"""A dataset's rows as batches of Arrow, for files that are written column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as arrow  # type: ignore[import-untyped]

from coderai.services.export.domain.cell_notes import CellNotes, Count
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.table import Row

_ROWS = 100
"""So many are in memory as Python's values."""

Cells = Sequence[Scalar | None]
MakeArray = Callable[[Cells, Count], arrow.Array]
"""Makes what a file has of some cells of one column, and counts those that it cannot hold as they are."""


def arrow_batches(
    dataset: Dataset, schema: arrow.Schema, columns: Sequence[tuple[str, MakeArray]]
) -> Iterator[arrow.RecordBatch]:
    """All rows; the cells that could not be held are noted after the last one.

    `columns`: each column's name, for the notes, and what makes its cells, of the type that the schema has there.
    """
    notes, first = CellNotes(), 1
    for rows in dataset.batches(_ROWS):
        yield arrow.record_batch(list(_arrays(columns, rows, first, notes)), schema=schema)
        first += len(rows)
    notes.tell(dataset)


def _arrays(
    columns: Sequence[tuple[str, MakeArray]], rows: Sequence[Row], first: int, notes: CellNotes
) -> Iterator[arrow.Array]:
    """The rows as columns; `first` is the place of the first of them, from 1."""
    for (name, make), cells in zip(columns, zip(*rows, strict=True), strict=True):

        def count(what: str, place: int, name: str = name) -> None:
            notes.count(what, name, first + place)

        yield make(cells, count)
