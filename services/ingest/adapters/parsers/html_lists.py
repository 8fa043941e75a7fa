"""The marks of list items, as a browser shows them (HTML Living Standard, 4.4.5 to 4.4.8)."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from coderai.services.ingest.adapters.parsers.numerals import roman

_LISTS = frozenset(("ol", "ul", "menu", "dir"))
_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(decimal|(?:lower|upper)-(?:alpha|latin|roman)|none)\b", re.I)
_LONGEST_STYLE = 1000
"""Characters; looking for a property takes time with the square of how often one is begun."""
_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_HIGHEST_ROMAN = 3999
_INTEGER = re.compile(r"\s*([+-]?[0-9]{1,9})(?![0-9])")
_BULLET = "- "


def is_list(tag: str) -> bool:
    """Whether elements of this name hold list items."""
    return tag in _LISTS


class Numbers:
    """Marks the items of one list, one after another."""

    def __init__(self, element: HtmlElement) -> None:
        self._is_ordered = element.tag == "ol"
        self._type = _type(element)
        self._step = -1 if element.get("reversed") is not None else 1
        first = sum(1 for _ in element.iterchildren("li")) if self._step < 0 else 1
        self._next = _integer(element.get("start"), first)

    def mark(self, item: HtmlElement) -> str:
        """What stands before this item, with a space after it."""
        if not self._is_ordered:
            return _BULLET
        number = _integer(item.get("value"), self._next)
        self._next = number + self._step
        shown = _type(item) or self._type
        return "" if shown == "none" else f"{_written(number, shown)}. "


def _type(element: HtmlElement) -> str:
    style = _STYLE.search((element.get("style") or "")[:_LONGEST_STYLE])
    return style[1].lower() if style else _TYPES.get(element.get("type") or "", "")


def _integer(text: str | None, default: int) -> int:
    found = _INTEGER.match(text or "")
    return int(found[1]) if found else default


def _written(number: int, type: str) -> str:
    case, _, system = type.partition("-")
    if system in ("alpha", "latin") and number > 0:
        written = _letters(number)
    elif system == "roman" and 0 < number <= _HIGHEST_ROMAN:
        written = roman(number)
    else:
        return str(number)
    return written.upper() if case == "upper" else written


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters
