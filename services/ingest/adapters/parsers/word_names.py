"""Names of elements in Word files, and what their attributes say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

DELETED = frozenset((f"{W}del", f"{W}moveFrom"))
"""What a tracked change has taken out."""


@lru_cache(1024)
def _path(path: str) -> str:
    return "/".join(f"{W}{name}" for name in path.split("/"))


def value(element: Any, path: str) -> str | None:
    """The w:val of the element at a path of w: names below an element; None when there is none."""
    found = None if element is None else element.find(_path(path))
    return None if found is None else found.get(f"{W}val")


def switch(element: Any, path: str) -> bool | None:
    """Whether a property at a path of w: names is on or off; None when it is not set."""
    found = None if element is None else element.find(_path(path))
    return None if found is None else found.get(f"{W}val", "true") not in ("0", "false", "off")


def number(text: str | None, default: int, least: int, most: int) -> int:
    """A whole number from an attribute, kept within bounds."""
    try:
        return max(least, min(most, int(text or "")))
    except ValueError:
        return default


def current(alternatives: Any) -> Iterator[Any]:
    """Of an mc:AlternateContent what is to be read: the first choice, else what stands in for it."""
    choice = alternatives.find(f"{MC}Choice")
    chosen = alternatives.find(f"{MC}Fallback") if choice is None else choice
    return iter(() if chosen is None else chosen)
