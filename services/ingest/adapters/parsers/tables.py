"""Reads tables of every kind, one or several of a file: each row becomes a document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from coderai.services.ingest.domain.chunking import CountTokens
from coderai.services.ingest.domain.problems import NoText, TextTooLarge, Unreadable
from coderai.services.ingest.domain.reading import Container, Extract, Part, Report, read_extract
from coderai.services.ingest.domain.tables import ColumnMissing, flat, guess_warning, text_column
from coderai.services.ingest.domain.text import normalise

MOST_ROWS = 200_000
_SAMPLE = 200
"""Rows that the text column is guessed from."""

Row = Mapping[str, Any] | str | Unreadable
"""A row's values by column, or a text that stands beside the table's rows, or why it cannot be read."""


@dataclass
class Table:
    """A table whose rows are read one by one."""

    reader: str
    rows: Iterator[Row]
    encoding: str = ""
    warnings: list[str] = field(default_factory=list)
    """Grows while the rows are read."""
    about: str = ""
    """What says of a warning which of a file's tables it is about; ends with a space."""
    remarks: frozenset[str] = frozenset()
    """Columns that no guess takes for the text."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What each of its rows gets beside its own values, such as the sheet it is on."""


def parts(
    tables: Sequence[Table], format: str, name: str, wanted: str, count_tokens: CountTokens, first: int = 1
) -> Iterator[Part | Container]:
    """A document for each row of a file's tables, numbered from `first`, and last what is to be said of them all.

    A table that does not have the wanted column, while another has it, is read by the column that is guessed.

    Raises:
        ColumnMissing; NoText: it has no rows; TextTooLarge: it has more than 200,000; others while its rows are read.
    """
    samples = [list(islice(table.rows, _SAMPLE)) for table in tables]
    if not any(samples):
        raise NoText("the table has no rows")
    flat_samples = [[flat(row) for row in sample if isinstance(row, Mapping)] for sample in samples]
    if wanted and (any(flat_samples) or not _has_texts(samples)):
        text_column([row for sample in flat_samples for row in sample], wanted)
    columns: dict[str, None] = {}
    position = first - 1
    for table, sample, flat_sample in zip(tables, samples, flat_samples, strict=True):
        column, warning = _column(flat_sample, wanted, table.remarks)
        report = Report(table.reader, table.encoding)
        for row in chain(sample, table.rows):
            position += 1
            if position - first >= MOST_ROWS:
                raise TextTooLarge(f"the table has more than {MOST_ROWS:,} rows: upload it in parts")
            named = f"{name}#{position - first + 1}"
            yield _part(format, report, named, position, row, column, table.metadata, count_tokens)
        if warning:
            table.warnings.append(f"{table.about}{warning}")
        columns |= {column: None} if column else {}
    warnings = tuple(warning for table in tables for warning in table.warnings)
    yield Container(format, ", ".join(columns), Report(tables[0].reader, tables[0].encoding, warnings=warnings))


def _has_texts(samples: Sequence[Sequence[Row]]) -> bool:
    return any(isinstance(row, str) for sample in samples for row in sample)


def _column(rows: Sequence[Mapping[str, Any]], wanted: str, remarks: frozenset[str]) -> tuple[str, str]:
    """The text column of a table, and what to warn of: that it was guessed. Both empty without rows."""
    if not rows:
        return "", ""
    missing = ""
    try:
        if wanted:
            return text_column(rows, wanted), ""
    except ColumnMissing:
        missing = f"there is no column {wanted!r}; "
    others = [{name: row[name] for name in row if name not in remarks} for row in rows]
    guessed = text_column(others, "")
    return guessed, missing + guess_warning(others, guessed)


def _part(
    format: str,
    report: Report,
    name: str,
    position: int,
    row: Row,
    column: str,
    beside: Mapping[str, Any],
    count_tokens: CountTokens,
) -> Part:
    if isinstance(row, Unreadable):
        return Part(position, name, 0, "", row.message)
    values = {} if isinstance(row, str) else flat(row)
    value = row if isinstance(row, str) else values.pop(column, None)
    text = "" if value is None else value if isinstance(value, str) else str(value)
    encoded = text.encode()
    try:
        outcome: Any = read_extract(Extract([normalise(text)], report), format, count_tokens)
    except NoText:
        outcome = f"the row has nothing in its column {column!r}"
    except Unreadable as reason:
        outcome = reason.message
    return Part(position, name, len(encoded), hashlib.sha256(encoded).hexdigest(), outcome, {**beside, **values})
