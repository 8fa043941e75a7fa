"""OpenDocument spreadsheets (ODS): the cells as they are shown, which the file keeps, comments and charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.cells import CellCount, Sheet, comment_text
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.odf import DRAW, OFFICE, TABLE, TEXT, embedded_text, is_of_kind, opened
from coderai.services.ingest.adapters.parsers.packed_xml import elements, xml_bytes
from coderai.services.ingest.adapters.parsers.sheets import workbook
from coderai.services.ingest.adapters.parsers.tables import Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, TextTooLarge
from coderai.services.ingest.domain.text import normalise

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_ROW, _TABLE = f"{TABLE}table-row", f"{TABLE}table"
_MOST_REPEATED = 20_000
"""Rows that are equal to the one above, which takes a file no bytes."""
_LAST = 1_048_576
"""Rows, and more than columns, of a sheet."""


def parse(data: bytes, _: Tools) -> Sequence[Table]:
    """The tables of all sheets.

    Raises:
        FileDamaged, FileEncrypted, ArchiveTooLarge, NoText; TextTooLarge: it has too many cells.
    """
    with opened(data) as archive:
        xml = xml_bytes(archive, "content.xml")
        if xml is None:
            raise FileDamaged(
                "the file has no content part: open it in LibreOffice, save it again and upload that copy"
            )
        reader = _Reader(archive)
        reader.read(xml)
    return workbook("lxml", reader.sheets, reader.count)


class _Reader:
    """Reads the sheets row by row."""

    def __init__(self, archive: ZipFile) -> None:
        self.sheets: list[Sheet] = []
        self.count = CellCount()
        self._archive = archive
        self._hidden: set[str] = set()
        self._repeated = 0

    def read(self, xml: bytes) -> None:
        """Fills the sheets."""
        sheet, row = Sheet(""), 0
        for element in elements(xml, f"{_STYLE}style", _ROW, f"{TABLE}shapes", _TABLE):
            if element.tag == f"{_STYLE}style":
                shown = [p.get(f"{TABLE}display") for p in element.iter(f"{_STYLE}table-properties")]
                self._hidden |= {element.get(f"{_STYLE}name", "")} if "false" in shown else set()
            elif next(element.iterancestors(*_CELLS, f"{DRAW}frame"), None) is not None:
                continue
            elif element.tag == _ROW:
                row += self._row(sheet, element, row)
            elif element.tag == f"{TABLE}shapes":
                sheet.texts += self._drawn(element)
            else:
                sheet.name = normalise(element.get(f"{TABLE}name", ""))
                sheet.is_hidden = element.get(f"{TABLE}style-name") in self._hidden
                self.sheets.append(sheet)
                sheet, row = Sheet(""), 0

    def _row(self, sheet: Sheet, row: Any, number: int) -> int:
        """Adds a row, as often as it is repeated, which it returns."""
        repeated = _count(row, f"{TABLE}number-rows-repeated")
        cells: dict[int, str] = {}
        column = 0
        for cell in row.iterchildren(*_CELLS):
            times = _count(cell, f"{TABLE}number-columns-repeated")
            if len(cell) or cell.get(f"{OFFICE}value-type"):
                self._cell(sheet, cell, (number, column), times, cells)
            column += times
        if cells and number < _LAST:
            self._repeated += repeated - 1
            if self._repeated > _MOST_REPEATED:
                raise TextTooLarge(f"the workbook repeats rows more than {_MOST_REPEATED:,} times: upload each once")
            self.count.add(len(cells) * repeated, sum(map(len, cells.values())) * repeated)
            sheet.cells |= {number + index: dict(cells) if index else cells for index in range(repeated)}
        return repeated

    def _cell(self, sheet: Sheet, cell: Any, place: tuple[int, int], times: int, cells: dict[int, str]) -> None:
        row, column = place
        is_covered = cell.tag == _CELLS[1]
        if (text := _shown(cell)) and not is_covered:
            self.count.add(times)
            cells |= dict.fromkeys(range(column, column + times), text)
        down, across = _count(cell, f"{TABLE}number-rows-spanned"), _count(cell, f"{TABLE}number-columns-spanned")
        if text and (down > 1 or across > 1):
            sheet.merged.append((row, column, row + down - 1, column + across - 1))
        for note in cell.iterchildren(f"{OFFICE}annotation"):
            who, when = note.findtext(f"{_DC}creator") or "", (note.findtext(f"{_DC}date") or "")[:19]
            said = normalise("\n".join("".join(p.itertext()) for p in note.iter(f"{TEXT}p")))
            sheet.comments[place] = comment_text(said, who, when)
        if next(cell.iter(f"{DRAW}frame", f"{DRAW}custom-shape"), None) is not None:
            sheet.texts += self._drawn(cell)

    def _drawn(self, parent: Any) -> list[str]:
        """Charts and text boxes."""
        charts = [embedded_text(self._archive, o.get(_HREF, "")) for o in parent.iter(f"{DRAW}object")]
        shapes = (p for shape in parent.iter(f"{DRAW}text-box", f"{DRAW}custom-shape") for p in shape.iter(f"{TEXT}p"))
        texts = [normalise("".join(p.itertext())) for p in shapes]
        return [text for text in [*texts, *charts] if text]


def _shown(cell: Any) -> str:
    paragraphs = [_plain(paragraph) for paragraph in cell.iterchildren(f"{TEXT}p")]
    text = normalise("\n".join(paragraphs))
    if text or not cell.get(f"{OFFICE}value-type"):
        return text
    kinds = (f"{OFFICE}{name}" for name in ("string-value", "date-value", "time-value", "boolean-value", "value"))
    return normalise(next((value for kind in kinds if (value := cell.get(kind))), ""))


def _plain(paragraph: Any) -> str:
    pieces: list[str] = [paragraph.text or ""]
    for element in paragraph:
        if element.tag == f"{TEXT}s":
            pieces.append(" ")
        elif element.tag == f"{TEXT}line-break":
            pieces.append("\n")
        elif isinstance(element.tag, str) and not element.tag.startswith((DRAW, OFFICE)):
            pieces.append(_plain(element))
        pieces.append(element.tail or "")
    return "".join(pieces)


def _count(element: Any, name: str) -> int:
    """A number of repetitions, as far as a sheet has room for them."""
    value = element.get(name, "1")
    return max(1, min(int(value), _LAST)) if value.isdecimal() and len(value) < 10 else 1


FORMAT = Format(
    "ODS", parse, (".ods", ".ots"), lambda file: is_of_kind(file, "spreadsheet"), file_called="OpenDocument spreadsheet"
)
