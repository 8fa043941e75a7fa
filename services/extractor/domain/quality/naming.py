"""Finds the unit that known answers are about by the names that they give it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

import regex

T = TypeVar("T")
_WORD = regex.compile(r"[\w\p{M}]+")


def named(names: Sequence[str], among: Sequence[T], name_of: Callable[[T], str]) -> T | None:
    """The one that has one of the names, but for case, punctuation and spacing; else the only one of which a name is a
    part, or that is part of a name, in whole words.
    """
    wanted = [_words(name) for name in names]
    exact = next((one for one in among if _words(name_of(one)) in wanted), None)
    if exact is not None:
        return exact
    close = [one for one in among if any(_holds(_words(name_of(one)), name) for name in wanted)]
    return close[0] if len(close) == 1 else None


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", name).casefold()))


def _holds(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one has the other as consecutive words, or the other way round."""
    short, long = sorted((one, other), key=len)
    return bool(short) and any(long[i : i + len(short)] == short for i in range(len(long) - len(short) + 1))
