"""Parquet, by Apache Arrow."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as arrow  # type: ignore[import-untyped]
from pyarrow import parquet

from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tables import Row, Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged

_BATCH = 500
_ERRORS = (arrow.ArrowException, OSError, ValueError)
"""What Arrow raises on damaged files."""


def parse(data: bytes, _: Tools) -> Table:
    """Raises FileDamaged, also later while its rows are read."""
    try:
        file = parquet.ParquetFile(arrow.BufferReader(data))
    except _ERRORS as error:
        raise _damaged(error) from error
    return Table("pyarrow", _rows(file))


def _rows(file: parquet.ParquetFile) -> Iterator[Row]:
    try:
        for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
            yield from _to_microseconds(batch).to_pylist()
    except _ERRORS as error:
        raise _damaged(error) from error


def _to_microseconds(batch: arrow.RecordBatch) -> arrow.RecordBatch:
    """Python's times are no finer; what pandas writes is."""
    for index, field in enumerate(batch.schema):
        if (coarser := _coarser(field.type)) != field.type:
            batch = batch.set_column(index, field.name, batch.column(index).cast(coarser, safe=False))
    return batch


def _coarser(kind: arrow.DataType) -> arrow.DataType:
    """The type with microseconds in place of nanoseconds, in lists and structures too."""
    if arrow.types.is_timestamp(kind) and kind.unit == "ns":
        return arrow.timestamp("us", kind.tz)
    if arrow.types.is_time64(kind):
        return arrow.time64("us")
    if arrow.types.is_duration(kind) and kind.unit == "ns":
        return arrow.duration("us")
    if arrow.types.is_list(kind):
        return arrow.list_(kind.value_field.with_type(_coarser(kind.value_type)))
    if arrow.types.is_struct(kind):
        return arrow.struct([field.with_type(_coarser(field.type)) for field in kind])
    return kind


def _damaged(error: Exception) -> FileDamaged:
    return FileDamaged(f"the Parquet file is damaged ({error}): write it again and upload that copy")


FORMAT = Format("PARQUET", parse, (".parquet",), lambda file: file.data.startswith(b"PAR1"), file_called="Parquet file")
