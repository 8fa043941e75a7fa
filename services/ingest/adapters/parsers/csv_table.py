"""CSV and its kin: comma, semicolon, tab or bar between values, quotes around them (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tables import Row, Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.document import LARGEST_FILE

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_SAMPLE_CHARACTERS = 64 * 1024
_LEAST_ROWS = 5
"""Rows that a file without a table's name must have, all of as many values, to be taken for one."""
_LONGEST_HEADING = 64
_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s%]*")

csv.field_size_limit(LARGEST_FILE)


def parse(data: bytes, _: Tools) -> Table:
    """The first row names the columns, unless it has empty, repeated or numeric values. Raises UnknownFormat."""
    decoded = decode(data)
    text = decoded.text.replace("\0", "")
    delimiter = _delimiter(text[:_SAMPLE_CHARACTERS])
    table = Table("csv", iter(()), decoded.encoding, list(decoded.warnings))
    table.rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), table.warnings)
    return table


def _looks_like_table(head: str) -> bool:
    """Whether the beginning of a text is a table for certain: regular rows under a row of headings."""
    delimiter = _delimiter(head)
    rows = _sample(head, delimiter)
    if len(rows) < _LEAST_ROWS or not _is_heading(rows[0]):
        return False
    width = len(rows[0])
    least = 3 if delimiter == "," else 2
    spaced = sum(value.startswith(" ") for row in rows for value in row[1:])
    is_prose = 2 * spaced > len(rows) * (width - 1)
    return width >= least and not is_prose and all(len(row) == width for row in rows)


def is_regular(head: str) -> bool:
    """Whether the beginning of a text has two rows at least, all of as many values, at least two."""
    widths = [len(row) for row in _sample(head, _delimiter(head))]
    return len(widths) > 1 and widths[0] > 1 and len(set(widths)) == 1


def _rows(reader: Iterator[list[str]], warnings: list[str]) -> Iterator[Row]:
    filled = (row for row in reader if any(value.strip() for value in row))
    first = next(filled, None)
    if first is None:
        return
    if _is_heading(first):
        columns = [heading.strip() for heading in first]
    else:
        columns = [f"column_{number}" for number in range(1, len(first) + 1)]
        warnings.append("the first row is no row of headings: the columns are called column_1, column_2 ...")
        yield dict(zip(columns, first, strict=True))
    uneven = 0
    for row in filled:
        uneven += len(row) != len(columns)
        columns.extend(f"column_{number}" for number in range(len(columns) + 1, len(row) + 1))
        yield dict(zip(columns, row, strict=False))
    if uneven:
        warnings.append(f"{uneven} rows have more or fewer values than there are headings")


def _is_heading(row: Sequence[str]) -> bool:
    headings = [heading.strip() for heading in row]
    return len({h.casefold() for h in headings}) == len(headings) and not any(
        not heading or len(heading) > _LONGEST_HEADING or _NUMBER.fullmatch(heading) for heading in headings
    )


def _delimiter(head: str) -> str:
    """The delimiter that parts most rows of the sample into as many values, at least two."""

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _sample(head, delimiter))
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        return (count, width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=regularity)


def _sample(head: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(head.replace("\0", ""), newline=""), delimiter=delimiter)
    rows = [row for _, row in zip(range(_SAMPLE_ROWS), reader, strict=False) if any(row)]
    is_cut = len(head) >= _SAMPLE_CHARACTERS and len(rows) < _SAMPLE_ROWS
    return rows[:-1] if is_cut else rows


FORMAT = Format("CSV", parse, (".csv", ".tsv", ".tab"), is_likely=lambda file: _looks_like_table(file.head))
