"""What a paragraph of a Word file says, character by character (ECMA-376, part 1, 17.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from coderai.services.ingest.adapters.parsers.word_controls import box_of, is_unfilled
from coderai.services.ingest.adapters.parsers.word_drawings import paragraphs
from coderai.services.ingest.adapters.parsers.word_equations import equation
from coderai.services.ingest.adapters.parsers.word_fields import Fields
from coderai.services.ingest.adapters.parsers.word_file import WordFile
from coderai.services.ingest.adapters.parsers.word_names import DELETED, MC, A, M, R, W, current
from coderai.services.ingest.adapters.parsers.word_symbols import is_symbol_font, seen

Beside = tuple[Any, str] | str
"""What follows a paragraph: an element of blocks and the part it is in, or a text."""

UNSEEN = frozenset(
    (
        f"{MC}Fallback",
        *DELETED,
        *(
            f"{W}{name}"
            for name in ("instrText", "delText", "rt", "pPr", "rPr", "tblPr", "sdtPr", "sdtEndPr", "sectPr")
        ),
    )
)
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_EXTENDED_CHART = "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
# The bounds of an equation, until it is known what stands around it; XML cannot have these characters.
_BEGIN, _END = "\x1e", "\x1f"
_BOUNDS_AT_WORDS = re.compile(f"(?<=\\w){_BEGIN}|{_END}{_BEGIN}|{_END}(?=\\w)")
_BOUNDS = re.compile(f"[{_BEGIN}{_END}]")


class Runs:
    """Reads the paragraphs of one story, one after another, as fields may reach over several of them."""

    def __init__(self, file: WordFile, part: str, root: Any, page_break: str, rendered_page_break: str) -> None:
        """`root`: of the story, in this part; what page breaks read as, those the author set and those Word noted."""
        self._file = file
        self._part = part
        self._fields = Fields(root)
        self._style: str | None = None
        self._said: list[str] = []
        self._beside: list[Beside] = []
        self._font = ""
        self.instead: str | None = None
        """What is said instead of the next character: how a check box reads; then empty, for none. None: nothing is."""
        marks = {
            "tab": "\t",
            "ptab": "\t",
            "cr": "\n",
            "noBreakHyphen": "-",
            "lastRenderedPageBreak": rendered_page_break,
        }
        self._marks = {f"{W}{name}": mark for name, mark in marks.items()}
        self._page_break = page_break
        self._readers: dict[str, Callable[[Any], None]] = {
            f"{W}t": lambda element: self._letters(element.text or ""),
            f"{M}t": lambda element: self._letters(element.text or ""),
            f"{W}r": self._run,
            f"{W}br": self._break,
            f"{W}sym": self._symbol,
            f"{W}fldChar": lambda element: self._said.append(self._fields.meet(element)),
            f"{W}sdt": self._control,
            f"{W}txbxContent": lambda element: self._put_beside((element, self._part)),
            f"{W}footnoteReference": lambda element: self._note("footnote", element),
            f"{W}endnoteReference": lambda element: self._note("endnote", element),
            f"{W}commentReference": self._comment,
            f"{M}oMath": self._equation,
            f"{M}oMathPara": self._equation,
            f"{MC}AlternateContent": lambda element: self._walk(current(element)),
            f"{A}p": lambda element: self._put_beside("\n".join(paragraphs([element]))),
            _CHART: lambda element: self._attached(element.get(f"{R}id")),
            _EXTENDED_CHART: lambda element: self._attached(element.get(f"{R}id")),
            _DIAGRAM: lambda element: self._attached(element.get(f"{R}dm")),
            _WORD_ART: lambda element: self._put_beside(element.get("string", "")),
        }

    def read(self, paragraph: Any, style: str | None) -> tuple[str, list[Beside]]:
        """The text of a paragraph of a style, and what stands beside it: text boxes, notes, charts."""
        self._style, self._said, self._beside = style, [], []
        self._walk(paragraph)
        text = _BOUNDS.sub("", _BOUNDS_AT_WORDS.sub(" ", "".join(self._said)))
        return text, self._beside

    def _walk(self, elements: Iterable[Any]) -> None:
        for element in elements:
            tag = element.tag
            if (read := self._readers.get(tag)) is not None:
                read(element)
            elif (mark := self._marks.get(tag)) is not None:
                self._say(mark)
            elif isinstance(tag, str) and tag not in UNSEEN:
                self._walk(element)

    def _say(self, text: str) -> None:
        if text and self._fields.shows:
            self._said.append(text)

    def _put_beside(self, beside: Beside) -> None:
        if beside and self._fields.shows:
            self._beside.append(beside)

    def _run(self, run: Any) -> None:
        properties = run.find(f"{W}rPr")
        if not self._file.whole and self._file.styles.is_hidden(self._style, properties):
            self._leave_out(run)
            return
        fonts = None if properties is None else properties.find(f"{W}rFonts")
        self._font = "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""
        self._walk(run)
        self._font = ""

    def _letters(self, text: str) -> None:
        if self.instead is not None:
            text, self.instead = self.instead, ""
        elif self._font and is_symbol_font(self._font):
            text = "".join(seen(ord(character), self._font) for character in text)
        self._say(text)

    def _symbol(self, element: Any) -> None:
        try:
            code = int(element.get(f"{W}char", ""), 16)
        except ValueError:
            return
        self._font, around = "", self._font
        self._letters(seen(code, element.get(f"{W}font", "")))
        self._font = around

    def _break(self, element: Any) -> None:
        self._say(self._page_break if element.get(f"{W}type") == "page" else "\n")

    def _equation(self, element: Any) -> None:
        if said := equation(element):
            self._say(f"{_BEGIN}{said}{_END}")

    def _note(self, kind: str, reference: Any) -> None:
        note = self._file.take_note(kind, reference.get(f"{W}id"))
        if note is not None:
            self._put_beside((note, self._file.notes_part(kind)))

    def _comment(self, reference: Any) -> None:
        if self._file.whole:
            self._note("comment", reference)

    def _attached(self, id: str | None) -> None:
        self._put_beside(self._file.attached(self._part, id))

    def _control(self, control: Any) -> None:
        if (box := box_of(control)) is not None:
            self.instead, around = box, self.instead
            self._walk(control)
            self._say(self.instead)
            self.instead = around
        elif is_unfilled(control) and not self._file.whole:
            self._leave_out(control)
        else:
            self._walk(control)

    def _leave_out(self, element: Any) -> None:
        """Notes what an element says, without saying it; pages end in it all the same."""
        (said, self._said), (beside, self._beside) = (self._said, []), (self._beside, [])
        self._walk(element)
        left_out = "".join(self._said)
        boxes = (item if isinstance(item, str) else "".join(item[0].itertext(f"{W}t")) for item in self._beside)
        self._file.left_out.extend(text for text in (left_out.strip(), *boxes) if text)
        self._said, self._beside = said, beside
        self._say("\f" * left_out.count("\f"))
