"""Reads a review sheet that was filled in, as the command wrote it or as a spreadsheet saved it since."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, load_workbook

from coderai.client.errors import UsageError
from coderai.client.review.columns import EXTRACTION_ID
from coderai.language.spreadsheets import as_meant

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX and ODS, and old XLS, begin."""
_DELIMITERS = ",;\t"


class SheetUnreadable(UsageError):
    """The file is no review sheet; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet below its header."""

    number: int
    """As a spreadsheet counts: the header is 1."""
    cells: Mapping[str, str]
    """By the column's name, in lower case; empty cells are empty texts."""

    def text(self, column: str) -> str:
        """A cell without spaces around it; empty where the sheet has no such column."""
        return self.cells.get(column, "")


def read_sheet(path: Path) -> list[Line]:
    """The rows of a workbook (XLSX, ODS, XLS) or a CSV with commas, semicolons or tabs; empty ones are left out.

    Raises:
        SheetUnreadable: there is no such file, it is something else, or it has no column extraction_id.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SheetUnreadable(f"{path} cannot be read: {error.strerror}") from None
    tables = _workbook(path, data) if data.startswith(_WORKBOOKS) else _delimited(path, data)
    for table in tables:
        header, *rows = table or [[]]
        names = [_name(cell) for cell in header]
        if EXTRACTION_ID in names:
            lines = (_line(number, names, row) for number, row in enumerate(rows, start=2))
            return [line for line in lines if any(line.cells.values())]
    raise SheetUnreadable(f"{path} is no review sheet: no column is called {EXTRACTION_ID}")


def _line(number: int, names: Sequence[str], row: Sequence[Cell]) -> Line:
    cells: dict[str, str] = {}
    for name, cell in zip(names, row, strict=False):
        cells.setdefault(name, as_meant(_text(cell).strip()))
    return Line(number, cells)


def _workbook(path: Path, data: bytes) -> Iterator[list[list[Cell]]]:
    try:
        book = load_workbook(io.BytesIO(data))
        for name in book.sheet_names:
            yield book.get_sheet_by_name(name).to_python(skip_empty_area=False)  # type: ignore[misc]
    except CalamineError as error:
        raise SheetUnreadable(f"{path} cannot be read as a workbook: {error}") from None


def _delimited(path: Path, data: bytes) -> Iterator[list[list[Cell]]]:
    """The text as a table, by each delimiter in turn."""
    text = _decoded(path, data)
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep="):  # Excel's own line that names the delimiter
        text = rest
    problem = None
    for delimiter in _DELIMITERS:
        try:
            yield [[*row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
        except csv.Error as error:
            problem = error
    if problem is not None:
        raise SheetUnreadable(f"{path} cannot be read as CSV: {problem}")


def _decoded(path: Path, data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SheetUnreadable(f"{path} is not in UTF-8: save it as 'CSV UTF-8', or as XLSX") from None


def _name(cell: Cell) -> str:
    return " ".join(_text(cell).split()).lower()


def _text(cell: Cell) -> str:
    """A cell as a person would have typed it."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
    return str(cell)
