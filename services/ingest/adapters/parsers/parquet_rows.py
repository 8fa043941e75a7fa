"""The rows of a Parquet file, by Apache Arrow."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as arrow  # type: ignore[import-untyped]
from pyarrow import parquet

from coderai.services.ingest.adapters.parsers.tables import Row, Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, TextTooLarge

_BATCH = 500
_LEAST_ROWS, _BYTES_A_ROW = 20_000, 4
"""A file may have so many rows, and one more for every so many of its bytes: equal ones take next to none."""
_LEAST_VALUES, _MOST_EXPANSION = 16 * 2**20, 100
"""Bytes that its values may have in memory, and how many times its own on top: a text may stand there a thousand times.

Both bound the time: a file of 156 KB took 147 s.
"""
_ERRORS = (arrow.ArrowException, OSError, ValueError)
"""What Arrow raises on damaged files."""


def parse(data: bytes, _: Tools) -> Table:
    """Raises FileDamaged and TextTooLarge, also later while its rows are read."""
    try:
        file = parquet.ParquetFile(arrow.BufferReader(data))
    except _ERRORS as error:
        raise _damaged(error) from error
    rows, most = file.metadata.num_rows, _LEAST_ROWS + len(data) // _BYTES_A_ROW
    if rows > most:
        raise TextTooLarge(f"the file claims {rows:,} rows, and has room for {most:,} that differ: upload it in parts")
    return Table("pyarrow", _rows(file, _LEAST_VALUES + _MOST_EXPANSION * len(data)))


def _rows(file: parquet.ParquetFile, most: int) -> Iterator[Row]:
    """Its rows, until their values have more than `most` bytes."""
    held = 0
    try:
        for batch in file.iter_batches(batch_size=_BATCH, use_threads=False):
            held += batch.nbytes
            if held > most:
                raise TextTooLarge(f"its values unpack to more than {most // 2**20} MiB: upload it in parts")
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
