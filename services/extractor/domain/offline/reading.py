"""A passage read once for all the questions put to it: its sentences, words, numbers, dates and labels."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import regex

from services.extractor.domain.offline.labels import Label, find_labels
from services.extractor.domain.offline.lexicon import CONJUNCTIONS, DENIALS, NEGATIONS
from services.extractor.domain.offline.words import Word, find_words
from services.extractor.domain.parsing.dates import DateMention, find_dates
from services.extractor.domain.parsing.numbers import Number, find_numbers
from services.extractor.domain.parsing.sentences import Span, split_sentences

_CLAUSE_COST = 3
_HEAD = 400
_PAUSE = regex.compile(r"[,;:()\[\]\n،、，；]|\.\s|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a line of its own, with its words."""

    span: Span
    words: tuple[Word, ...]
    """Offsets count from the start of the passage."""
    places: tuple[int, ...]
    """Of each word: how far into the sentence it stands, where a pause or a conjunction counts as several words."""

    def place(self, offset: int) -> int:
        """Gives the place of the word at `offset` of the passage, or of the last one before it."""
        at = bisect_right(self.words, offset, key=lambda word: word.start) - 1
        return self.places[at] if at >= 0 else -1

    def stems(self) -> frozenset[str]:
        """Gives the stems that the sentence has."""
        return frozenset(word.stem for word in self.words)

    def denied(self, offset: int) -> bool:
        """Whether a word of denial stands shortly before `offset`, within the clause."""
        here = self.place(offset)
        return any(
            word.stem in NEGATIONS and 0 <= here - place <= 4 for word, place in zip(self.words, self.places, strict=True)
        )

    def disputed(self) -> bool:
        """Whether somebody denies, or is only alleged, what the sentence says."""
        return any(word.stem in DENIALS for word in self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage holds."""

    text: str
    sentences: tuple[Sentence, ...]
    numbers: tuple[Number, ...]
    dates: tuple[DateMention, ...]
    labels: tuple[Label, ...]
    _counts: Counter[str]

    def sentence_at(self, offset: int) -> Sentence:
        """Gives the sentence in which `offset` stands; the one before it, for blanks between two."""
        return self.sentences[max(0, bisect_right(self.sentences, offset, key=lambda sentence: sentence.span.start) - 1)]

    def label_of(self, offset: int) -> Label | None:
        """Gives the label that names what stands at `offset`, if there is one."""
        at = bisect_right(self.labels, offset, key=lambda label: label.value.start) - 1
        return self.labels[at] if at >= 0 and offset < self.labels[at].value.end else None

    def rarity(self, stem: str) -> float:
        """Gives how much a word tells here: 1 if one sentence has it, less the more have it, 0 if none has."""
        count = self._counts[stem]
        return 0.0 if not count else 1 / (1 + math.log(count))


@lru_cache(maxsize=8)
def read(text: str, language: str) -> Reading:
    """Reads a passage; the calls about one passage come close together, so the last few readings are kept."""
    sentences = tuple(_sentence(text, span) for span in split_sentences(text))
    dates = find_dates(text, language)
    if own := _own_date(text, dates):
        dates = find_dates(text, language, own)
    numbers = tuple(number for number in find_numbers(text, language) if not _inside(number, dates))
    counts = Counter(stem for sentence in sentences for stem in sentence.stems())
    return Reading(text, sentences, numbers, dates, find_labels(text), counts)


def _sentence(text: str, span: Span) -> Sentence:
    words = tuple(
        Word(word.stem, word.start + span.start, word.end + span.start) for word in find_words(text[span.start : span.end])
    )
    places: list[int] = []
    end, place = span.start, 0
    for word in words:
        paused = bool(_PAUSE.search(text, end, word.start)) or word.stem in CONJUNCTIONS
        place += 1 + (_CLAUSE_COST if paused else 0)
        places.append(place)
        end = word.end
    return Sentence(span, words, tuple(places))


def _own_date(text: str, dates: tuple[DateMention, ...]) -> date | None:
    """The date that the document bears: one near its top that has a line or a dateline to itself."""
    for mention in dates:
        if mention.start > _HEAD:
            return None
        line = text.rfind("\n", 0, mention.start) + 1
        if mention.exact and mention.start - line <= 40 and _bears(text[line : mention.start], text[mention.end : mention.end + 30]):
            return date.fromisoformat(mention.iso)
    return None


def _bears(before: str, after: str) -> bool:
    alone = not after.split("\n")[0].strip(" .:0123456789apmAPMUTCGZ-")
    dateline = regex.match(r"\s*(?:\([^)]{1,20}\)\s*)?[-–—:|]", after) is not None
    return alone or (dateline and len(before.split()) <= 4)


def _inside(number: Number, dates: tuple[DateMention, ...]) -> bool:
    """Whether the number is but a part of a date; a year by itself stays a number, for it may count something."""
    at = bisect_right(dates, number.start, key=lambda mention: mention.start) - 1
    return any(
        mention.start <= number.start and number.end <= mention.end and len(mention.iso) > 4
        for mention in dates[max(0, at - 1) : at + 1]
    )
