"""Finds documents that say nearly the same, by MinHash: two texts' sketches agree about as much as their phrases do.

Broder 1997 (resemblance of documents); one permutation with densification: Shrivastava and Li 2014.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SIMILAR, _SIMILAR_WHEN_SHORT = 0.7, 0.9
"""Share of phrases in common from which on a text repeats another; short ones (forms, receipts) look alike anyway."""
_SHORT = 200
"""Words."""
_PHRASE = 3
"""Words of a phrase."""
_LEAST_WORDS = 12
"""Shorter texts are alike by chance."""
_BINS = 64
_BANDS, _ROWS = 6, 3
"""Two sketches are compared when a band of 3 bins agrees: of those alike to 0.7, 0.8, 0.9 that finds 92, 99, 100 %."""
_EMPTY = 2**32 - 1
_MIX, _STEP = 0x9E3779B97F4A7C15, 0x9E3779B1
_PACKING = struct.Struct(f">{_BINS}I")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to compare it by: the least hash of its phrases in each of 64 bins."""

    bins: bytes
    word_count: int

    @property
    def bands(self) -> tuple[int, ...]:
        """Numbers of which two texts that are alike have at least one in common, 64 bits with a sign."""
        size = 4 * _ROWS
        parts = (bytes((band,)) + self.bins[band * size : (band + 1) * size] for band in range(_BANDS))
        return tuple((zlib.crc32(part) << 31) ^ (zlib.adler32(part) + part[0]) for part in parts)

    def similarity(self, others: Sequence[Sketch]) -> NDArray[np.float64]:
        """About which share of its phrases the text has in common with each of the others, 0 to 1."""
        theirs = np.frombuffer(b"".join(other.bins for other in others), np.uint32).reshape(-1, _BINS)
        similarity: NDArray[np.float64] = np.mean(theirs == np.frombuffer(self.bins, np.uint32), axis=1)
        return similarity

    def first_repeated(self, others: Sequence[Sketch]) -> int | None:
        """Which of the others says what the text says, but for small changes."""
        for index, similarity in enumerate(self.similarity(others)):
            is_short = min(self.word_count, others[index].word_count) < _SHORT
            if similarity >= (_SIMILAR_WHEN_SHORT if is_short else _SIMILAR):
                return index
        return None


def sketch(words: Sequence[str]) -> Sketch | None:
    """The sketch of a text by its words, whatever their case; None for one that is too short to compare."""
    if len(words) < _LEAST_WORDS:
        return None
    found = [word.casefold() for word in words]
    bins = [_EMPTY] * _BINS
    for index in range(len(found) - _PHRASE + 1):
        mixed = (zlib.crc32(" ".join(found[index : index + _PHRASE]).encode()) * _MIX) & 0xFFFFFFFFFFFFFFFF
        bin_, value = mixed >> 58, (mixed >> 26) & 0xFFFFFFFF
        if value < bins[bin_]:
            bins[bin_] = value
    return Sketch(_PACKING.pack(*_densified(bins)), len(found))


def _densified(bins: Sequence[int]) -> list[int]:
    """Empty bins take the value of the next filled one, moved so that only bins as far from it agree by it."""
    filled = list(bins)
    value, distance = _EMPTY, 0
    for index in reversed(range(2 * _BINS)):  # twice around, as the next filled bin may come after the last
        own = bins[index % _BINS]
        value, distance = (value, distance + 1) if own == _EMPTY else (own, 0)
        filled[index % _BINS] = (value + distance * _STEP) & 0xFFFFFFFF
    return filled
