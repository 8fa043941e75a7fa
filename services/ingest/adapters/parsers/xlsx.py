"""Excel workbooks (XLSX, XLSM; ECMA-376, part 1, 18): the cells as they are shown, comments, charts and text boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.cells import Area, CellCount, Cells, Place, Sheet, comment_text
from coderai.services.ingest.adapters.parsers.drawing_text import shown_parts, texts_below
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.number_formats import cell_formats, shown
from coderai.services.ingest.adapters.parsers.packed_xml import elements, related, relations, root_of, xml_bytes
from coderai.services.ingest.adapters.parsers.sheets import workbook
from coderai.services.ingest.adapters.parsers.tables import Table
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import open_zip
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.text import normalise

_MAIN = "xl/workbook.xml"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_THREADED = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_ROW, _MERGED, _VALUE, _FORMULA = f"{_S}row", f"{_S}mergeCell", f"{_S}v", f"{_S}f"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_LAST_COLUMN = 16_384


def parse(data: bytes, _: Tools) -> Sequence[Table]:
    """The tables of all sheets; formulas give the values that the file keeps of them.

    Raises:
        FileDamaged, FileEncrypted, ArchiveTooLarge, NoText; TextTooLarge: it has too many cells.
    """
    with open_zip(data) as archive:
        main = _main_part(archive)
        root = root_of(archive, main)
        if root is None:
            raise FileDamaged("the Excel file has no workbook: open it in Excel, save it again and upload that copy")
        reader = _Workbook(archive, main, root)
        targets = relations(archive, main)
        sheets = []
        for named in root.iter(f"{_S}sheet"):
            part = targets.get(named.get(_ID, ""), ("", ""))[1]
            is_hidden = named.get("state", "visible") != "visible"
            sheets.append(reader.sheet(Sheet(normalise(named.get("name", "")), is_hidden=is_hidden), part))
        return workbook("lxml", sheets, reader.count, reader.warnings())


def _main_part(archive: ZipFile) -> str:
    found = related(archive, "", "officeDocument")
    return found[0] if found else _MAIN


class _Workbook:
    """What all sheets of a file share: texts, number formats, people."""

    def __init__(self, archive: ZipFile, main: str, root: Any) -> None:
        self.count = CellCount()
        self._archive = archive
        self._texts = [_string(item) for item in self._each(main, "sharedStrings", f"{_S}si")]
        styles = next(iter(related(archive, main, "styles")), "")
        self._formats = cell_formats(root_of(archive, styles) if styles else None)
        self._from_1904 = any(p.get("date1904") in ("1", "true") for p in root.iter(f"{_S}workbookPr"))
        persons = self._each(main, "person", f"{_THREADED}person")
        self._people = {person.get("id"): person.get("displayName", "") for person in persons}
        self._formulas = 0

    def warnings(self) -> Iterator[str]:
        """Known once all sheets are read."""
        if self._formulas:
            yield f"{self._formulas} formulas of which the file does not keep the value, and which stand for themselves"

    def _each(self, part: str, kind: str, *tags: str) -> Iterator[Any]:
        """The elements of the parts of a kind that a part refers to."""
        for name in related(self._archive, part, kind):
            if (data := xml_bytes(self._archive, name)) is not None:
                yield from elements(data, *tags)

    def sheet(self, sheet: Sheet, part: str) -> Sheet:
        """Fills a sheet from its part."""
        data = xml_bytes(self._archive, part)
        if data is not None:
            self._read_cells(sheet, data)
            sheet.comments = self._comments(part)
            for drawing in related(self._archive, part, "drawing"):
                sheet.texts += self._drawn(drawing)
            sheet.texts += self._edges(data)
        return sheet

    def _read_cells(self, sheet: Sheet, data: bytes) -> None:
        number = -1
        rows: Cells = {}
        for element in elements(data, _ROW, _MERGED):
            if element.tag == _MERGED:
                if area := _area(element.get("ref", "")):
                    sheet.merged.append(area)
                continue
            name = element.get("r", "")
            number = int(name) - 1 if name.isdecimal() else number + 1
            if cells := self._row(element):
                self.count.add(len(cells), sum(map(len, cells.values())))
                rows.setdefault(number, {}).update(cells)
        sheet.cells = dict(sorted(rows.items()))

    def _row(self, row: Any) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = -1
        for cell in row:
            column = _column(cell.get("r", "").rstrip("0123456789"), column + 1)
            if len(cell) and (text := self._shown(cell)):
                cells[column] = text
        return cells

    def _shown(self, cell: Any) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return normalise("".join(_string(inline) for inline in cell.iter(f"{_S}is")))
        value = cell.findtext(_VALUE) or ""
        if not value:
            formula = cell.findtext(_FORMULA) if kind != "str" else ""
            self._formulas += bool(formula)
            return f"={formula}" if formula else ""
        if kind == "s":
            return self._texts[int(value)] if value.isdecimal() and int(value) < len(self._texts) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind != "n":
            return normalise(value)
        style = cell.get("s", "0")
        code = self._formats[int(style)] if style.isdecimal() and int(style) < len(self._formats) else "General"
        return _number(value, code, self._from_1904)

    def _comments(self, part: str) -> dict[Place, str]:
        """By place; a thread of comments, which stands in the older part too, from its own."""
        found: dict[Place, list[str]] = {}
        for comment in self._each(part, "threadedComment", f"{_THREADED}threadedComment"):
            when = comment.get("dT", "").partition(".")[0]
            who = self._people.get(comment.get("personId"), "")
            _add(found, comment.get("ref", ""), who, when, comment.findtext(f"{_THREADED}text") or "")
        threads = set(found)
        authors: list[str] = []
        for element in self._each(part, "comments", f"{_S}author", f"{_S}comment"):
            if element.tag == f"{_S}author":
                authors.append(element.text or "")
            elif _place(element.get("ref", "")) not in threads:
                author = element.get("authorId", "")
                who = authors[int(author)] if author.isdecimal() and int(author) < len(authors) else ""
                _add(found, element.get("ref", ""), who, "", "".join(map(_string, element.iter(f"{_S}text"))))
        return {place: "\n".join(texts) for place, texts in found.items()}

    def _drawn(self, part: str) -> list[str]:
        """Text boxes and charts."""
        root = root_of(self._archive, part)
        if root is None:
            return []
        return [*texts_below(root), *shown_parts(self._archive, root, relations(self._archive, part))]

    def _edges(self, data: bytes) -> list[str]:
        """The page headers and footers of the sheet as printed, without the codes for fonts and page numbers."""
        if b"headerFooter" not in data:
            return []
        texts = [e.text or "" for edge in elements(data, f"{_S}headerFooter") for e in edge]
        plain = (normalise(_EDGE_CODE.sub(" ", text)) for text in texts)
        return list(dict.fromkeys(text for text in plain if any(map(str.isalpha, text))))


_EDGE_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Z])')


def _string(item: Any) -> str:
    """A text with its differently formatted pieces put together, without what tells how it is pronounced."""
    if len(item) == 1 and item[0].tag == f"{_S}t":
        return normalise(item[0].text or "")
    pieces = (t.text or "" for t in item.iter(f"{_S}t") if t.getparent().tag != f"{_S}rPh")
    return normalise("".join(pieces))


def _number(value: str, code: str, from_1904: bool) -> str:
    try:
        return shown(float(value), code, from_1904)
    except ValueError:
        return normalise(value)


@lru_cache(maxsize=_LAST_COLUMN)
def _of_letters(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _column(letters: str, otherwise: int) -> int:
    """The column of these letters, from 0; `otherwise`: the one after the last, which the file need not name."""
    if 1 <= len(letters) <= 3 and letters.isascii() and letters.isupper():
        return _of_letters(letters)
    return otherwise


def _place(reference: str) -> Place | None:
    found = _REFERENCE.fullmatch(reference)
    return (int(found[2]) - 1, _of_letters(found[1])) if found else None


def _area(reference: str) -> Area | None:
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last or first)
    return (*start, *end) if start and end else None


def _add(found: dict[Place, list[str]], reference: str, who: str, when: str, text: str) -> None:
    place, said = _place(reference), normalise(text)
    if place and said:
        found.setdefault(place, []).append(comment_text(said, who, when))


FORMAT = Format(
    "XLSX", parse, (".xlsx", ".xlsm", ".xltx", ".xltm"), lambda file: file.holds(_MAIN), file_called="Excel file"
)
