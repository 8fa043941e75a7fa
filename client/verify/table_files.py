"""Reads the tables of a bundle, data.csv and data.parquet, row by row, and says what their cells should be."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from coderai.client.verify.bundle import Bundle, Unreadable, reading
from coderai.client.verify.columns import Column
from coderai.client.verify.findings import Findings
from coderai.codebook.column_values import Scalar
from coderai.language.spreadsheets import neutralised

CSV, PARQUET = "data/data.csv", "data/data.parquet"
_LONGEST_FIELD = 64_000_000
"""Characters of a field of a CSV."""
_DELIMITERS = ",;\t|"
_LINE_BREAK = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
_ROWS_AT_ONCE = 1_000
_STORED_AS = {"NUMBER": "double", "WHOLE": "int32", "CODE": "int32", "BOOLEAN": "bool", "DAY": "date32[day]"}
_TEXTS = ("string", "large_string")

Numbered = tuple[int, Sequence[Any]]
"""A row with the number of the line where it begins in a CSV, of its place in a Parquet file, from 1."""
Shown = Callable[[Scalar | None], Any]
"""What a table holds for a value."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table, read once from its first row to its last."""

    path: str
    rows: Iterator[Numbered]
    shown: Sequence[Shown]
    """By column."""
    is_alike: Callable[[Any, Any], bool]
    """Whether what stands may stand in place of what should."""


def table_files(bundle: Bundle, columns: Sequence[Column], findings: Findings) -> Iterator[TableFile]:
    """The tables that the bundle has; those that it lacks, or whose columns are not the codebook's, are told."""
    for path, opened in ((CSV, _csv_file), (PARQUET, _parquet_file)):
        if path in bundle.sizes:
            yield opened(bundle, columns, findings)
        else:
            findings.differs(path, "the bundle does not have this file")


def _csv_file(bundle: Bundle, columns: Sequence[Column], findings: Findings) -> TableFile:
    return TableFile(CSV, _csv_rows(bundle, columns, findings), [_as_field] * len(columns), _on_one_line)


def _parquet_file(bundle: Bundle, columns: Sequence[Column], findings: Findings) -> TableFile:
    shown = [_TYPED.get(column.storage, _as_text) for column in columns]
    return TableFile(PARQUET, _parquet_rows(bundle, columns, findings), shown, lambda stands, should: False)


def _csv_rows(bundle: Bundle, columns: Sequence[Column], findings: Findings) -> Iterator[Numbered]:
    names = [column.name for column in columns]
    csv.field_size_limit(_LONGEST_FIELD)
    number = 0
    try:
        with reading(bundle, CSV) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            lines = iter(partial(text.readline, _LONGEST_FIELD), "")
            first = next(lines, "")
            delimiter = next((one for one in _DELIMITERS if first.startswith(f"{names[0]}{one}")), ",")
            reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
            header = next(reader, [])
            if header != names:
                _tell_columns(CSV, header, names, findings)
                return
            number = reader.line_num
            for row in reader:
                line, number = number + 1, reader.line_num
                if len(row) != len(names):
                    problem = f"the row has {len(row):,} cells, and the table {len(names):,} columns"
                    findings.differs(CSV, problem, line=line)
                yield line, [*row, *[""] * (len(names) - len(row))][: len(names)]
    except (Unreadable, UnicodeDecodeError, csv.Error) as error:
        findings.differs(CSV, f"it cannot be read on from here: {error}", line=number + 1)


def _tell_columns(path: str, stand: Sequence[str], should: Sequence[str], findings: Findings) -> None:
    pairs = zip([*stand, *[None] * len(should)], [*should, *[None] * len(stand)], strict=False)
    place, (one, other) = next((n, pair) for n, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    findings.differs(
        path, "the columns are not those of the codebook", what=f"column {place}", stands=one, should=other, values=True
    )


def _as_text(value: Scalar | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).upper() if isinstance(value, bool) else str(value)


def _as_field(value: Scalar | None) -> str:
    if isinstance(value, str):
        return neutralised(value)
    return "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)


def _on_one_line(stands: Any, should: Any) -> bool:
    """Whether a field is as it should be but for line breaks that became spaces."""
    text = should[1:] if neutralised(should[1:]) == should else should
    return bool(stands == neutralised(_LINE_BREAK.sub(" ", text)))


def _parquet_rows(bundle: Bundle, columns: Sequence[Column], findings: Findings) -> Iterator[Numbered]:
    # Arrow takes a tenth of a second to import, and 30 MB.
    import pyarrow as arrow  # type: ignore[import-untyped]
    from pyarrow import parquet

    try:
        with reading(bundle, PARQUET) as file:
            opened = parquet.ParquetFile(file)
            if not _has_columns(opened.schema_arrow, columns, findings):
                return
            number = 0
            for batch in opened.iter_batches(_ROWS_AT_ONCE):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield number, row
    except (Unreadable, arrow.ArrowException, ValueError, OSError) as error:
        findings.differs(PARQUET, f"it cannot be read: {error}")


def _has_columns(schema: Any, columns: Sequence[Column], findings: Findings) -> bool:
    names = [column.name for column in columns]
    if schema.names != names:
        _tell_columns(PARQUET, schema.names, names, findings)
        return False
    for field, column in zip(schema, columns, strict=True):
        kind = getattr(field.type, "value_type", field.type)
        wanted = _STORED_AS.get(column.storage)
        if str(kind) not in ((wanted,) if wanted else _TEXTS):
            findings.differs(
                PARQUET,
                "the column has another type than the codebook says",
                what=f"column {column.name}",
                stands=str(field.type),
                should=wanted or "string",
                values=True,
            )
    return True


def _double(value: Any) -> Any:
    try:
        return None if value is None else float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _day(value: Any) -> Any:
    return None if value is None else date.fromisoformat(value)


def _as_it_is(value: Any) -> Any:
    return value


_TYPED: Mapping[str, Shown] = {
    "NUMBER": _double,
    "DAY": _day,
    "WHOLE": _as_it_is,
    "CODE": _as_it_is,
    "BOOLEAN": _as_it_is,
}
"""By how a Parquet column is stored; other columns hold texts."""
