"""Writes a dataset as Parquet: typed columns, each with its label, and the codebook in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from math import isinf
from pathlib import Path
from typing import Any

import pyarrow as arrow  # type: ignore[import-untyped]
from pyarrow import parquet

from coderai.services.export.adapters.arrow_batches import Cells, arrow_batches
from coderai.services.export.domain.cell_notes import Count
from coderai.services.export.domain.codebook import codebook
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.doubles import as_double
from coderai.services.export.domain.storage import Storage, StoredColumn, as_text, stored_columns
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

CODEBOOK_KEY = "coderai.codebook"
"""Of the file's metadata: domain.codebook.codebook as JSON."""
_BYTES_OF_GROUP = 16_000_000
"""At least, in memory, of a row group."""
_TYPES = {
    Storage.TEXT: arrow.string(),
    Storage.NUMBER: arrow.float64(),
    Storage.WHOLE: arrow.int32(),
    Storage.DAY: arrow.date32(),
    Storage.BOOLEAN: arrow.bool_(),
    Storage.WORD: arrow.dictionary(arrow.int32(), arrow.string()),
    Storage.CODE: arrow.int32(),
}
_INEXACT = "a number is not exactly the same, as a Parquet column of numbers has 53 bits"
_TOO_LARGE = "a number is infinite, as it is larger than a Parquet column of numbers can tell"


def write_parquet(dataset: Dataset, path: Path) -> None:
    """A column for each of the table's; missing cells are null, categories a dictionary in their order."""
    columns = stored_columns(dataset)
    makers = [(found.name, partial(_ARRAYS[found.storage], found)) for found in columns]
    metadata = {CODEBOOK_KEY: json.dumps(codebook(dataset))}
    schema = arrow.schema(map(_field, columns), metadata=metadata)
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(arrow_batches(dataset, schema, makers)):
            writer.write_table(arrow.Table.from_batches(group).unify_dictionaries())


def _groups(batches: Iterable[arrow.RecordBatch]) -> Iterator[list[arrow.RecordBatch]]:
    """The batches as row groups of some megabytes."""
    group, size = list[arrow.RecordBatch](), 0
    for batch in batches:
        group.append(batch)
        size += batch.nbytes
        if size >= _BYTES_OF_GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def _field(found: StoredColumn) -> arrow.Field:
    metadata = {"label": found.label, "variable": found.column.variable, "detail": found.column.detail}
    if found.words:
        metadata["words"] = json.dumps(found.words)
    return arrow.field(
        found.name, _TYPES[found.storage], metadata={key: text for key, text in metadata.items() if text}
    )


def _plain(found: StoredColumn, cells: Cells, count: Count) -> arrow.Array:
    return arrow.array(cells, _TYPES[found.storage])


def _texts(found: StoredColumn, cells: Cells, count: Count) -> arrow.Array:
    return arrow.array(_unicode([as_text(value) for value in cells], count), arrow.string())


def _numbers(found: StoredColumn, cells: Cells, count: Count) -> arrow.Array:
    return arrow.array([_number(value, place, count) for place, value in enumerate(cells)], arrow.float64())


def _number(value: Any, place: int, count: Count) -> float | None:
    if value is None or type(value) is float:
        return value
    number = as_double(value)
    if number != value:
        count(_TOO_LARGE if isinf(number) else _INEXACT, place)
    return number


def _days(found: StoredColumn, cells: Cells, count: Count) -> arrow.Array:
    return arrow.array([None if day is None else date.fromisoformat(str(day)) for day in cells], arrow.date32())


def _words(found: StoredColumn, cells: Cells, count: Count) -> arrow.Array:
    """A dictionary that begins with the column's words in their order, whichever of them the cells have."""
    texts = _unicode([as_text(value) for value in cells], count)
    places = {word: place for place, word in enumerate(found.words)}
    for text in texts:
        if text is not None:
            places.setdefault(text, len(places))
    indices = arrow.array([None if text is None else places[text] for text in texts], arrow.int32())
    return arrow.DictionaryArray.from_arrays(indices, arrow.array(places, arrow.string()))


def _unicode(texts: list[str | None], count: Count) -> list[str | None]:
    for place, text in enumerate(texts):
        if text is not None and not encodable(text):
            count(REPLACED, place)
            texts[place] = as_unicode(text)
    return texts


_ARRAYS: Mapping[Storage, Callable[[StoredColumn, Cells, Count], arrow.Array]] = {
    Storage.TEXT: _texts,
    Storage.NUMBER: _numbers,
    Storage.WHOLE: _plain,
    Storage.DAY: _days,
    Storage.BOOLEAN: _plain,
    Storage.WORD: _words,
    Storage.CODE: _plain,
}
