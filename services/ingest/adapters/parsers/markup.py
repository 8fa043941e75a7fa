"""The text of parsed HTML, block by block in reading order, as a browser lays it out."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from coderai.services.ingest.adapters.parsers.html_controls import control_text
from coderai.services.ingest.adapters.parsers.html_lists import Numbers, is_list
from coderai.services.ingest.adapters.parsers.html_tables import CELLS, Table

PARAGRAPHS = frozenset("blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre section table ul".split())  # noqa: SIM905
BLOCKS = PARAGRAPHS | frozenset(
    """address article aside body caption center dd details dialog dir div dt fieldset figcaption footer form header
    hgroup html legend li main menu nav optgroup summary tbody td tfoot th thead title tr""".split()  # noqa: SIM905
)
UNSEEN = frozenset(
    """annotation annotation-xml audio button canvas datalist embed head iframe noscript object script style svg
    template video""".split()  # noqa: SIM905
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 summary dt".split())  # noqa: SIM905
"""In these a button is what unfolds the section, and says what it is about."""
CONTROLS = frozenset(("input", "select", "textarea"))
_PARAGRAPH = "\x1e"
"""Stands for a paragraph's bound until all text is joined; pages cannot have it."""
_SPACES = re.compile("[ \t]+")
_BLANK_LINES = re.compile(r"\n\s*\n")
_LINE_BOUNDS = re.compile(" ?\n[ \n]*")


def visible_text(root: HtmlElement, left_out: Container[int] = ()) -> str:
    """The text below an element: a line for each block, a blank line around paragraphs, bars between table cells.

    `left_out`: numbers of elements to leave out with all that is in them, counted from 0 for the root in their order.
    """
    return text_and_rest(root, left_out)[0]


def text_and_rest(root: HtmlElement, left_out: Container[int]) -> tuple[str, list[str]]:
    """The text as of visible_text, and the texts of the elements left out."""
    writer = _Writer()
    rest: list[str] = []
    number = -1
    walk = iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        is_element = isinstance(element.tag, str)  # and no entity that nobody resolved
        if event == "start" and is_element:
            number += 1
            if number in left_out:
                rest.append(visible_text(element))
                number += sum(1 for _ in element.iterdescendants("*"))
                walk.skip_subtree()
                writer.skip(element)
            elif not writer.start(element):
                number += sum(1 for _ in element.iterdescendants("*"))
                walk.skip_subtree()
        elif event == "end" and is_element:
            writer.end(element)
        if event != "start" and element is not root and element.tail:
            writer.write(element.tail)
    return writer.text(), rest


class _Writer:
    """Takes elements as a walk through the tree meets them, and holds what they say."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._marks: list[str] = []
        """Of list items that have no text yet."""
        self._lists: list[Numbers] = []
        self._tables: list[Table | None] = []
        """Those that are open; None for one that holds others and thus only lays out the page."""
        self._skipped: Any = None
        self._pre = self._headings = 0

    def text(self) -> str:
        return tidy("".join(self._pieces))

    def skip(self, element: HtmlElement) -> None:
        """Nothing of this element is wanted; its end comes next."""
        self._skipped = element
        self._bound(element.tag)

    def start(self, element: HtmlElement) -> bool:
        """Whether what is in the element is wanted."""
        tag = element.tag
        if tag in CONTROLS:
            self._control(element)
        if tag in CONTROLS or (tag in UNSEEN and not (tag == "button" and self._headings)):
            self._skipped = element
            return False
        self._bound(tag)
        self._open(element, tag)
        if element.text:
            self.write(element.text)
        return True

    def _control(self, element: HtmlElement) -> None:
        lines = element.tag == "textarea"
        self._pre += lines
        self.write(f" {control_text(element)} ")
        self._pre -= lines

    def _open(self, element: HtmlElement, tag: str) -> None:
        if tag == "br":
            self._pieces.append("\n")
        elif tag == "pre":
            self._pre += 1
        elif tag in _HEADINGS:
            self._headings += 1
        elif is_list(tag):
            self._lists.append(Numbers(element))
        elif tag == "li":
            self._marks.append(self._lists[-1].mark(element) if self._lists else "- ")
        elif tag == "table":
            self._tables.append(None if element.find(".//table") is not None else Table())
        elif tag in CELLS and self._tables and (table := self._tables[-1]):
            self._pieces = table.open_cell(element, self._pieces)

    def end(self, element: HtmlElement) -> None:
        if element is self._skipped:
            self._skipped = None
            return
        tag = element.tag
        if tag == "pre":
            self._pre -= 1
        elif tag in _HEADINGS:
            self._headings -= 1
        elif is_list(tag):
            self._lists.pop()
        elif tag == "li" and self._marks:
            self._marks.pop()
        elif tag in CELLS and self._tables and (table := self._tables[-1]):
            self._pieces = table.close_cell(element, self._pieces)
        elif tag == "table" and (table := self._tables.pop()):
            self._pieces.extend(table.lines(_PARAGRAPH))
        self._bound(tag)

    def _bound(self, tag: str) -> None:
        is_nested = is_list(tag) and self._lists
        if tag in PARAGRAPHS and not is_nested:
            self._pieces.append(_PARAGRAPH)
        elif tag in BLOCKS:
            self._pieces.append("\n")

    def write(self, text: str) -> None:
        """Text as a browser shows it: line ends are spaces, unless it is preformatted."""
        if self._marks and text.strip():
            self._pieces.append("".join(self._marks))
            self._marks.clear()
            text = text.lstrip()
        self._pieces.append(
            _BLANK_LINES.sub(_PARAGRAPH, text) if self._pre else " ".join(("x" + text + "x").split())[1:-1]
        )


def tidy(text: str) -> str:
    """Single spaces, line ends and blank lines, in time that grows with the text and not with its square."""
    paragraphs = (_LINE_BOUNDS.sub("\n", part).strip(" \n") for part in _SPACES.sub(" ", text).split(_PARAGRAPH))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
