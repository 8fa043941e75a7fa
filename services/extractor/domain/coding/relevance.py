"""Says which passages speak of which entity, so that its variables are asked of those alone."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import regex

from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.extraction import Found

_TELLING_FROM = 4
"""Letters: shorter words (articles, prepositions) stand everywhere, unless they are in capitals or have digits."""
_PIECE = 3
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def passages_about(found: Sequence[Found], passages: Sequence[Passage]) -> list[tuple[Passage, ...]]:
    """Per entity the passages that may speak of it: where it was found, and where a word of its names stands.

    One word is enough (a surname, the town of an event), whatever its ending, but for words that the entities' names
    share. A passage too many costs tokens, one too few would cost values; what a passage states of an entity without
    naming it is beyond a model that sees no more than that passage.
    """
    texts = [_normal(passage.text) for passage in passages] if len(passages) > 1 else []
    if not texts:
        return [tuple(passages) for _ in found]
    return [
        tuple(p for p, text in zip(passages, texts, strict=True) if _holds(p, entity) or any(w in text for w in words))
        for entity, words in zip(found, _telling(found), strict=True)
    ]


def _holds(passage: Passage, entity: Found) -> bool:
    return any(passage.start <= (m.evidence.start or 0) < passage.end for m in entity.mentions)


def _telling(found: Sequence[Found]) -> list[set[str]]:
    """Per entity what to look for: what no other entity's name has; else all of its own."""
    words = [{word for mention in entity.mentions for word in _sought(mention.text)} for entity in found]
    counts = Counter(word for own in words for word in own)
    return [{word for word in own if counts[word] == 1} or own for own in words]


def _sought(name: str) -> set[str]:
    every = _WORD.findall(unicodedata.normalize("NFKC", name))
    return {piece for word in every for piece in _beginnings(word)} or {f" {word.casefold()} " for word in every}


def _beginnings(word: str) -> Iterator[str]:
    """What of a word is found again in other inflections of it, as it stands in a normal text."""
    lower = word.casefold()
    if _UNSPACED.search(lower):
        yield from (lower[at : at + _PIECE] for at in range(max(1, len(lower) - _PIECE + 1)))
    elif len(lower) >= _TELLING_FROM:
        yield f" {lower[: max(_TELLING_FROM, len(lower) - 1)]}"
    elif word.isupper() or not word.isalpha():
        yield f" {lower} "


def _normal(text: str) -> str:
    """The words in small letters, one space round each."""
    return f" {' '.join(_WORD.findall(unicodedata.normalize('NFKC', text).casefold()))} "
