"""Writes a dataset as Parquet: typed columns, each with its label, and the codebook in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from coderai.services.export.domain.cell_notes import CellNotes
from coderai.services.export.domain.codebook import codebook
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.storage import Storage, StoredColumn, as_text, stored_columns
from coderai.services.export.domain.table import Row
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

CODEBOOK_KEY = "coderai.codebook"
"""Of the file's metadata: domain.codebook.codebook as JSON."""
_CELLS_OF_GROUP = 200_000
"""So many cells make a row group, and are in memory at once."""
_TYPES = {
    Storage.TEXT: pa.string(),
    Storage.NUMBER: pa.float64(),
    Storage.WHOLE: pa.int32(),
    Storage.DAY: pa.date32(),
    Storage.BOOLEAN: pa.bool_(),
    Storage.WORD: pa.dictionary(pa.int32(), pa.string()),
    Storage.CODE: pa.int32(),
}
_INEXACT = "a number is not exactly the same, as a Parquet column of numbers has 53 bits"
_TOO_LARGE = "a number is infinite, as it is larger than a Parquet column of numbers can tell"

Cells = Sequence[Scalar | None]


def write_parquet(dataset: Dataset, path: Path) -> None:
    """A column for each of the table's; missing cells are null, categories a dictionary in their order."""
    columns = stored_columns(dataset)
    notes = CellNotes()
    schema = pa.schema(map(_field, columns), metadata={CODEBOOK_KEY: json.dumps(codebook(dataset))})
    size = max(1, _CELLS_OF_GROUP // len(columns))
    with ParquetWriter(path, schema, compression="zstd") as writer:
        first = 1
        for rows in dataset.batches(size):
            writer.write_batch(_batch(schema, columns, rows, first, notes))
            first += len(rows)
    notes.tell(dataset)


def _field(found: StoredColumn) -> pa.Field:
    metadata = {"label": found.label, "variable": found.column.variable, "detail": found.column.detail}
    if found.words:
        metadata["words"] = json.dumps(found.words)
    return pa.field(found.name, _TYPES[found.storage], metadata={key: text for key, text in metadata.items() if text})


def _batch(
    schema: pa.Schema, columns: Sequence[StoredColumn], rows: Sequence[Row], first: int, notes: CellNotes
) -> pa.RecordBatch:
    """Rows as columns; `first` is the place of the first of them, from 1."""
    arrays = []
    for found, cells in zip(columns, zip(*rows, strict=True), strict=True):

        def count(what: str, place: int, name: str = found.name) -> None:
            notes.count(what, name, first + place)

        arrays.append(_ARRAYS[found.storage](found, cells, count))
    return pa.record_batch(arrays, schema=schema)


Count = Callable[[str, int], None]
"""What became of the cell at that place of a column."""


def _plain(found: StoredColumn, cells: Cells, count: Count) -> pa.Array:
    return pa.array(cells, _TYPES[found.storage])


def _texts(found: StoredColumn, cells: Cells, count: Count) -> pa.Array:
    return pa.array(_unicode([as_text(value) for value in cells], count), pa.string())


def _numbers(found: StoredColumn, cells: Cells, count: Count) -> pa.Array:
    return pa.array([_number(value, place, count) for place, value in enumerate(cells)], pa.float64())


def _number(value: Any, place: int, count: Count) -> float | None:
    if value is None or type(value) is float:
        return value
    try:
        number = float(value)
    except OverflowError:
        count(_TOO_LARGE, place)
        return float("inf") if value > 0 else float("-inf")
    if number != value:
        count(_INEXACT, place)
    return number


def _days(found: StoredColumn, cells: Cells, count: Count) -> pa.Array:
    return pa.array([None if day is None else date.fromisoformat(str(day)) for day in cells], pa.date32())


def _words(found: StoredColumn, cells: Cells, count: Count) -> pa.Array:
    """A dictionary that begins with the column's words in their order, whichever of them the cells have."""
    texts = _unicode([as_text(value) for value in cells], count)
    places = {word: place for place, word in enumerate(found.words)}
    for text in texts:
        if text is not None:
            places.setdefault(text, len(places))
    indices = pa.array([None if text is None else places[text] for text in texts], pa.int32())
    return pa.DictionaryArray.from_arrays(indices, pa.array(places, pa.string()))


def _unicode(texts: list[str | None], count: Count) -> list[str | None]:
    for place, text in enumerate(texts):
        if text is not None and not encodable(text):
            count(REPLACED, place)
            texts[place] = as_unicode(text)
    return texts


_ARRAYS: Mapping[Storage, Callable[[StoredColumn, Cells, Count], pa.Array]] = {
    Storage.TEXT: _texts,
    Storage.NUMBER: _numbers,
    Storage.WHOLE: _plain,
    Storage.DAY: _days,
    Storage.BOOLEAN: _plain,
    Storage.WORD: _words,
    Storage.CODE: _plain,
}
