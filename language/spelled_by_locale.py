"""Reads numbers in words by the rules with which the Unicode Consortium's locale data spell them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import regex
from unicode_rbnf import RbnfEngine

from coderai.language.magnitudes import magnitude

_LANGUAGES = "ar bg cs el fa he hi hr id ms pl ro ru sr tr uk"
SPELLED_BY_LOCALE = frozenset(_LANGUAGES.split())
"""Languages whose numbers are read here: those that write thousands and hundreds apart."""

_JOINED = {"ar": "و", "he": "ו"}
"""A letter that says "and" and is written onto the next word."""
_ALSO = {
    "ru": {"двое": 2, "трое": 3, "четверо": 4, "пятеро": 5},
    "uk": {"двоє": 2, "двох": 2, "троє": 3, "трьох": 3, "четверо": 4, "п'яти": 5},
    "pl": {"dwoje": 2, "troje": 3, "czworo": 4},
}
"""Words for groups of people, which the rules do not list."""
_SAME = str.maketrans(
    {"ё": "е", "ʼ": "'", "\u00ad": None, "\u200b": None, "ँ": "ं", "़": None}
    | dict.fromkeys("أإآ", "ا")
    | {"ي": "ی", "ى": "ی", "ك": "ک"}
    | dict.fromkeys(map(chr, range(0x64B, 0x653)), None)
)
_ARABIC_FORMS = [
    (regex.compile(pattern), form)
    for pattern, form in [
        ("مائ", "مئ"),
        ("^(اثن|مئت)\\p{L}*$", "\\1"),
        ("(?<=\\p{L}{2})ون$", "ین"),
        ("(?<=\\p{L}{2})ة$", ""),
        ("(?<=^ثمان|^احد)[یا]$", ""),
    ]
]
"""Cases and genders that the rules do not list, each brought to one form."""
_POWERS = (1_000, 1_000_000, 1_000_000_000)
_LONGEST = 9
"""Parts of a number below a thousand at most."""


@dataclass(frozen=True, slots=True)
class _Rules:
    phrases: Mapping[str, int]
    """Numbers below a thousand, and those above that have a word of their own."""
    magnitudes: Mapping[str, int]
    glue: frozenset[str]
    """What says "and" between the parts of a number."""
    words: frozenset[str]
    """Every word that is a part of a number."""


def split_word(word: str, language: str) -> list[str]:
    """Gives the parts of numbers that `word` (lower case) consists of; empty when it has no part in a number."""
    plain, words = _plain(word, language), _rules(language).words
    if plain in words or magnitude(word, language):
        return [plain]
    rest = _plain(word[1:], language) if word[0] == _JOINED.get(language) else ""
    return [word[0], rest] if rest in words else []


def is_glue(part: str, language: str) -> bool:
    """Whether a part by `split_word` only says "and"."""
    return part in _rules(language).glue


def is_magnitude(part: str, language: str) -> bool:
    """Whether a part by `split_word` only multiplies."""
    return _times(part, language) is not None and part not in _rules(language).phrases


def read_parts(parts: Sequence[str], language: str) -> int | None:
    """Reads parts by `split_word` as one number; None when they are not one, or more than one."""
    phrases, glue = _rules(language).phrases, _rules(language).glue
    total, below, at = 0, 10**15, 0
    while at < len(parts):
        at += bool(at and parts[at] in glue)
        ends = (end for end in range(min(len(parts), at + _LONGEST), at, -1) if " ".join(parts[at:end]) in phrases)
        end = next(ends, None)
        if end is None:
            return None
        value = phrases[" ".join(parts[at:end])]
        factor = next((power for power in reversed(_POWERS) if value % power == 0), 1)
        while end < len(parts) and (times := _times(parts[end], language)) and times >= factor:
            value, factor, end = value * times, factor * times, end + 1
        if value >= below:
            return None
        total, below, at = total + value, factor, end
    return total or None


def _times(part: str, language: str) -> int | None:
    return _rules(language).magnitudes.get(part) or magnitude(part, language)


def _plain(word: str, language: str) -> str:
    plain = word.translate(_SAME)
    for pattern, form in _ARABIC_FORMS if language == "ar" else ():
        plain = pattern.sub(form, plain)
    return plain


@cache
def _rules(language: str) -> _Rules:
    engine = RbnfEngine.for_language(language)
    phrases = dict(_ALSO.get(language, {}))
    for value in (*range(1, 1_000), *range(1_000, 11_000, 1_000), *_POWERS, *(2 * power for power in _POWERS)):
        phrases |= {" ".join(words): value for words in _spelled(engine, value, language)}
    phrases |= {phrase.replace(" مئ", "مئ"): value for phrase, value in phrases.items()}
    magnitudes = {}
    for power, value in product(_POWERS, (2, 3, 5, 11, 21, 100)):
        for *count, word in _spelled(engine, value * power, language):
            if phrases.get(" ".join(count)) == value and word not in phrases:
                magnitudes[word] = power
    words = [phrase.split() for phrase in phrases]
    every = {word for phrase in words for word in phrase}
    glue = every - {phrase[0] for phrase in words} - {phrase[-1] for phrase in words}
    return _Rules(phrases, magnitudes, frozenset(glue), frozenset(every | magnitudes.keys()))


def _spelled(engine: RbnfEngine, value: int, language: str) -> Iterator[list[str]]:
    """The parts of `value` in words, in each gender and case that the rules list."""
    joined = _JOINED.get(language, " ")
    for rules, text in engine.format_number(value).text_by_ruleset.items():
        if "cardinal" in rules or rules == "spellout-numbering":
            words = regex.sub(rf"[ -]{joined}(?=\p{{L}}{{2}})", f" {joined} ", text).replace("-", " ").split()
            yield [_plain(word, language) for word in words]
