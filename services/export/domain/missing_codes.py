"""The codes of missing reasons in formats that tell one kind of missing from another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase

from coderai.services.export.domain.coded import Words

_BEFORE_FIRST = 900
_LARGEST = 2**52
"""Doubles hold all whole numbers up to twice as much."""


def stata_codes(words: Words) -> Mapping[str, str]:
    """Stata's extended missing values by missing reason, in the order of the reasons: .a, .b ... at most .z."""
    return {reason: f".{letter}" for reason, letter in zip(words.reasons, ascii_lowercase, strict=False)}


def spss_codes(words: Words, taken: Callable[[Sequence[int]], bool]) -> Mapping[str, int]:
    """Numbers that stand for missing reasons, in the order of the reasons: -901, -902 ...

    Where a column has values among those (`taken`), they are -9001, -9002 ... and so on; none where it has of all.
    """
    before = _BEFORE_FIRST
    while before < _LARGEST:
        codes = [-before - number for number in range(1, len(words.reasons) + 1)]
        if not taken(codes):
            return dict(zip(words.reasons, codes, strict=True))
        before *= 10
    return {}
