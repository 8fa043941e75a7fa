"""The text of a PDF page as PDFium reads it, with its paragraphs."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from statistics import median
from typing import Any

import pypdfium2.raw  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.right_to_left import with_mended_ligatures

_BROKEN_WORD = "\ufffe"
"""What PDFium puts in place of a hyphen and the line end after it."""
_LINE_END = re.compile(rf"(?:\r\n|{_BROKEN_WORD})(?=\S)")
_PARAGRAPH_GAP = 1.3
"""Line distances of the page's most usual one that part paragraphs."""


def page_text(page: Any) -> str:
    """The text of an open page: words broken at line ends have a hyphen, paragraphs a blank line after them."""
    text_page = page.get_textpage()
    text: str = text_page.get_text_range()
    if len(text) == text_page.count_chars():  # else characters' places are not known by their index
        text = _with_paragraphs(with_mended_ligatures(text, text_page.get_charbox), text_page)
    return text.replace(_BROKEN_WORD, "-\n")


def _with_paragraphs(text: str, text_page: Any) -> str:
    ends = [end.end() for end in _LINE_END.finditer(text)]
    distances = list(_distances([0, *ends], text_page))
    usual = median([distance for distance in distances if distance > 1] or [0])
    for end, distance in zip(reversed(ends), reversed(distances), strict=True):
        if distance > _PARAGRAPH_GAP * usual and text[end - 1] != _BROKEN_WORD:
            text = f"{text[:end]}\n{text[end:]}"
    return text


def _distances(starts: list[int], text_page: Any) -> Iterator[float]:
    """How far below the line before each line stands, in points; less than 0 for one that stands above it."""
    x, y = ctypes.c_double(), ctypes.c_double()
    before: float | None = None
    for start in starts:
        pypdfium2.raw.FPDFText_GetCharOrigin(text_page, start, ctypes.byref(x), ctypes.byref(y))
        if before is not None:
            yield before - y.value
        before = y.value
