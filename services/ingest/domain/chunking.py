"""Cuts long documents into overlapping chunks, at the strongest bound that is near enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

import regex

CountTokens = Callable[[str], int]
"""How many tokens a text has: 0 for an empty one, and for a longer one hardly ever fewer than for its beginning."""

LONG_WORDS, LONG_PAGES = 5_000, 10
LONG_CHARACTERS = 80_000
"""More than 5,000 words of any language take: what is counted as few words and is longer still is no prose."""
LEAST, MOST = 2_000, 3_000
"""Tokens of a chunk; the last one may be shorter."""
LEAST_OVERLAP, MOST_OVERLAP = 200, 300
_AIM, _AIM_OVERLAP = 2_750, 250
_SLACK = 10
"""Tokens to stay off those bounds: a piece that ends within a word may have some more than one that ends after it."""
_NEAR_END = 60_000
"""Characters before the end of a text from where its chunks are made equally long."""
_NEAR = 5
"""Tokens that the place of so many tokens may be off, which spares counting."""

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


def split(text: str, word_count: int, page_count: int, count: CountTokens) -> tuple[Chunk, ...]:
    """The chunks of a text, in order: together they are all of it, and a short document is one of them.

    A document of more than 5,000 words or 10 pages has chunks of 2,000 to 3,000 tokens (the last may be shorter), each
    sharing 200 to 300 with the one before. No bound lies inside a word of fewer than 200 tokens, or ever inside a
    character and its combining marks. Chunks stay as they are when the project takes another model later: token_count
    is what `count`, the model's at this time, said of them.
    """
    is_long = word_count > LONG_WORDS or page_count > LONG_PAGES or len(text) > LONG_CHARACTERS
    chunks: list[Chunk] = []
    before = 0
    for start, end in _spans(text, count) if is_long else [(0, len(text))]:
        chunks.append(Chunk(len(chunks), start, end, count(text[start:end]), before - start))
        before = end
    return tuple(chunks)


def _spans(text: str, count: CountTokens) -> Iterator[tuple[int, int]]:
    start = end = 0
    while end < len(text):
        aim = _tokens_of_next(text, start, count)
        end = _end_of_chunk(text, start, aim, count) if aim else len(text)
        yield start, end
        start = _start_of_overlap(text, start, end, count)


def _tokens_of_next(text: str, start: int, count: CountTokens) -> int:
    """How many tokens the chunk that begins at `start` should have; 0 for all that is left."""
    if len(text) - start > _NEAR_END:
        return _AIM
    left = count(text[start:])
    if left <= MOST:
        return 0
    chunks_left = ceil((left - _AIM_OVERLAP) / (_AIM - _AIM_OVERLAP))
    even = (left + (chunks_left - 1) * _AIM_OVERLAP) // chunks_left
    return min(max(even, LEAST), MOST)


def _end_of_chunk(text: str, start: int, aim: int, count: CountTokens) -> int:
    def count_first(size: int) -> int:
        return count(text[start : start + size])

    most = MOST - _SLACK
    longest = _size_of(most, _reach(most, len(text) - start, count_first), count_first)
    shortest = _size_of(LEAST + _SLACK, longest, count_first)
    middle = shortest + (longest - shortest) * (aim - LEAST) // (MOST - LEAST)
    cut = _nearest_cut(text, start, start + shortest, start + middle, start + longest)
    if cut is None:
        # One character with thousands of combining marks: the chunk is longer than it should be, but not cut in it.
        cut = next(m.end() for m in _CLUSTER.finditer(text, start) if m.end() > start + shortest)
    return cut


def _start_of_overlap(text: str, start: int, end: int, count: CountTokens) -> int:
    def count_last(size: int) -> int:
        return count(text[end - size : end])

    most = MOST_OVERLAP - _SLACK
    longest = _size_of(most, _reach(most, end - start, count_last), count_last)
    shortest = _size_of(LEAST_OVERLAP + _SLACK, longest, count_last)
    cut = _nearest_cut(text, start, end - longest, end - (longest + shortest) // 2, end - shortest)
    return end if cut is None else cut


def _reach(tokens: int, longest: int, count_of: Callable[[int], int]) -> int:
    """A size, `longest` at most, with more than so many tokens if there is one."""
    size = min(4 * tokens, longest)
    while size < longest and count_of(size) <= tokens:
        size = min(2 * size, longest)
    return size


def _size_of(tokens: int, longest: int, count_of: Callable[[int], int]) -> int:
    """A size, `longest` at most, of just about so many tokens and no more; by false position, as tokens lie evenly."""
    low, high = 0, longest
    fewer, more = 0, count_of(longest)
    if more <= tokens:
        return longest
    while high - low > 1 and tokens - fewer > _NEAR:
        guess = low + (high - low) * (tokens - _NEAR // 2 - fewer) // (more - fewer)
        least = 1 + (high - low) // 16
        middle = min(max(guess, low + least), high - least)
        counted = count_of(middle)
        if counted <= tokens:
            low, fewer = middle, counted
        else:
            high, more = middle, counted
    return low


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
