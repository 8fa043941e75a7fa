"""The text of a WordprocessingML story (ECMA-376, part 1, 17), in reading order: paragraphs, tables, notes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from coderai.services.ingest.adapters.parsers.word_controls import box_of, is_unfilled
from coderai.services.ingest.adapters.parsers.word_file import WordFile
from coderai.services.ingest.adapters.parsers.word_names import DELETED, MC, M, R, W, current, switch, value
from coderai.services.ingest.adapters.parsers.word_numbering import BULLET, Counter
from coderai.services.ingest.adapters.parsers.word_runs import UNSEEN, Beside, Runs
from coderai.services.ingest.adapters.parsers.word_tables import Cell, cells_of, row_text, rows_of


@dataclass(frozen=True, slots=True)
class Section:
    """What stands around a section of the body."""

    heads: Sequence[str] = ()
    """Headers that no section before it has had."""
    feet: Sequence[str] = ()
    starts_page: bool = False


class Story:
    """Reads one story of a file: its body, a text box, a note, a header; each counts the items of its lists anew."""

    def __init__(self, file: WordFile, part: str, root: Any, sections: Sequence[Section] = ()) -> None:
        """`root`: of the story, in this part. `sections`: of the body, which alone has pages; else none."""
        self._file = file
        self._part = part
        self._root = root
        self._sections = deque(sections)
        # Word notes where its pages ended; only without these are the breaks that the author set all there is.
        noted = next(root.iter(f"{W}lastRenderedPageBreak"), None) is not None
        self._sets_pages = bool(sections) and not noted
        self._runs = Runs(file, part, root, "\f" if self._sets_pages else "", "\f" if sections else "")
        self._counter = Counter(file.numbering)
        self._tables = 0
        """How many tables the reading is in."""
        self._after_table: list[Beside] = []
        self._carried = ""
        """Text of paragraphs whose end was deleted or hidden: the next one goes on with it."""
        self._carried_beside: list[Beside] = []
        self._next_break = ""
        self._next_heads: list[str] = []
        self._has_said = False
        self._readers: dict[str, Callable[[Any, list[str]], None]] = {
            f"{W}p": self._paragraph,
            f"{W}tbl": self._table,
            f"{W}sdt": self._control,
            f"{W}altChunk": lambda element, out: self._say(self._file.attached(part, element.get(f"{R}id")), out),
            f"{M}oMathPara": self._equation,
            f"{M}oMath": self._equation,
            f"{MC}AlternateContent": lambda element, out: self._walk(current(element), out),
        }

    def text(self) -> str:
        """Paragraphs parted by blank lines, rows of tables by line ends, pages by form feeds."""
        return "\n\n".join(self.blocks())

    def blocks(self) -> list[str]:
        """Paragraphs, tables and what stands beside them, in order."""
        out: list[str] = list(self._sections[0].heads) if self._sections else []
        self._walk(self._root, out)
        self._finish(out)
        if self._sections:
            out.extend(self._next_heads)
            out.extend(foot for section in self._sections for foot in section.feet)
        return out

    def _walk(self, elements: Iterable[Any], out: list[str]) -> None:
        for element in elements:
            if (read := self._readers.get(element.tag)) is not None:
                read(element, out)
            elif isinstance(element.tag, str) and element.tag not in UNSEEN:
                self._walk(element, out)

    def _say(self, text: str, out: list[str]) -> None:
        if not text.strip():
            text = "\f" * text.count("\f")
        elif not self._tables:
            breaks, text = _parted(self._next_break + text)
            text = breaks + "\n\n".join([*self._next_heads, text])
            self._next_break, self._next_heads = "", []
        if text:
            self._has_said = self._has_said or bool(text.strip())
            out.append(text)

    def _paragraph(self, paragraph: Any, out: list[str]) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = value(properties, "pStyle")
        text, beside = self._runs.read(paragraph, style)
        mark = None if properties is None else properties.find(f"{W}rPr")
        is_deleted = mark is not None and any(mark.find(name) is not None for name in DELETED)
        is_hidden = switch(mark, "vanish") is True
        text, beside = self._carried + text, [*self._carried_beside, *beside]
        if not is_deleted and not (is_hidden and not text.strip()):
            text = self._numbered(text, properties, style)
        if is_deleted or is_hidden:
            self._carried, self._carried_beside = text, beside
        else:
            self._carried, self._carried_beside = "", []
            starts_page = self._sets_pages and self._has_said and self._starts_page(properties, style)
            self._say("\f" * starts_page + text, out)
            self._say_beside(beside, out)
        if properties is not None and properties.find(f"{W}sectPr") is not None:
            self._end_section(out)

    def _numbered(self, text: str, properties: Any, style: str | None) -> str:
        """A paragraph's text after its number, if it has one; a bullet stands before text alone."""
        place = self._file.numbering.list_of(properties, style)
        label = "" if place is None else self._counter.next(*place)
        breaks, text = _parted(text)
        return breaks + (f"{label} {text}" if label and (text.strip() or label != BULLET) else text)

    def _starts_page(self, properties: Any, style: str | None) -> bool:
        direct = switch(properties, "pageBreakBefore")
        is_so = bool(self._file.styles.get(style).starts_page) if direct is None else direct
        return is_so and not self._tables

    def _say_beside(self, beside: Iterable[Beside], out: list[str]) -> None:
        """What stands beside a paragraph comes after it, or after the table that it is in."""
        if self._tables:
            self._after_table.extend(item for item in beside if not _is_box(item))
        for item in beside:
            if not self._tables or _is_box(item):
                self._say(item if isinstance(item, str) else Story(self._file, item[1], item[0]).text(), out)

    def _equation(self, element: Any, out: list[str]) -> None:
        self._say(self._runs.read([element], None)[0], out)

    def _control(self, control: Any, out: list[str]) -> None:
        self._controlled(control, control, out)

    def _controlled(self, control: Any, element: Any, out: list[str]) -> None:
        """Reads the blocks of an element that a content control is around."""
        around = self._runs.instead
        if (box := box_of(control)) is not None:
            self._runs.instead = box
        if is_unfilled(control) and not self._file.whole and box is None:
            left_out: list[str] = []
            self._walk(element, left_out)
            text = "\n\n".join(left_out)
            self._file.left_out.extend([text.strip()] if text.strip() else [])
            self._say("\f" * text.count("\f"), out)
        else:
            self._walk(element, out)
        self._runs.instead = around

    def _table(self, table: Any, out: list[str]) -> None:
        self._finish(out)
        self._tables += 1
        rows = []
        for row in rows_of(table):
            cells = list(cells_of(row))
            rows.append(row_text(row, cells, [self._cell(cell) for cell in cells]))
        self._tables -= 1
        self._say("\n".join(filter(None, rows)), out)
        if not self._tables:
            beside, self._after_table = self._after_table, []
            self._say_beside(beside, out)

    def _cell(self, cell: Cell) -> str:
        out: list[str] = []
        if not cell.is_blank:
            if cell.control is None:
                self._walk(cell.element, out)
            else:
                self._controlled(cell.control, cell.element, out)
            self._finish(out)
        return "\n\n".join(out).strip(" \n")

    def _finish(self, out: list[str]) -> None:
        """Says what no paragraph goes on with."""
        (text, self._carried), (beside, self._carried_beside) = (self._carried, ""), (self._carried_beside, [])
        self._say(text, out)
        self._say_beside(beside, out)

    def _end_section(self, out: list[str]) -> None:
        if self._tables or len(self._sections) < 2:
            return
        ended, begun = self._sections.popleft(), self._sections[0]
        self._finish(out)
        out.extend(ended.feet)
        self._next_heads.extend(begun.heads)
        self._next_break = "\f" if begun.starts_page and self._sets_pages else ""


def _is_box(item: Beside) -> bool:
    return isinstance(item, str) or item[0].tag == f"{W}txbxContent"


def _parted(text: str) -> tuple[str, str]:
    """The page breaks that a text begins with, and the rest."""
    rest = text.lstrip("\f")
    return text[: len(text) - len(rest)], rest
