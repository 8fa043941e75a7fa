"""Chooses which documents stand for a corpus, and which pieces of a long one are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coderai.services.copilot.domain.sample import Piece

CountTokens = Callable[[str], int]
"""How many tokens a text has, or about as many."""
GAP = "\n[…]\n"
"""Stands for what is left out between two pieces."""
_BEGINNING = 0.65
"""Share of what is shown of a long document that is its beginning; the rest is from its middle."""
_LENGTHS = (0.5, 0.05, 0.95)
"""Of the documents between two distances in upload order: which one is taken, by its length among them, in turn."""
_COUNTED = 20_000
"""Code points of a text whose tokens are counted."""
_SHORTEST = 200
"""Code points of a piece that is worth showing."""


@dataclass(frozen=True, slots=True)
class Head:
    """A document that can be read, as the corpus lists it."""

    id: str
    name: str = ""
    words: int = 0
    """0 also where it is not known."""
    language: str = ""
    """ISO 639-1; empty where it is not known."""
    repeats: bool = False
    """Whether it repeats another one."""


def choose(heads: Sequence[Head], most: int) -> list[Head]:
    """At most so many of the documents, in upload order: spread over it, over languages, and over lengths.

    Of documents that repeat another, and of those without words, none is taken while there are others.
    """
    worth = [head for head in heads if head.words and not head.repeats]
    worth = worth or [head for head in heads if not head.repeats] or list(heads)
    if len(worth) <= most:
        return worth
    shares = _shares(Counter(head.language for head in worth), most)
    chosen = {
        head.id
        for language, many in shares.items()
        for head in _spread([head for head in worth if head.language == language], many)
    }
    return [head for head in worth if head.id in chosen]


def _shares(languages: Counter[str], most: int) -> dict[str, int]:
    """How many documents of each language: as they are in the corpus, by the method of the greatest remainders."""
    total = languages.total()
    exact = {language: most * many / total for language, many in languages.most_common()}
    shares = {language: int(share) for language, share in exact.items()}
    left = most - sum(shares.values())
    for language in sorted(exact, key=lambda one: shares[one] - exact[one])[:left]:
        shares[language] += 1
    return shares


def _spread(heads: Sequence[Head], many: int) -> list[Head]:
    """So many of the documents at about even distances, short, long and middling ones in turn."""
    bounds = [number * len(heads) // many for number in range(many + 1)] if many else []
    found = []
    for number, (first, end) in enumerate(pairwise(bounds)):
        by_length = sorted(heads[first:end], key=lambda head: head.words)
        found.append(by_length[round(_LENGTHS[number % len(_LENGTHS)] * (len(by_length) - 1))])
    return found


def budgets(sizes: Sequence[int], total: int) -> list[int]:
    """How much of each may be shown so that all keep to the total: what the short ones leave is the long ones'."""
    given, left = [0] * len(sizes), total
    ordered = sorted(range(len(sizes)), key=lambda at: sizes[at])
    for rank, at in enumerate(ordered):
        given[at] = min(sizes[at], left // (len(ordered) - rank))
        left -= given[at]
    return given


def tokens_of(text: str, count: CountTokens) -> int:
    """About how many tokens a text has; of a long one the beginning tells."""
    if len(text) <= _COUNTED:
        return count(text)
    return count(text[:_COUNTED]) * len(text) // _COUNTED


def excerpt(text: str, tokens: int, count: CountTokens) -> tuple[str, tuple[Piece, ...]]:
    """A text that has at most about so many tokens: whole, or its beginning and a piece of its middle."""
    size = tokens_of(text, count)
    if size <= tokens:
        return text, (Piece(0, 0),)
    room = len(text) * tokens // size - len(GAP)
    first = _cut(text, 0, int(room * _BEGINNING))
    middle = max(first, (len(text) - (room - first)) // 2)
    start = _begin(text, middle)
    end = _cut(text, start, start + room - first)
    if end - start < _SHORTEST:
        whole = _cut(text, 0, max(1, room))
        return text[:whole], (Piece(0, 0),)
    return text[:first] + GAP + text[start:end], (Piece(0, 0), Piece(first + len(GAP), start))


def _cut(text: str, start: int, end: int) -> int:
    """The end of a piece: after the last sentence or line in its second half, else the last word, else where it is."""
    for mark in ("\n", ". ", " "):
        at = text.rfind(mark, start + (end - start) // 2, end)
        if at >= 0:
            return at + len(mark)
    return end


def _begin(text: str, at: int) -> int:
    """The next beginning of a line, sentence or word within a few lines of `at`."""
    for mark in ("\n", ". ", " "):
        found = text.find(mark, at, at + _SHORTEST)
        if found >= 0:
            return found + len(mark)
    return at
