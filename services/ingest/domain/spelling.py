"""The letters that a text is spelt with, whatever its layout, its hyphens and the shapes of its letters are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LEFT_OUT = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Cn", "Pd", "Mn"))
"""Spaces, what nobody sees, hyphens, which are gone where words broken at line ends were joined, and the marks above
and below letters, whose order files mix up."""
_BRACKETS = str.maketrans(")]}»›", "([{«‹")
"""Where text runs from right to left, files have either one of a pair for the same sign."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """The letters, digits and signs of a text, each in its plainest form (NFKD)."""

    letters: str
    at: tuple[int, ...]
    """Of each letter the index in the text of the character that it comes from; a ligature gives several letters."""


def spelling(text: str) -> Spelling:
    """How a text is spelt; of two texts that people read alike it is the same."""
    letters: list[str] = []
    at: list[int] = []
    for index, character in enumerate(text):
        for letter in unicodedata.normalize("NFKD", character):
            if unicodedata.category(letter) not in _LEFT_OUT:
                letters.append(letter)
                at.append(index)
    return Spelling("".join(letters).translate(_BRACKETS), tuple(at))


def is_hyphen(character: str) -> bool:
    """Whether it is a hyphen or dash, or stands for one at the end of a line."""
    return unicodedata.category(character) == "Pd" or character in "\xad\ufffe"
