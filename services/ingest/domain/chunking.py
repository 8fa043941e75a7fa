"""Cuts long documents into overlapping chunks, at the strongest bound that is near enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import regex

from services.ingest.domain.words import BYTES_PER_TOKEN, estimate_tokens

LONG_WORDS, LONG_PAGES = 5_000, 10
LONG_TOKENS = 20_000
"""More than 5,000 words of any language take: what is counted as few words and is longer still is no prose."""
LEAST, MOST = (tokens * BYTES_PER_TOKEN for tokens in (2_000, 3_000))
"""UTF-8 bytes of a chunk; the last one may be shorter."""
LEAST_OVERLAP, MOST_OVERLAP = (tokens * BYTES_PER_TOKEN for tokens in (200, 300))
_AIM, _AIM_OVERLAP = 2_750 * BYTES_PER_TOKEN, 250 * BYTES_PER_TOKEN

_BOUNDS = tuple(
    regex.compile(pattern)
    for pattern in (
        r"\n\n(?=[^\n]{1,80}(?<![.!?:;,…。！？])\n)",  # a paragraph's end before a heading: a short line, no full stop
        r"\n\n",
        r"[.!?…؟۔।][\"'”’»)\]]*\s+(?!\p{Ll})|[。！？]+[”’」』）]*\s*",
        r"\n",
        r"\s",
        r"(?w)\b",  # where a script has no spaces
    )
)
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Chunk:
    """text[start:end] of a document, in code points."""

    index: int
    start: int
    end: int
    token_count: int
    overlap_previous: int
    """Characters shared with the chunk before."""


def split(text: str, word_count: int, page_count: int) -> tuple[Chunk, ...]:
    """The chunks of a text, in order: together they are all of it, and a short document is one of them.

    A document of more than 5,000 words or 10 pages has chunks of 2,000 to 3,000 tokens (the last may be shorter), each
    sharing 200 to 300 with the one before. No bound lies inside a word of fewer than 200 tokens, or ever inside a
    character and its combining marks.
    """
    is_long = word_count > LONG_WORDS or page_count > LONG_PAGES or len(text) > LONG_TOKENS * BYTES_PER_TOKEN
    chunks: list[Chunk] = []
    before = 0
    for start, end in _spans(text) if is_long else [(0, len(text))]:
        chunks.append(Chunk(len(chunks), start, end, estimate_tokens(text[start:end]), before - start))
        before = end
    return tuple(chunks)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start, left = 0, len(text.encode())
    while left > MOST:
        end = _end_of_chunk(text, start, left)
        yield start, end
        following = _start_of_overlap(text, start, end)
        left -= len(text[start:following].encode())
        start = following
    yield start, len(text)


def _end_of_chunk(text: str, start: int, left: int) -> int:
    """Where the chunk that begins at `start` ends; `left` is the bytes from there to the end of the text."""
    chunks_left = ceil((left - _AIM_OVERLAP) / (_AIM - _AIM_OVERLAP))
    even = (left + (chunks_left - 1) * _AIM_OVERLAP) // chunks_left
    aim = min(max(even, LEAST), MOST)
    encoded = text[start : start + MOST].encode()
    low, middle, high = (len(encoded[:size].decode(errors="ignore")) for size in (LEAST, aim, MOST))
    cut = _nearest_cut(text, start, start + low + 1, start + middle, start + high)
    if cut is None:
        # One character with thousands of combining marks: the chunk is longer than it should be, but not cut in it.
        cut = next(m.end() for m in _CLUSTER.finditer(text, start) if m.end() > start + low)
    return cut


def _start_of_overlap(text: str, start: int, end: int) -> int:
    encoded = text[max(start, end - MOST_OVERLAP) : end].encode()
    most, middle, least = (
        len(encoded[-size:].decode(errors="ignore")) for size in (MOST_OVERLAP, _AIM_OVERLAP, LEAST_OVERLAP)
    )
    cut = _nearest_cut(text, start, end - most, end - middle, end - least - 1)
    return end if cut is None else cut


def _nearest_cut(text: str, start: int, low: int, aim: int, high: int) -> int | None:
    """The strongest bound between `low` and `high`, of several the nearest to `aim`; `start` is a bound before them."""
    for bound in _BOUNDS:
        ends = (m.end() for m in bound.finditer(text, max(start, low - 1), high + 100))
        cuts = [cut for cut in ends if low <= cut <= high and _is_between_characters(text, cut)]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - aim))
    clusters = (m.end() for m in _CLUSTER.finditer(text, start, high + 100))
    return min((cut for cut in clusters if low <= cut <= high), key=lambda cut: abs(cut - aim), default=None)


def _is_between_characters(text: str, cut: int) -> bool:
    cluster = _CLUSTER.match(text, cut - 1)
    return cluster is not None and cluster.end() == cut
