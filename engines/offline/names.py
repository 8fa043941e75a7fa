"""Finds names of people, organisations and places by their capitals and by the words that go with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import regex

from coderai.engines.offline.lexicon import QUESTION_WORDS
from coderai.engines.offline.name_patterns import (
    AFTER_PERSON,
    AFTER_PREPOSITION,
    BEFORE_PERSON,
    BEFORE_PLACE,
    LEGAL_FORM,
    NAME,
    ORGANISATION_WORD,
    PLACE_WORD,
    UNSPACED_NAME,
)
from coderai.engines.offline.synonyms import same_meaning
from coderai.engines.offline.words import stem
from coderai.language.calendar_words import calendar_words
from coderai.language.sentences import Span


class NameKind(StrEnum):
    """What a name names."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
    PLACE = "PLACE"
    ANY = "ANY"


LIKELY = 0.5
"""Evidence from which a name is likely to be of a kind."""

_COMMON = 0.4
"""What is left of a name's evidence when the text has its words in small letters too: "the Company"."""
_LONGEST_NAME = 9
_BEFORE, _AFTER = 24, 16
_WORD = regex.compile(r"\S+")
_SMALL_WORD = regex.compile(r"(?<!\p{L})\p{Ll}[\p{L}\p{M}'’-]*")
_POSSESSIVE = regex.compile(r"['’][sS]?$")
_NEVER_NAMES = frozenset(
    {"he", "she", "we", "you", "i", "but", "so", "no", "not", "after", "before", "our"}
    | set(calendar_words("en").months)
    | set(calendar_words("en").weekdays)
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name at text[start:end], with what speaks for each kind, 0..1."""

    start: int
    end: int
    evidence: Mapping[NameKind, float]

    @property
    def span(self) -> Span:
        """The offsets as a span."""
        return Span(self.start, self.end)


@lru_cache(maxsize=8)
def find_names(text: str) -> tuple[Name, ...]:
    """Finds the names in `text`, in order."""
    spans = {span for match in NAME.finditer(text) if (span := _trimmed(text, match))}
    spans |= {Span(*match.span()) for match in UNSPACED_NAME.finditer(text)}
    spans |= {Span(*match.span("name")) for match in AFTER_PREPOSITION.finditer(text) if not _is_noun(match["name"])}
    small_words = frozenset(_SMALL_WORD.findall(text))
    return tuple(Name(*span, _evidence(text, span, small_words)) for span in sorted(spans))


def names_organisation(text: str) -> bool:
    """Whether `text` has a word that goes with the names of organisations, such as Ltd or Bank."""
    return bool(LEGAL_FORM.search(text) or ORGANISATION_WORD.search(text))


def begins_with_legal_form(text: str) -> bool:
    """Whether `text` looks like the end of an organisation's name that was broken before it: "Co. (M) Ltd"."""
    return bool(LEGAL_FORM.match(text))


def _trimmed(text: str, match: regex.Match[str]) -> Span | None:
    """The name without first words that only open a sentence, and without a full stop or a possessive at its end."""
    words = list(_WORD.finditer(text, *match.span()))
    while words and _opens_sentence(words[0].group()):
        words.pop(0)
    while words and _is_never_name(words[-1].group()):
        words.pop()
    if not words:
        return None
    start, end = words[0].start(), words[-1].end()
    while end - start > 1 and text[end - 1] in ".-&'’" and not LEGAL_FORM.fullmatch(words[-1].group().rstrip(".")):
        end -= 1
    if possessive := _POSSESSIVE.search(text, start, end):
        end = possessive.start()
    return Span(start, end) if end - start > 1 else None


def _opens_sentence(word: str) -> bool:
    bare = word.strip(".'’,-").lower()
    return stem(bare) in QUESTION_WORDS or _is_never_name(word) or bool(BEFORE_PLACE.fullmatch(f"{word} "))


def _is_never_name(word: str) -> bool:
    return word.strip(".'’,-").lower() in _NEVER_NAMES


def _is_noun(word: str) -> bool:
    return len(same_meaning(stem(word))) > 1


def _evidence(text: str, span: Span, small_words: frozenset[str]) -> Mapping[NameKind, float]:
    name = text[slice(*span)]
    words = name.split()
    legal = len(words) > 1 and LEGAL_FORM.search(name) is not None
    organisation = legal or ORGANISATION_WORD.search(name) is not None
    before, after = text[max(0, span.start - _BEFORE) : span.start], text[span.end : span.end + _AFTER]
    person = bool(BEFORE_PERSON.search(before) or AFTER_PERSON.match(after))
    place = bool(BEFORE_PLACE.search(before))
    evidence = {
        NameKind.ANY: 0.8,
        NameKind.ORGANISATION: 1.0 if legal else 0.85 if organisation else 0.3 if place or person else 0.5,
        NameKind.PERSON: _person(organisation, person, place, len(words)),
        NameKind.PLACE: 0.1 if legal else 0.9 if PLACE_WORD.search(name) else 0.8 if place else 0.2 if person else 0.4,
    }
    small = sum(word.strip(".,").lower() in small_words for word in words) / len(words)
    common = small == 1 or (small > 0.5 and len(words) > 5) or len(words) > _LONGEST_NAME
    if common and not (legal and len(words) <= 5):
        return {kind: _COMMON * told for kind, told in evidence.items()}
    return evidence


def _person(organisation: bool, person: bool, place: bool, words: int) -> float:
    if organisation:
        return 0.1
    if person:
        return 1.0
    return 0.3 if place else 0.7 if 2 <= words <= 4 else 0.4
