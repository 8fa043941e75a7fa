"""Reads tables of every kind: each row becomes a document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from coderai.services.ingest.domain.chunking import CountTokens
from coderai.services.ingest.domain.problems import NoText, TextTooLarge, Unreadable
from coderai.services.ingest.domain.reading import Container, Extract, Part, Report, read_extract
from coderai.services.ingest.domain.tables import flat, guess_warning, text_column
from coderai.services.ingest.domain.text import normalise

MOST_ROWS = 200_000
_SAMPLE = 200
"""Rows that the text column is guessed from."""

Row = Mapping[str, Any] | Unreadable
"""A row's values by column, or why it cannot be read."""


@dataclass
class Table:
    """A table whose rows are read one by one."""

    reader: str
    rows: Iterator[Row]
    encoding: str = ""
    warnings: list[str] = field(default_factory=list)
    """Grows while the rows are read."""


def parts(
    table: Table, format: str, name: str, wanted: str, count_tokens: CountTokens, first: int = 1
) -> Iterator[Part | Container]:
    """A document for each row, numbered from `first`, and last what is to be said of the table.

    Raises:
        ColumnMissing; NoText: it has no rows; TextTooLarge: it has more than 200,000; others while its rows are read.
    """
    sample = list(islice(table.rows, _SAMPLE))
    if not sample:
        raise NoText("the table has no rows")
    flat_sample = [flat(row) for row in sample if not isinstance(row, Unreadable)]
    column = text_column(flat_sample, wanted)
    report = Report(table.reader, table.encoding)
    for position, row in enumerate(chain(sample, table.rows), first):
        if position - first >= MOST_ROWS:
            raise TextTooLarge(f"the table has more than {MOST_ROWS:,} rows: upload it in parts")
        named = f"{name}#{position - first + 1}"
        yield _part(format, report, named, position, row, column, count_tokens)
    if not wanted:
        table.warnings.append(guess_warning(flat_sample, column))
    yield Container(format, column, Report(table.reader, table.encoding, warnings=tuple(table.warnings)))


def _part(
    format: str, report: Report, name: str, position: int, row: Row, column: str, count_tokens: CountTokens
) -> Part:
    if isinstance(row, Unreadable):
        return Part(position, name, 0, "", row.message)
    values = flat(row)
    value = values.pop(column, None)
    text = "" if value is None else value if isinstance(value, str) else str(value)
    encoded = text.encode()
    try:
        outcome: Any = read_extract(Extract([normalise(text)], report), format, count_tokens)
    except NoText:
        outcome = f"the row has nothing in its column {column!r}"
    except Unreadable as reason:
        outcome = reason.message
    return Part(position, name, len(encoded), hashlib.sha256(encoded).hexdigest(), outcome, values)
