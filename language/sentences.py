"""Splits a text into sentences and lines, the pieces within which words belong together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

_LONGEST = 600
"""Code points of a piece at most: where a text has no stops, none may grow without end."""

_WRAPPED = 45
"""A line this long may be a part of a paragraph; a shorter one stands by itself, as in receipts and tables."""

_STOP = regex.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|[。！？｡؟۔।॥։።។]+[\"'”’»」』）)]*|\n")
_ABBREVIATION = regex.compile(
    r"(?:^|[\s(\"'.])(?:\p{L}|(?i:mr|mrs|ms|dr|prof|st|sr|jr|gen|col|lt|sgt|capt|rep|sen|gov|hon|rev|inc|ltd|co|corp|bros|sra?"
    r"|mme|mlle|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|no|nr|núm|vs|etc|approx|art|sec|para|al|cf|ca|fig|pp|vol"
    r"|tel|e\.g|i\.e|z\.B|d\.h|p\.ej|bzw|г|ул|им|стр|тыс))\.$"
)
_CONTINUES = regex.compile(r"\s*\p{Ll}")
_BLANK = regex.compile(r"[^\S\n]*\n")


class Span(NamedTuple):
    """Code points text[start:end]."""

    start: int
    end: int


def split_sentences(text: str) -> tuple[Span, ...]:
    """Splits `text` into sentences, in order, without the blanks around them.

    A line that is too short to be wrapped is a piece by itself, so that a receipt gives its lines; a full stop ends
    no sentence after an abbreviation, an initial, or before a small letter.
    """
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[Span]:
    start = 0
    for stop in _STOP.finditer(text):
        if not _ends(text, start, stop):
            continue
        yield from _trimmed(text, start, stop.end())
        start = stop.end()
    yield from _trimmed(text, start, len(text))


def _ends(text: str, start: int, stop: regex.Match[str]) -> bool:
    if stop.group() == "\n":
        line = text.rfind("\n", 0, stop.start()) + 1
        wrapped = len(text[line : stop.start()].strip()) >= _WRAPPED
        return not wrapped or bool(_BLANK.match(text, stop.end()))
    if stop.group()[0] != ".":
        return True
    if _CONTINUES.match(text, stop.end()):
        return False
    return not _ABBREVIATION.search(text, max(start, stop.start() - 8), stop.start() + 1)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST:
        cut = max(text.rfind(char, start + _LONGEST // 2, start + _LONGEST) for char in (" ", ",", "\n", ";"))
        cut = cut if cut > start else start + _LONGEST
        yield Span(start, cut)
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield Span(start, end)
