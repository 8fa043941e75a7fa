"""The words that text recognition reads on a page's picture: where they stand on it and in the text, and how surely."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from coderai.services.ingest.domain.text import Page, normalise

_PACKED = struct.Struct("<iiHHHHH")
PACKED_SIZE = _PACKED.size
"""Bytes of one packed word."""
_WHOLE = 2**16 - 1
"""The packed number that stands for 1."""
_NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Seen:
    """A word on a picture. Its box is in shares of the picture, 0..1, from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float
    """0..1."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand side by side, and the text that they make."""

    text: str
    words: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class ScannedWord:
    """A word of a document that was read from a picture; its box as in Seen."""

    start: int | None
    """Where it stands in the document's text; None when it was left out of it, or cannot be found."""
    end: int | None
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


def placed(lines: Sequence[Line], kept: str, text: str, page: Page) -> Iterator[ScannedWord]:
    """The words of a page's lines with their places in the document's text.

    `kept`: the page when its running headers were dropped and its broken words not joined yet. The rest of a word that
    was moved to the page before has no place.
    """
    at = first = page.start
    is_lost = False
    for line, is_kept in zip(lines, _kept(lines, kept), strict=True):
        for word in line.words:
            found = _found(normalise(word.text), text, at, page.end) if is_kept and not is_lost else None
            if found:
                at = found[1]
            elif is_kept and at > first:
                is_lost = True
            start, end = found or (None, None)
            yield ScannedWord(start, end, word.left, word.top, word.right, word.bottom, word.confidence)


def _kept(lines: Sequence[Line], page: str) -> list[bool]:
    """Of each line whether it is among those of the page."""
    left = [line for line in page.split("\n") if line]
    kept = [False] * len(lines)
    matcher = SequenceMatcher(None, [normalise(line.text) for line in lines], left, autojunk=False)
    for first, _, size in matcher.get_matching_blocks():
        kept[first : first + size] = [True] * size
    return kept


def _found(word: str, text: str, at: int, end: int) -> tuple[int, int] | None:
    """Where a word stands in the text, space aside, right at a place; its hyphen may be gone."""
    while at < end and text[at].isspace():
        at += 1
    for form in (word, word.removesuffix("-")):
        if form and text.startswith(form, at, end):
            return at, at + len(form)
    return None


def pack(words: Iterable[ScannedWord]) -> bytes:
    """Words in few bytes; boxes and confidence are kept to 1/65535."""
    return b"".join(
        _PACKED.pack(
            _NOWHERE if word.start is None else word.start,
            _NOWHERE if word.end is None else word.end,
            *(round(share * _WHOLE) for share in (word.left, word.top, word.right, word.bottom, word.confidence)),
        )
        for word in words
    )


def unpack(packed: bytes) -> Iterator[ScannedWord]:
    """The other way round. Raises struct.error when the bytes are no whole words."""
    for start, end, *shares in _PACKED.iter_unpack(packed):
        place = (None, None) if start == end == _NOWHERE else (start, end)
        yield ScannedWord(*place, *(share / _WHOLE for share in shares))
