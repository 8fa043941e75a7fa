"""Says whether two names are forms of one, are told apart by what they are made of, or leave it open."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex
from rapidfuzz import fuzz

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
    OPPOSED,
    PARTICLES,
    SHIP_PREFIXES,
    SMALL,
    SPELLINGS,
    TITLES,
)

ALIKE = 85.0
"""Least similarity, in per cent (indel ratio), at which two words may be spellings of one."""
_INITIALS_FROM = 3
"""Shorter initialisms stand for too many names."""
_TELLING_DIGITS = 3
"""Of a number that few things share (a law's, a case's)."""
_WORD = regex.compile(r"\p{Lu}(?:\.\p{Lu})+\.?|[\p{L}\p{M}]+(?:['’ʼ]\p{L}+)*\.?|\p{N}+")
_HYPHENATED_TITLES = regex.compile(r"(?i)\b(г)-(н|жа)\b")
_SLASHED = regex.compile(r"(?i)\b([mfs])/([vtsy])\b")
_ROMAN = regex.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_POSSESSIVE = regex.compile(r"['’ʼ]s?$")
_APOSTROPHE = regex.compile(r"['’ʼ]")
_ALIAS = regex.compile(r"\s*[(（]([^()（）]+)[)）]\s*")
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_ACCENTED = regex.compile(r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}]")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "أ": "ا", "إ": "ا", "آ": "ا"}
    | {"ى": "ي", "ة": "ه", "ـ": None}
)
_UMLAUTS = regex.compile(r"ae|oe|ue")
_VOWELS = regex.compile(r"[aeiouy]+")
_DOUBLED = regex.compile(r"(.)\1+")


class Relation(StrEnum):
    """What two names, or two mentions, are to each other."""

    SAME = "SAME"
    """Forms of one name, with nothing that tells them apart."""
    UNDECIDED = "UNDECIDED"
    """They may be."""
    DIFFERENT = "DIFFERENT"
    """Alike, but told apart."""
    UNRELATED = "UNRELATED"
    """Nothing speaks for it."""


@dataclass(frozen=True, slots=True)
class Related:
    """A relation and why it holds, as a person reads it; symmetric but for the words."""

    relation: Relation
    why: str = ""


UNRELATED = Related(Relation.UNRELATED)


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
    capitals: str
    """The name itself when it is an initialism, else empty."""

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


@lru_cache(16_384)
def relate(left: str, right: str) -> Related:
    """What two names are to each other by their forms alone; the order of the two does not matter to the relation."""
    pairs = [_relate(a, b) for a in _aliases(left) for b in _aliases(right)]
    order = (Relation.DIFFERENT, Relation.SAME, Relation.UNDECIDED, Relation.UNRELATED)
    return min(pairs, key=lambda related: order.index(related.relation))


@lru_cache(4096)
def _aliases(text: str) -> tuple[Name, ...]:
    """The name, and the initials that it gives for itself in brackets."""
    found = _ALIAS.search(text)
    bare = _ALIAS.sub(" ", text)
    if found and found[1].isupper() and len(found[1]) >= _INITIALS_FROM and text.endswith(found[0]) and bare.strip():
        return _parse(bare), _parse(found[1])
    return (_parse(text),)


def names_one_alone(text: str) -> bool | None:
    """Whether it is a name, not a description that fits many things ("rally in Rome"); None when that is open."""
    name = _aliases(text)[0]
    if name.words[-1] in GENERIC or not name.proper:
        return False
    return True if name.cased else None


@lru_cache(4096)
def _parse(text: str) -> Name:
    text = unicodedata.normalize("NFKC", text).strip()
    if text.count(",") == 1 and _folded(text.split(",")[1].strip(" .")) not in LEGAL_FORMS | GENERATIONS:
        text = " ".join(reversed(text.split(",")))
    text = _SLASHED.sub(r"\1\2", _HYPHENATED_TITLES.sub(r"\1\2", text))
    raw = [word for part in _WORD.findall(text) for word in _cut_cjk(part)]
    words: list[str] = []
    numbers, legal, prefixes, titles, small = set[str](), set[str](), set[str](), set[str](), set[str]()
    proper = True
    for place, word in enumerate(raw):
        folded = _folded(word)
        last, more = place == len(raw) - 1, bool(words)
        number = _number(word, folded, last and more)
        if number:
            numbers.add(number)
        elif folded in GENERATIONS and last and more:
            numbers.add(GENERATIONS[folded])
        elif folded in _TITLES and not (more and not _CJK.search(word)) and len(raw) > 1:
            titles.add(folded)
        elif folded in SHIP_PREFIXES and not more and len(raw) > 1:
            prefixes.add(folded)
        elif folded in _LEGAL and len(raw) > 1 and (more or not word.isascii()):
            legal.add(_LEGAL[folded])
        elif folded in SMALL and len(raw) > 1 and not word.endswith(".") and (word == word.lower() or not more):
            small.add(folded)
            proper = proper and (folded in PARTICLES or (folded in ARTICLES and not more))
        else:
            words.append(folded)
            proper = proper and not word[:1].islower()
    if not words:
        words = [_folded(word) for word in raw] or [text.casefold()]
    letters = "".join(raw)
    capitals = words[0] if len(words) == 1 and letters.isupper() and len(letters) >= _INITIALS_FROM else ""
    return Name(
        tuple(words),
        frozenset(numbers),
        frozenset(legal),
        frozenset(prefixes),
        frozenset(titles),
        frozenset(small),
        proper,
        text.lower() != text.upper(),
        capitals,
    )


def _relate(a: Name, b: Name) -> Related:
    told = _told_apart(a, b)
    by_words = _by_words(a, b)
    if by_words.relation is Relation.UNRELATED or by_words.relation is Relation.DIFFERENT:
        return by_words
    if told:
        return Related(Relation.DIFFERENT, told)
    if a.numbers != b.numbers and by_words.relation is Relation.SAME:
        lacking = a.numbers ^ b.numbers
        if (a.numbers and b.numbers) or not all(_is_year(number) for number in lacking):
            return Related(Relation.UNDECIDED, "one has a number that the other lacks")
        return Related(Relation.SAME, "same name without its year")
    return by_words


def _told_apart(a: Name, b: Name) -> str:
    """What tells names apart whose words are alike; empty when nothing does."""
    if a.numbers - b.numbers and b.numbers - a.numbers:
        return "other numbers"
    if a.legal - b.legal and b.legal - a.legal:
        return "other legal forms"
    if a.prefixes - b.prefixes and b.prefixes - a.prefixes:
        return "other prefixes"
    if (a.titles & _MALE and b.titles & _FEMALE) or (a.titles & _FEMALE and b.titles & _MALE):
        return "other titles"
    return ""


def _by_words(a: Name, b: Name) -> Related:
    if a.words == b.words or _joined(a) == _joined(b) or _without_umlauts(a) == _without_umlauts(b):
        return Related(Relation.SAME, "same name")
    if _initialism(a, b) or _initialism(b, a):
        return Related(Relation.SAME, "initials")
    if sorted(a.words) == sorted(b.words):
        free = len(a.words) == 2 and not (a.small | b.small) & OPPOSED
        return Related(Relation.SAME if free else Relation.UNDECIDED, "same words in another order")
    if a.personal and b.personal:
        return _persons(a, b)
    return _descriptions(a, b)


def _persons(a: Name, b: Name) -> Related:
    """By given names and surname: the last word is the surname, the ones before are given names or initials."""
    (*given_a, last_a), (*given_b, last_b) = a.words, b.words
    shorter, longer = sorted((a, b), key=lambda name: len(name.words))
    if last_a != last_b:
        if len(given_a) == len(given_b) and all(map(_fits, given_a, given_b)) and _alike(last_a, last_b):
            return Related(Relation.UNDECIDED, "surnames spelled alike")
        if set(shorter.words) <= set(longer.words):
            return Related(Relation.UNDECIDED, "one is a part of the other")
        return UNRELATED
    if not given_a or not given_b:
        return Related(Relation.SAME, "surname")
    short, long = sorted((given_a, given_b), key=len)
    if _follow(short, long):
        initials = any(len(word) == 1 for word in (*short, *long))
        return Related(Relation.SAME, "initials of given names" if initials else "given names left out")
    if len(short) == len(long) and all(map(_may_be, short, long)):
        return Related(Relation.UNDECIDED, "given names spelled alike")
    return Related(Relation.DIFFERENT, "other given names")


def _follow(short: list[str], long: list[str]) -> bool:
    """Whether the given names are all among the others, in their order, the first one being the first."""
    if not _fits(short[0], long[0]):
        return False
    rest = iter(long[1:])
    return all(any(_fits(word, other) for other in rest) for word in short[1:])


def _fits(one: str, other: str) -> bool:
    """Whether two given names are the same, or one is the other's initial."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _may_be(one: str, other: str) -> bool:
    """Whether two given names may be spellings of one: same consonants, and not Maria and Mario."""
    if _fits(one, other):
        return True
    if min(len(one), len(other)) < 4 or (one[:-1] == other[:-1]):
        return False
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", one)) == _DOUBLED.sub(r"\1", _VOWELS.sub("", other)) or (
        fuzz.ratio(one, other) >= ALIKE and one[-1] == other[-1]
    )


def _descriptions(a: Name, b: Name) -> Related:
    """By the words that they share, when they are no two persons' names."""
    ours, theirs = set(a.words), set(b.words)
    if ours <= theirs or theirs <= ours:
        if any(len(number) >= _TELLING_DIGITS and not _is_year(number) for number in a.numbers & b.numbers):
            return Related(Relation.SAME, "same number")
        return Related(Relation.UNDECIDED, "one is a part of the other")
    if not _CJK.search("".join(a.words)) and _same_but_spelling(ours - theirs, theirs - ours):
        return Related(Relation.UNDECIDED, "spelled alike")
    return UNRELATED


def _same_but_spelling(ours: set[str], theirs: set[str]) -> bool:
    """Whether what differs is one word on each side, and these may be spellings of one word."""
    return len(ours) == len(theirs) == 1 and _alike(*ours, *theirs)


def _alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 5 and fuzz.ratio(one, other) >= ALIKE


def _initialism(short: Name, long: Name) -> bool:
    initials = "".join(word[0] for word in long.words)
    return bool(short.capitals) and len(long.words) >= _INITIALS_FROM and short.capitals == initials


def _joined(name: Name) -> str:
    return "".join(name.words)


def _without_umlauts(name: Name) -> str:
    return _UMLAUTS.sub(lambda found: found.group()[0], _joined(name))


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


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit() and "1500" <= number < "2100"


def _cut_cjk(word: str) -> list[str]:
    """A word of a script without spaces, cut from its title, legal form and number; any other word as it is."""
    if not _CJK.search(word):
        return [word]
    for mark in sorted((*_CJK_MARKS, *HAN_DIGITS), key=len, reverse=True):
        if word.endswith(mark) and len(word) > len(mark) + 1:
            return [*_cut_cjk(word[: -len(mark)]), mark]
        if word.startswith(mark) and len(word) > len(mark) + 1 and mark in LEGAL_FORMS:
            return [*_cut_cjk(word[len(mark) :]), mark]
    return [word]


def _folded(word: str) -> str:
    """A word without case, accents, points and possessive, in one spelling."""
    word = _APOSTROPHE.sub("", _POSSESSIVE.sub("", word.rstrip("."))).replace(".", "").casefold()
    if not word.isascii() and _ACCENTED.search(word):
        decomposed = unicodedata.normalize("NFD", word.translate(_LETTERS))
        word = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return SPELLINGS.get(word, word)


_CJK_MARKS = [word for word in (*TITLES, *LEGAL_FORMS) if _CJK.search(word)]
_TITLES = {_folded(word.replace("-", "")) for word in TITLES}
_MALE = {_folded(word.replace("-", "")) for word in MALE}
_FEMALE = {_folded(word.replace("-", "")) for word in FEMALE}
_LEGAL = {_folded(word): form for word, form in LEGAL_FORMS.items()}
