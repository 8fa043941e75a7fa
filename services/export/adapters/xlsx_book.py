"""A workbook: sheets that grow row by row, put together into one file at the end.

XlsxWriter makes all but the rows: formats, widths, filters, what stays in sight. Rows and links are put into its sheets
as XML, which takes a third of the time that XlsxWriter takes for cells; writers of whole tables are faster yet, and
have no links, colours or types for single cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from coderai.services.export.adapters.xlsx_cells import LONGEST, held_text
from coderai.services.export.adapters.xlsx_sheet import Sheet, SheetColumn
from coderai.services.export.adapters.xlsx_styles import FORMATS
from coderai.services.export.domain.cell_notes import CellNotes

LONG_TEXTS = "Long texts"
_OF_LONG_TEXTS = (SheetColumn("Sheet", 14), SheetColumn("Cell", 10), SheetColumn("Part", 8), SheetColumn("Text", 40))
_LONGEST_TITLE = 255
_LEVEL = 3
"""Of compression, 1 to 9: 6 takes a tenth more of the whole time for a seventh less."""
_ROWS = re.compile(rb"<sheetData>.*</sheetData>|<sheetData/>", re.DOTALL)
_SIZE = re.compile(rb'<dimension ref="[^"]*"/>')
_AFTER_LINKS = b"<pageMargins"
"""What follows links in a sheet (ECMA-376 part 1, 18.3.1.99)."""
_PART = "xl/worksheets/sheet{}.xml"


class Book:
    """The sheets in their order, and what became of cells that a workbook cannot hold as they are."""

    def __init__(self, folder: Path) -> None:
        """`folder`: an empty one for what is not put together yet."""
        self.notes = CellNotes()
        self.sheets: list[Sheet] = []
        self._folder = folder
        self._long_texts: Sheet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        for sheet in self.sheets:
            sheet.close()

    def sheet(self, name: str, columns: Sequence[SheetColumn], of_dataset: bool = False, behind: str = "") -> Sheet:
        """A further sheet, the last one or `behind` another.

        `of_dataset`: its rows are the dataset's, under a header, so that columns and rows of notes are those.
        """
        where = "" if of_dataset else f" in the sheet {name}"

        def tell(what: str, column: str, row: int) -> None:
            self.notes.count(what, f"{column}{where}", row - of_dataset)

        files = self._folder / f"sheet-{len(self.sheets)}"
        made = Sheet(name, columns, files, tell, self._keep_long_text)
        names = [sheet.name for sheet in self.sheets]
        self.sheets.insert(names.index(behind) + 1 if behind else len(names), made)
        return made

    def save(self, path: Path, title: str, created: datetime) -> None:
        """Puts the workbook together; its sheets take no more rows."""
        for sheet in self.sheets:
            sheet.close()
        sheets = {_PART.format(place): sheet for place, sheet in enumerate(self.sheets, start=1)}
        made = ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        with made, ZipFile(self._frame(title, created)) as frame:
            for name in frame.namelist():
                with made.open(name, "w") as part:
                    if name in sheets:
                        _fill(part, frame.read(name), sheets[name])
                    else:
                        part.write(frame.read(name))

    def _keep_long_text(self, sheet: str, cell: str, text: str) -> int:
        """Writes a text that is too long for a cell in parts below each other; returns the first one's row."""
        if self._long_texts is None:
            self._long_texts = self.sheet(LONG_TEXTS, _OF_LONG_TEXTS)
            self._long_texts.add_header()
        first = self._long_texts.rows + 1
        for part, start in enumerate(range(0, len(text), LONGEST), start=1):
            self._long_texts.add((sheet, cell, part, text[start : start + LONGEST]))
        return first

    def _frame(self, title: str, created: datetime) -> IO[bytes]:
        """The workbook without its rows and links."""
        file = BytesIO()
        with Workbook(file, {"in_memory": True}) as workbook:
            workbook.set_properties({"title": held_text(title)[0][:_LONGEST_TITLE], "created": created})
            made = [_framed(workbook.add_worksheet(sheet.name), sheet) for sheet in self.sheets]
            for number, properties in enumerate(FORMATS):
                # Formats are numbered from 1 in the order in which cells use them; the rows replace these cells.
                made[0].write_blank(0, number, None, workbook.add_format(properties))
        return file


def _framed(made: Worksheet, sheet: Sheet) -> Worksheet:
    for place, column in enumerate(sheet.columns):
        made.set_column(place, place, column.width)
    made.freeze_panes(*sheet.frozen)
    if sheet.is_filtered:
        made.autofilter(0, 0, sheet.rows - 1, len(sheet.columns) - 1)
    return made


def _fill(part: IO[bytes], frame: bytes, sheet: Sheet) -> None:
    """Writes a sheet with its rows and links."""
    size = xl_range(0, 0, max(sheet.rows, 1) - 1, len(sheet.columns) - 1)
    head, tail = _ROWS.split(_SIZE.sub(f'<dimension ref="{size}"/>'.encode(), frame), maxsplit=1)
    before, after = tail.split(_AFTER_LINKS, maxsplit=1)
    part.write(head + b"<sheetData>")
    with sheet.rows_file.open("rb") as rows:
        copyfileobj(rows, part)
    part.write(b"</sheetData>" + before)
    if sheet.links:
        part.write(b"<hyperlinks>")
        with sheet.links_file.open("rb") as links:
            copyfileobj(links, part)
        part.write(b"</hyperlinks>")
    part.write(_AFTER_LINKS + after)
