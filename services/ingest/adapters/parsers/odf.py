"""OpenDocument files (ISO/IEC 26300): their parts, and the text of paragraphs, lists, tables and frames in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.formats import File
from coderai.services.ingest.adapters.parsers.odf_lists import Lists
from coderai.services.ingest.adapters.parsers.packed_xml import root_of
from coderai.services.ingest.adapters.parsers.unzipping import open_zip
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted
from coderai.services.ingest.domain.text import normalise

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_LONGEST_MIMETYPE = 200
"""Bytes."""
OFFICE, TEXT, TABLE, DRAW = (f"{{{_NAMES}{name}:1.0}}" for name in ("office", "text", "table", "drawing"))
PRESENTATION, CHART = (f"{{{_NAMES}{name}:1.0}}" for name in ("presentation", "chart"))
_SVG = f"{{{_NAMES}svg-compatible:1.0}}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_MATH_TEXTS = tuple(f"{_MATH}{name}" for name in ("mi", "mn", "mo", "mtext"))
_MOST_SPACES = 100
_MOST_REPEATED = 200
"""Equal cells of a text's table side by side that are told one by one."""
_LAYOUT_CELL = 300
"""Characters of a cell above which its table serves the layout: its cells are read one after another."""
_UNSEEN = frozenset(
    (
        *(f"{OFFICE}{name}" for name in ("annotation", "forms", "event-listeners", "scripts", "binary-data")),
        *(f"{TEXT}{name}" for name in ("tracked-changes", "number", "ruby-text", "index-title-template")),
        *(f"{TEXT}{name}-decls" for name in ("sequence", "variable", "user-field")),
        *(f"{TEXT}{name}-source" for name in ("table-of-content", "alphabetical-index", "bibliography")),
        f"{PRESENTATION}notes",
        f"{PRESENTATION}settings",
        f"{TABLE}shapes",
    )
)
_PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
_PAGE = "\f"


def opened(data: bytes) -> ZipFile:
    """Raises FileDamaged; FileEncrypted: its parts need a password."""
    archive = open_zip(data)
    manifest = root_of(archive, "META-INF/manifest.xml")
    if manifest is not None and any(str(e.tag).endswith("}encryption-data") for e in manifest.iter()):
        raise FileEncrypted()
    return archive


def content(archive: ZipFile, folder: str = "") -> Any:
    """The root of the content part. Raises FileDamaged when there is none."""
    root = root_of(archive, f"{folder}content.xml")
    if root is None:
        raise FileDamaged("the file has no content part: open it in LibreOffice, save it again and upload that copy")
    return root


def is_of_kind(file: File, kind: str) -> bool:
    """Whether it is an OpenDocument file of a kind: text, spreadsheet, presentation. Raises FileDamaged."""
    archive = file.archive
    if archive is None or not file.holds("content.xml"):
        return False
    if file.holds("mimetype") and archive.getinfo("mimetype").file_size < _LONGEST_MIMETYPE:
        return f".opendocument.{kind}".encode() in archive.read("mimetype")
    root = root_of(archive, "content.xml")
    return root is not None and root.find(f"{OFFICE}body/{OFFICE}{kind}") is not None


class OdfText:
    """Reads parts of one file; notes follow the paragraph that refers to them, frames the one they are anchored in."""

    def __init__(self, archive: ZipFile, root: Any, with_descriptions: bool = True) -> None:
        """`root`: of the content part; `with_descriptions`: of pictures, by which others know what they show."""
        self._with_descriptions = with_descriptions
        self._archive = archive
        self._lists = Lists(root, root_of(archive, "styles.xml"))
        self._has_soft_breaks = next(root.iter(f"{TEXT}soft-page-break"), None) is not None

    def of(self, element: Any) -> str:
        """The text of what is in an element: paragraphs parted by blank lines, table rows by line ends, pages by FF."""
        return "\n\n".join(self._blocks(element))

    def _blocks(self, parent: Any) -> Iterator[str]:
        for element in parent:
            tag = element.tag
            if not isinstance(tag, str) or tag in _UNSEEN:
                continue
            if tag in _PARAGRAPHS:
                yield from self._paragraph(element, self._lists.heading(element))
            elif tag == f"{TEXT}list":
                yield "\n".join(filter(str.strip, self._list(element)))
            elif tag == f"{TABLE}table":
                yield "\n".join(self._rows(element))
            elif tag == f"{TEXT}soft-page-break":
                yield _PAGE
            elif tag in (f"{_SVG}title", f"{_SVG}desc"):
                yield (element.text or "") if self._with_descriptions else ""
            elif tag == f"{DRAW}object":
                yield embedded_text(self._archive, element.get(_HREF, ""))
            else:
                yield from self._blocks(element)

    def _paragraph(self, paragraph: Any, label: str = "") -> Iterator[str]:
        beside: list[Any] = []
        page = "" if self._has_soft_breaks or not self._lists.breaks_page(paragraph) else _PAGE
        text = "".join(self._inline(paragraph, beside))
        yield f"{page}{label} {text}" if label and text.strip() else page + text
        for element in beside:
            yield from self._blocks(element.iter(f"{TEXT}note-body") if element.tag == f"{TEXT}note" else [element])

    def _inline(self, parent: Any, beside: list[Any]) -> Iterator[str]:
        """The text within a paragraph; frames and notes are put aside."""
        yield parent.text or ""
        for element in parent:
            tag = element.tag
            if tag == f"{TEXT}s":
                yield " " * min(_count(element, f"{TEXT}c"), _MOST_SPACES)
            elif tag == f"{TEXT}tab":
                yield "\t"
            elif tag == f"{TEXT}line-break":
                yield "\n"
            elif tag == f"{TEXT}soft-page-break":
                yield _PAGE
            elif tag == f"{TEXT}note" or (isinstance(tag, str) and tag.startswith(DRAW) and tag != f"{DRAW}a"):
                beside.append(element)
            elif isinstance(tag, str) and tag not in _UNSEEN:
                yield from self._inline(element, beside)
            yield element.tail or ""

    def _list(self, parent: Any) -> Iterator[str]:
        for item in self._lists.items(parent):
            label = item.label
            for element in item.element:
                if element.tag == f"{TEXT}list":
                    yield from self._list(element)
                elif element.tag in _PARAGRAPHS:
                    yield "\n".join(self._paragraph(element, label or self._lists.heading(element)))
                    label = ""
                elif isinstance(element.tag, str) and element.tag not in _UNSEEN:
                    yield from self._blocks([element])

    def _rows(self, table: Any) -> Iterator[str]:
        for row in table.iter(f"{TABLE}table-row"):
            if next(row.iterancestors(f"{TABLE}table")) is not table:
                continue  # of a table within a cell, which its own cell reads
            cells: list[str] = []
            for cell in row.iter(f"{TABLE}table-cell"):
                if next(cell.iterancestors(f"{TABLE}table-row")) is row:
                    text = "\n\n".join(self._blocks(cell)).strip()
                    repeated = min(_count(cell, f"{TABLE}number-columns-repeated"), _MOST_REPEATED)
                    cells += [text] * (repeated if text else 1)
            if any(len(cell) > _LAYOUT_CELL for cell in cells):
                yield "\n\n".join(cells)
            elif any(cells):
                yield " | ".join(" ".join(cell.split()) for cell in cells)


def embedded_text(archive: ZipFile, reference: str) -> str:
    """The text of an object within the file: a chart with its figures, a formula."""
    folder = reference.removeprefix("./").rstrip("/")
    root = root_of(archive, f"{folder}/content.xml") if folder else None
    if root is None:
        return ""
    if str(root.tag).startswith(_MATH):
        return " ".join(text for e in root.iter(*_MATH_TEXTS) if (text := (e.text or "").strip()))
    names = (f"{CHART}title", f"{CHART}subtitle", f"{CHART}footer")
    titles = [_chart_cell(title) for title in root.iter(*names)]
    rows = [[_chart_cell(cell) for cell in row.iter(f"{TABLE}table-cell")] for row in root.iter(f"{TABLE}table-row")]
    return "\n".join([*filter(None, titles), *(" | ".join(row) for row in rows if any(row))])


def _chart_cell(element: Any) -> str:
    return normalise(" ".join("".join(p.itertext()) for p in element.iter(f"{TEXT}p"))).replace("\n", " ")


def _count(element: Any, name: str) -> int:
    value = element.get(name, "1")
    return int(value) if value.isdecimal() and len(value) < 10 else 1
