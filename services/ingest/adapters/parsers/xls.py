"""Old Excel workbooks (XLS, Excel 95 to 2003), by calamine: values, not as they are shown but for dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from struct import Struct
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from coderai.services.ingest.adapters.parsers.cells import MOST_CELLS, CellCount, Sheet
from coderai.services.ingest.adapters.parsers.compound import has_stream, stream
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.number_formats import general
from coderai.services.ingest.adapters.parsers.sheets import workbook
from coderai.services.ingest.adapters.parsers.tables import Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, TextTooLarge
from coderai.services.ingest.domain.text import normalise

_HEAD = Struct("<HH")
"""Of a record its kind and length, of a cell its row and column."""
_CELLS = frozenset((0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406, 0x0206))
_BEGINNINGS = frozenset((0x0009, 0x0209, 0x0409, 0x0809))
_NOT_READ = "an old Excel file: number formats (percent, currency), comments and charts are only read from XLSX"


def parse(data: bytes, _: Tools) -> Sequence[Table]:
    """The tables of all sheets. Raises FileDamaged, FileEncrypted, NoText, TextTooLarge."""
    count = CellCount()
    _must_be_dense(stream(data, "Workbook") or stream(data, "Book"))
    try:
        file = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = [_sheet(file, of, count) for of in file.sheets_metadata if of.typ is SheetTypeEnum.WorkSheet]
    except PasswordError as error:
        raise FileEncrypted() from error
    except CalamineError as error:
        raise FileDamaged(f"the Excel file is damaged ({error}): save it as XLSX and upload that copy") from error
    return workbook("calamine", sheets, count, [_NOT_READ])


def _must_be_dense(book: bytes) -> None:
    """Raises TextTooLarge when its sheets span too many cells: calamine holds all that lie between the filled ones."""
    spanned = position = 0
    height = width = 0
    while position + 4 <= len(book):
        kind, length = _HEAD.unpack_from(book, position)
        if kind in _CELLS and length >= 4 and position + 8 <= len(book):
            row, column = _HEAD.unpack_from(book, position + 4)
            height, width = max(height, row + 1), max(width, column + 1)
        elif kind in _BEGINNINGS:
            spanned += height * width
            height = width = 0
        position += 4 + length
    if spanned + height * width > MOST_CELLS:
        raise TextTooLarge(f"the sheets span more than {MOST_CELLS:,} cells, most of them empty: save it as XLSX")


def _sheet(file: CalamineWorkbook, about: SheetMetadata, count: CellCount) -> Sheet:
    found = file.get_sheet_by_name(about.name)
    sheet = Sheet(normalise(about.name), is_hidden=about.visible is not SheetVisibleEnum.Visible)
    top, left = found.start or (0, 0)
    for number, row in enumerate(found.iter_rows(), top):
        if cells := {column: text for column, value in enumerate(row, left) if (text := _shown(value))}:
            count.add(len(cells))
            sheet.cells[number] = cells
    sheet.merged = [(*first, *last) for first, last in _merged(found)]
    return sheet


def _merged(sheet: CalamineSheet) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
    return sheet.merged_cell_ranges or ()


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return general(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return normalise(str(value))


FORMAT = Format(
    "XLS", parse, (".xls",), lambda file: has_stream(file.data, "Workbook", "Book"), file_called="old Excel file"
)
