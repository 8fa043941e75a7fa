"""Cuts text of any script into words and takes their endings off, so that inflected forms meet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from coderai.language.characters import fold, lower

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}])+|\d+(?:[.,]\d+)*")
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]")
_ARABIC_PREFIX = regex.compile(r"^(?:[وفبك]?ال|لل|و)(?=\p{Arabic}{3})")
_BRITISH = regex.compile(r"(?<=\p{L}{4})is(e[drs]?|ing|ations?)$")
_Y_IN_PLURAL = regex.compile(r"(?<=\p{L}{2})ie[sd]$")
_SHORT_PAST = regex.compile(r"(?<=^[^aeiou]{0,2}[aeiou][^aeiou])ed$")

_ENDINGS_BY_LEAST_STEM = {
    5: "ments ment ungen ung y anten antes ante ants ant ierten ieren ierte iert aron ieron",
    4: "ations ation ating ated ates ate ings ing ers er ed es e ive ées ée és é ent ados adas ado ada idos "
    "idas ido ida os as o a ar ió en ern em te ten ien ами ями ого его ому ему ыми ими ах ях ов ев ей ой "
    "ый ий ая яя ое ее ые ие ом ем ам ям ы и а я у ю о е ь ات ون ين ة ها ته ی ों ें ी े ा",
    3: "s",
}
_ENDINGS = sorted(
    ((ending, least) for least, endings in _ENDINGS_BY_LEAST_STEM.items() for ending in endings.split()),
    key=lambda pair: -len(pair[0]),
)


class Word(NamedTuple):
    """A word at text[start:end]; of scripts without spaces, each two characters in a row are a word."""

    stem: str
    start: int
    end: int


def find_words(text: str) -> Iterator[Word]:
    """Finds the words of `text`, in order."""
    lowered = lower(fold(text))
    for match in _WORD.finditer(lowered):
        start, end = match.span()
        if end - start > 2 and _IS_UNSPACED.match(match.group()):
            yield from (Word(lowered[at : at + 2], at, at + 2) for at in range(start, end - 1))
        else:
            yield Word(stem(match.group()), start, end)


def stems(text: str) -> list[str]:
    """Gives the stems of the words of `text`, in order."""
    return [word.stem for word in find_words(text)]


def stem_set(text: str) -> frozenset[str]:
    """Gives the stems of the words of `text`, each once."""
    return frozenset(stems(text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Takes one ending off a lower-case word where enough of it is left: "injured" and "injuries" both give "injur"."""
    bare = _Y_IN_PLURAL.sub("y", _BRITISH.sub(r"iz\1", _ARABIC_PREFIX.sub("", word)))
    bare = _SHORT_PAST.sub("e", bare)
    for ending, least in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= least and not (ending == "s" and bare.endswith("ss")):
            return bare[: -len(ending)]
    return bare
