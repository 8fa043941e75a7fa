"""Takes a name apart into the words that name and those around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex

from coderai.services.extractor.domain.coding.definitions import parts
from coderai.services.extractor.domain.coding.name_words import (
    ARTICLES,
    FEMALE,
    GENERATIONS,
    GENERIC,
    HAN_DIGITS,
    LEGAL_FORMS,
    MALE,
    NO_GIVEN_NAMES,
    NUMBERS,
    PARTICLES,
    SHIP_PREFIXES,
    SMALL,
    SPELLINGS,
    TITLES,
)

_WORD = regex.compile(r"\p{Lu}(?:\.\p{Lu})+\.?|[\p{L}\p{M}]+(?:['’ʼ]\p{L}+)*\.?|\p{N}+")
_HYPHENATED_TITLES = regex.compile(r"(?i)\b(г)-(н|жа)\b")
_SLASHED = regex.compile(r"(?i)\b([mfs])/([vtsy])\b")
_MOST_WORDS_OF_A_ROLE = 2
_LONGEST_MIXED = 6
"""Letters of an initialism that has small ones too (DoJ, BfV); more are a name (McDonald)."""
_ROMAN = regex.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_POSSESSIVE = regex.compile(r"['’ʼ]s?$")
_APOSTROPHE = regex.compile(r"['’ʼ]")
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_ACCENTED = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "أ": "ا", "إ": "ا", "آ": "ا"}
    | {"ى": "ي", "ة": "ه", "ـ": None}
)
_UMLAUTS = regex.compile(r"ae|oe|ue")


class _Kind(StrEnum):
    WORD = "WORD"
    NUMBER = "NUMBER"
    LEGAL = "LEGAL"
    PREFIX = "PREFIX"
    TITLE = "TITLE"
    SMALL = "SMALL"


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart; all words are folded (case, accents, spellings)."""

    words: tuple[str, ...]
    """What names: without titles, legal forms, ship prefixes, numbers and small words."""
    numbers: frozenset[str]
    """Numerals (II is 2, "second" too), years, letters as in "Sample B", jr and sr."""
    legal: frozenset[str]
    prefixes: frozenset[str]
    titles: frozenset[str]
    small: frozenset[str]
    proper: bool
    """Whether all its words but particles are in capitals; so are words of a script that has none."""
    cased: bool
    """Whether its script has capitals."""
    spaced: bool
    """Whether its script puts spaces between words."""
    capitals: str
    """The name itself when it may be an initialism (WHO, DoJ, U.N.), else empty."""
    initials: frozenset[str]
    """Those of all its words, and of all but the small ones."""
    joined: str
    plain: str
    """The words in one, and that with ae, oe and ue as the accented letters are folded."""

    @property
    def personal(self) -> bool:
        """Whether it may be a person's given names and surname."""
        rest = not (self.numbers - set(GENERATIONS.values()) or self.legal or self.prefixes)
        return (
            self.proper
            and (self.cased or bool(self.titles))
            and rest
            and self.words[-1] not in GENERIC
            and 1 <= len(self.words) <= 5
            and self.words[0] not in NO_GIVEN_NAMES
        )


@lru_cache(4096)
def aliases(text: str) -> tuple[Name, ...]:
    """The name, and the other that it gives for itself: `World Health Organization (WHO)`, `MV Corvina, the vessel`."""
    bare, added = parts(text)
    other = _parse(added) if added else None
    if other is None or other.numbers:
        return (_parse(text),)
    return _parse(bare), other


def names_one_alone(text: str) -> bool | None:
    """Whether it is a name, not a description that fits many things ("rally in Rome"); None when that is open."""
    name = aliases(text)[0]
    if name.words[-1] in GENERIC or not name.proper:
        return False
    return True if name.cased else None


def is_shorthand(text: str) -> bool:
    """Whether it may stand for a name that nothing in it shows: an initialism, or an article with a word or two."""
    name = aliases(text)[0]
    first = _folded(text.split()[0]) if text.split() else ""
    return bool(name.cased and name.capitals) or (first in ARTICLES and len(name.words) <= _MOST_WORDS_OF_A_ROLE)


@lru_cache(4096)
def _parse(text: str) -> Name:
    raw = _raw_words(text)
    kept: dict[_Kind, list[str]] = {kind: [] for kind in _Kind}
    proper = True
    for place, word in enumerate(raw):
        kind, part = _kind(raw, place, bool(kept[_Kind.WORD]))
        if kind is _Kind.SMALL:
            proper = proper and (part in PARTICLES or (part in ARTICLES and not kept[_Kind.WORD]))
        elif kind is _Kind.WORD:
            proper = proper and not word[:1].islower()
        kept[kind].append(part)
    words = kept[_Kind.WORD] or [_folded(word) for word in raw] or [text.casefold() or "?"]
    joined = "".join(words)
    return Name(
        words=tuple(words),
        numbers=frozenset(kept[_Kind.NUMBER]),
        legal=frozenset(kept[_Kind.LEGAL]),
        prefixes=frozenset(kept[_Kind.PREFIX]),
        titles=frozenset(kept[_Kind.TITLE]),
        small=frozenset(kept[_Kind.SMALL]),
        proper=proper,
        cased=text.lower() != text.upper(),
        spaced=not _CJK.search(text),
        capitals=joined if _is_initialism(raw) else "",
        initials=_initials(raw),
        joined=joined,
        plain=_UMLAUTS.sub(lambda found: found.group()[0], joined),
    )


def _is_initialism(raw: Sequence[str]) -> bool:
    """Whether a name is one short word with more than one capital, or letters with points."""
    raw = raw[1:] if len(raw) > 1 and raw[0].lower() in ARTICLES else raw
    if len(raw) > 1:
        return all(len(word) == 2 and word.endswith(".") and word[0].isupper() for word in raw)  # U.N. is cut in two
    word = raw[0] if raw else ""
    return word.isupper() or (len(word) <= _LONGEST_MIXED and word[:1].isupper() and sum(map(str.isupper, word)) > 1)


def _initials(raw: Sequence[str]) -> frozenset[str]:
    folded = [word for word in map(_folded, raw) if word and not word.isdigit()]
    of = (folded, [word for word in folded if word not in SMALL | PARTICLES | _LEGAL.keys()])
    return frozenset("".join(word[0] for word in words) for words in of if len(words) > 1)


def _raw_words(text: str) -> list[str]:
    """The words as they are written; a surname before a comma is put after the given names."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.count(",") == 1 and _folded(text.split(",")[1].strip(" .")) not in _LEGAL | GENERATIONS:
        text = " ".join(reversed(text.split(",")))
    text = _SLASHED.sub(r"\1\2", _HYPHENATED_TITLES.sub(r"\1\2", text))
    return [word for part in _WORD.findall(text) for word in _cut(part)]


def _kind(raw: Sequence[str], place: int, more: bool) -> tuple[_Kind, str]:
    """What a word of a name is, and how it is kept; `more` is whether a naming word stands before it."""
    word, folded, last = raw[place], _folded(raw[place]), place == len(raw) - 1
    number = _number(word, folded, last and more) or (GENERATIONS.get(folded, "") if last and more else "")
    if number:
        return _Kind.NUMBER, number
    if len(raw) == 1:
        return _Kind.WORD, folded
    if folded in _TITLES and (not more or _CJK.search(word)):
        return _Kind.TITLE, folded
    if folded in SHIP_PREFIXES and not more:
        return _Kind.PREFIX, folded
    if folded in _LEGAL and (more or not word.isascii()):
        return _Kind.LEGAL, _LEGAL[folded]
    counts = folded in _MARKS and not last and raw[place + 1].isdigit()
    return (_Kind.SMALL if counts or _is_small(word, folded, more) else _Kind.WORD), folded


def _number(word: str, folded: str, last: bool) -> str:
    """A word as the number that it is; empty when it is none. `last` is whether it ends a name of several words."""
    if folded.isdigit():
        return str(int(folded))
    if word in HAN_DIGITS:
        return HAN_DIGITS[word]
    if last and len(word) == 1 and word.isupper() and not _CJK.search(word) and word not in "IVX":
        return f"letter {folded}"
    if _ROMAN.fullmatch(word) and (len(word) > 1 or last):
        return str(_roman(word))
    return NUMBERS.get(folded, "")


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-v if v < max(values[at:]) else v for at, v in enumerate(values))


def _is_small(word: str, folded: str, more: bool) -> bool:
    """Whether a word is an article, a preposition or a particle; `more` is whether a naming word stands before it."""
    if word.endswith("."):
        return False
    return folded in SMALL | PARTICLES if word == word.lower() else folded in SMALL and not more


def _cut(word: str) -> list[str]:
    """Initials written in one (J.R.) one by one; a word of a script without spaces apart from its title, legal form
    and number; any other word as it is.
    """
    if "." in word[:-1] and _folded(word) not in SHIP_PREFIXES and _folded(word) not in _LEGAL:
        return [f"{letter}." for letter in word.replace(".", "")]
    if not _CJK.search(word):
        return [word]
    for mark in sorted((*_CJK_MARKS, *HAN_DIGITS), key=len, reverse=True):
        if word.endswith(mark) and len(word) > len(mark) + 1:
            return [*_cut(word[: -len(mark)]), mark]
        if word.startswith(mark) and len(word) > len(mark) + 1 and mark in LEGAL_FORMS:
            return [*_cut(word[len(mark) :]), mark]
    return [word]


def _folded(word: str) -> str:
    """A word without case, accents, points and possessive, in one spelling."""
    word = _APOSTROPHE.sub("", _POSSESSIVE.sub("", word.rstrip("."))).replace(".", "").casefold()
    if not word.isascii() and _ACCENTED.search(word):
        decomposed = unicodedata.normalize("NFD", word.translate(_LETTERS))
        word = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return SPELLINGS.get(word, word)


_MARKS = ("no", "nr", "number")
_CJK_MARKS = [word for word in (*TITLES, *LEGAL_FORMS) if _CJK.search(word)]
_TITLES = {_folded(word.replace("-", "")) for word in TITLES}
MALE_TITLES = {_folded(word.replace("-", "")) for word in MALE}
FEMALE_TITLES = {_folded(word.replace("-", "")) for word in FEMALE}
_LEGAL = {_folded(word): form for word, form in LEGAL_FORMS.items()}
