"""Numbers and bullets of lists and headings in OpenDocument files, as their list styles have them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from coderai.services.ingest.adapters.parsers.numerals import roman

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE = f"{{{_NAMES}text:1.0}}", f"{{{_NAMES}style:1.0}}"
_FO = f"{{{_NAMES}xsl-fo-compatible:1.0}}"
_DEEPEST = 10
"""Levels of lists that the standard knows."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list and what stands before it."""

    element: Any
    label: str


@dataclass
class _Levels:
    """Where the counting of a list stands, by level from 1."""

    counts: dict[int, int] = field(default_factory=dict)

    def next(self, level: int, start: int, restarted: int | None) -> None:
        self.counts[level] = restarted if restarted is not None else self.counts.get(level, start - 1) + 1
        for deeper in [number for number in self.counts if number > level]:
            del self.counts[deeper]


class Lists:
    """The lists and numbered headings of one file, read in order."""

    def __init__(self, *roots: Any) -> None:
        """`roots`: of the parts that have styles; None for one that is not there."""
        found = [root for root in roots if root is not None]
        self._styles = {s.get(f"{_STYLE}name"): s for root in found for s in root.iter(f"{_TEXT}list-style")}
        outlines = [style for root in found for style in root.iter(f"{_TEXT}outline-style")]
        self._outline = _level_styles(outlines[0]) if outlines else {}
        self._paragraphs = {s.get(f"{_STYLE}name"): s for root in found for s in root.iter(f"{_STYLE}style")}
        self._headings = _Levels()
        self._by_style: dict[str, _Levels] = {}
        self._by_id: dict[str | None, _Levels] = {}
        self._open: list[tuple[str, _Levels]] = []

    def heading(self, paragraph: Any) -> str:
        """The number of a heading, empty where it has none."""
        level = paragraph.get(f"{_TEXT}outline-level", "")
        if paragraph.tag != f"{_TEXT}h" or not level.isdecimal() or paragraph.get(f"{_TEXT}is-list-header") == "true":
            return ""
        style = self._outline.get(int(level))
        if style is None:
            return ""
        self._headings.next(int(level), _start(style), None)
        return _label(self._outline, self._headings.counts, int(level))

    def items(self, parent: Any) -> Iterator[Item]:
        """The items of a list, each with its label; lists within them are to be read before the next."""
        name = parent.get(f"{_TEXT}style-name") or (self._open[-1][0] if self._open else "")
        levels = self._open[-1][1] if self._open else self._levels(parent, name)
        self._open.append((name, levels))
        depth = len(self._open)
        styles = _level_styles(self._styles[name]) if name in self._styles else {}
        if depth > 1 and parent.get(f"{_TEXT}continue-numbering") != "true":
            levels.counts.pop(depth, None)
        for element in parent:
            if element.tag == f"{_TEXT}list-header":
                yield Item(element, "")
            elif element.tag == f"{_TEXT}list-item":
                yield Item(element, self._item_label(element, styles, levels, depth))
        self._open.pop()

    def _item_label(self, item: Any, styles: dict[int, Any], levels: _Levels, depth: int) -> str:
        if next((e for e in item if isinstance(e.tag, str)), None) is None or item[0].tag == f"{_TEXT}list":
            return ""  # it only holds a deeper list
        own = item.get(f"{_TEXT}start-value", "")
        style = styles.get(depth)
        start = 1 if style is None else _start(style)
        levels.next(depth, start, int(own) if own.isdecimal() else None)
        return _label(styles, levels.counts, depth)

    def _levels(self, parent: Any, name: str) -> _Levels:
        """Where a list goes on to count: after another that it says it continues, else anew."""
        continued = self._by_id.get(parent.get(f"{_TEXT}continue-list"))
        if continued is None and parent.get(f"{_TEXT}continue-numbering") == "true":
            continued = self._by_style.get(name)
        levels = continued or _Levels()
        self._by_style[name] = levels
        if id := parent.get("{http://www.w3.org/XML/1998/namespace}id"):
            self._by_id[id] = levels
        return levels

    def breaks_page(self, paragraph: Any) -> bool:
        """Whether its style starts a page with it."""
        style = self._paragraphs.get(paragraph.get(f"{_TEXT}style-name"))
        properties = None if style is None else style.find(f"{_STYLE}paragraph-properties")
        has_page = style is not None and bool(style.get(f"{_STYLE}master-page-name"))
        return has_page or (properties is not None and properties.get(f"{_FO}break-before") == "page")


def _level_styles(style: Any) -> dict[int, Any]:
    return {int(e.get(f"{_TEXT}level")): e for e in style if (e.get(f"{_TEXT}level") or "").isdecimal()}


def _start(style: Any) -> int:
    value = style.get(f"{_TEXT}start-value", "1")
    return int(value) if value.isdecimal() else 1


def _label(styles: dict[int, Any], counts: dict[int, int], level: int) -> str:
    """Such as "2.a)" or "-" for a bullet; empty where the style shows none."""
    style = styles.get(level)
    if style is None or style.tag.endswith("-bullet") or style.tag.endswith("-image"):
        return "-"
    shown = style.get(f"{_TEXT}display-levels", "1")
    first = max(1, level + 1 - (int(shown) if shown.isdecimal() else 1))
    numbers = [
        _numeral(counts.get(number, 1), styles.get(number, style).get(f"{_STYLE}num-format", ""))
        for number in range(max(first, level - _DEEPEST), level + 1)
    ]
    number = ".".join(filter(None, numbers)) if numbers[-1] else ""
    return (
        f"{style.get(f'{_STYLE}num-prefix', '')}{number}{style.get(f'{_STYLE}num-suffix', '')}".strip()
        if number
        else ""
    )


def _numeral(number: int, kind: str) -> str:
    if kind in ("a", "A") and number > 0:
        return chr(ord(kind) + (number - 1) % 26) * min((number - 1) // 26 + 1, _DEEPEST)
    if kind in ("i", "I") and 0 < number < 4000:
        return roman(number) if kind == "i" else roman(number).upper()
    return str(number) if kind else ""
