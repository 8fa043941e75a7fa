"""Arabic and Hebrew in PDF files, which keep what is seen from left to right: mends it, or tells if that fails."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

_LETTERS = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0700-\u074f\ufb1d-\ufdff\ufe70-\ufeff]")
_ALEF_LAM = re.compile("[\u0627\u0623\u0625\u0622]\u0644")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LATIN = r"[^\W\d_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]"
_LEFT_TO_RIGHT = re.compile(rf"{_LATIN}(?:[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]*{_LATIN})?|\d(?:[.,:/]?\d)*")
_LEAST_SHARE = 0.2
"""Of a text's letters that run from right to left."""
_LEAST_AGREEMENT = 0.6
"""Share of words that two readers must have alike, for the faster one to be believed."""


def is_right_to_left(text: str) -> bool:
    """Whether a fair part of a text's letters run from right to left."""
    return len(_LETTERS.findall(text)) > _LEAST_SHARE * max(1, sum(map(str.isalpha, text)))


def with_mended_ligatures(text: str, box_of: Callable[[int], Any]) -> str:
    """Turns lam-alef around where it is one glyph: PDFium reverses the letters of such glyphs with the line's others.

    `box_of` gives the place of the character at an index on the page; letters of one glyph have the same.
    """
    characters = list(text)
    for found in _ALEF_LAM.finditer(text):
        index = found.start()
        if box_of(index) == box_of(index + 1):
            characters[index : index + 2] = reversed(characters[index : index + 2])
    return "".join(characters)


def by_place(indexes: Iterable[int], text: str, middle_of: Callable[[int], float]) -> list[int]:
    """Characters of a line from right to left, its numbers and words in Latin letters from left to right.

    `middle_of` gives where across the page the character at an index stands.
    """
    order = sorted(indexes, key=lambda index: (-middle_of(index), index))
    placed = "".join(text[index] for index in order)
    for run in _LEFT_TO_RIGHT.finditer(placed):
        order[run.start() : run.end()] = reversed(order[run.start() : run.end()])
    return order


def agree(text: str, other: str) -> bool:
    """Whether two readings of a page have most of its words alike."""
    words, others = Counter(_WORD.findall(text)), Counter(_WORD.findall(other))
    return (words & others).total() >= _LEAST_AGREEMENT * others.total()
