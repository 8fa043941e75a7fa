"""Says whether two names are forms of one, are told apart by what they are made of, or leave it open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex
from rapidfuzz import fuzz

from coderai.services.extractor.domain.coding.definitions import SHORTEST_INITIALS
from coderai.services.extractor.domain.coding.name_words import OPPOSED
from coderai.services.extractor.domain.coding.names import FEMALE_TITLES, MALE_TITLES, Name, aliases

ALIKE = 85.0
"""Least similarity, in per cent (indel ratio), at which two words may be spellings of one."""
_SHORT_FORM = 3
"""Letters of a given name's short form, and at least as many left out (Alex, Alexander; but Paul, Paula)."""
_TELLING_DIGITS = 3
"""Of a number that few things share (a law's, a case's)."""
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
    by_text: bool = False
    """Whether the text itself says it."""


UNRELATED = Related(Relation.UNRELATED)
SAME_NAME = Related(Relation.SAME, "same name")


@lru_cache(16_384)
def relate(left: str, right: str) -> Related:
    """What two names are to each other by their forms alone; the order of the two does not matter to the relation."""
    (a, *added_a), (b, *added_b) = aliases(left), aliases(right)
    found = _relate(a, b)
    if found.relation is Relation.DIFFERENT or not (added_a or added_b):
        return found
    if not (added_a and added_b):
        crossed = _relate(added_a[0], b) if added_a else _relate(a, added_b[0])
        return SAME_NAME if crossed == SAME_NAME else _or_open(found, crossed)
    of_added = _relate(added_a[0], added_b[0])
    if found.relation is Relation.SAME and of_added.relation is not Relation.SAME:
        return Related(Relation.UNDECIDED, "same name, but for what is added to it")
    return _or_open(found, of_added)


def is_initialism(short: str, long: str) -> bool:
    """Whether a name is the initials of another, with or without its small words."""
    return _is_initialism(aliases(short)[0], aliases(long)[0])


def _or_open(found: Related, other: Related) -> Related:
    """What names without their additions are; left open where they are nothing to each other and the additions are."""
    if found.relation is Relation.UNRELATED and other.relation in (Relation.SAME, Relation.UNDECIDED):
        return Related(Relation.UNDECIDED, "one gives itself a second name")
    return found


def _relate(a: Name, b: Name) -> Related:
    by_words = _by_words(a, b)
    if by_words.relation is Relation.UNRELATED or by_words.relation is Relation.DIFFERENT:
        return by_words
    told = _told_apart(a, b)
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
    if (a.titles & MALE_TITLES and b.titles & FEMALE_TITLES) or (a.titles & FEMALE_TITLES and b.titles & MALE_TITLES):
        return "other titles"
    return ""


def _by_words(a: Name, b: Name) -> Related:
    if a.joined == b.joined or a.plain == b.plain:
        is_word = a.cased and ((a.capitals and not b.proper) or (b.capitals and not a.proper))
        return UNRELATED if is_word else SAME_NAME
    if _is_initialism(a, b) or _is_initialism(b, a):
        enough = len(a.capitals or b.capitals) >= SHORTEST_INITIALS
        return Related(Relation.SAME if enough else Relation.UNDECIDED, "initials")
    if len(a.words) == len(b.words) and sorted(a.words) == sorted(b.words):
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
    """Whether two given names may be spellings of one: not Maria and Mario, nor Paul and Paula."""
    if _fits(one, other):
        return True
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return len(short) >= _SHORT_FORM and len(long) - len(short) >= _SHORT_FORM
    if len(short) < 4 or one[:-1] == other[:-1]:
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
    if a.spaced and _same_but_spelling(ours - theirs, theirs - ours):
        return Related(Relation.UNDECIDED, "spelled alike")
    return UNRELATED


def _same_but_spelling(ours: set[str], theirs: set[str]) -> bool:
    """Whether what differs is one word on each side, and these may be spellings of one word."""
    return len(ours) == len(theirs) == 1 and _alike(*ours, *theirs)


def _alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 5 and fuzz.ratio(one, other) >= ALIKE


def _is_initialism(short: Name, long: Name) -> bool:
    return bool(short.capitals) and short.capitals in long.initials


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdigit() and "1500" <= number < "2100"
