"""The text of a WordprocessingML part (ECMA-376, part 1, 17), in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_UNSEEN = frozenset(
    (_FALLBACK, *(f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "tblPr")))
)
_LAYOUT_CELL = 300
"""Characters of a table's cell above which the table serves the layout: its cells are read one after another."""


class WordText:
    """Reads parts of one file; footnotes and endnotes follow the paragraph that refers to them."""

    def __init__(self, notes: Mapping[str, Mapping[str, Any]]) -> None:
        """`notes`: elements by kind (footnote, endnote) and id."""
        self._notes = notes
        self._has_rendered_breaks = False

    def of(self, part: Any) -> str:
        """The text of a part: paragraphs parted by blank lines, table rows by line ends, pages by form feeds."""
        # Word notes where its pages ended; only without these are the breaks that the author set all there is.
        self._has_rendered_breaks = next(part.iter(f"{W}lastRenderedPageBreak"), None) is not None
        return "\n\n".join(self._blocks(part))

    def _blocks(self, parent: Any) -> Iterator[str]:
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{W}tbl":
                yield "\n".join(self._rows(element))
            elif isinstance(element.tag, str) and element.tag not in _UNSEEN:
                yield from self._blocks(element)

    def _paragraph(self, paragraph: Any) -> Iterator[str]:
        beside: list[Any] = []
        text = "".join(self._inline(paragraph, beside))
        is_item = paragraph.find(f"{W}pPr/{W}numPr") is not None
        yield f"- {text}" if is_item and text.strip() else text
        for element in beside:
            yield from self._blocks(element)

    def _inline(self, parent: Any, beside: list[Any]) -> Iterator[str]:
        """The text within a paragraph; text boxes and notes are put aside."""
        for element in parent:
            tag = element.tag
            if tag in (f"{W}t", _MATH_TEXT):
                yield element.text or ""
            elif tag == f"{W}txbxContent":
                beside.append(element)
            elif tag in _NOTES:
                note = self._notes.get(_NOTES[tag], {}).get(element.get(f"{W}id"))
                beside.extend([] if note is None else [note])
            elif (mark := self._mark(element)) is not None:
                yield mark
            elif isinstance(tag, str) and tag not in _UNSEEN:
                yield from self._inline(element, beside)

    def _mark(self, element: Any) -> str | None:
        """What an element that is itself a character stands for."""
        match str(element.tag).removeprefix(W):
            case "tab":
                return "\t"
            case "cr":
                return "\n"
            case "noBreakHyphen":
                return "-"
            case "lastRenderedPageBreak":
                return "\f"
            case "br":
                is_page = element.get(f"{W}type") == "page"
                return "\n" if not is_page else "" if self._has_rendered_breaks else "\f"
        return None

    def _rows(self, table: Any) -> Iterator[str]:
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue  # of a table within a cell, which its own cell reads
            cells = ["\n\n".join(self._blocks(cell)).strip() for cell in row.iter(f"{W}tc") if _is_of(cell, row)]
            if any(len(cell) > _LAYOUT_CELL for cell in cells):
                yield "\n\n".join(cells)
            elif any(cells):
                yield " | ".join(" ".join(cell.split()) for cell in cells)


def _is_of(cell: Any, row: Any) -> bool:
    return next(cell.iterancestors(f"{W}tr")) is row
