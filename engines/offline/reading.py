"""A passage read once for all the questions put to it: its sentences, words, numbers, dates and labels."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Protocol, TypeVar

import regex

from coderai.engines.calls import Passage
from coderai.engines.offline.labels import Label, find_labels
from coderai.engines.offline.lexicon import CONJUNCTIONS, DENIALS, NEGATIONS, UNSPACED_NEGATIONS
from coderai.engines.offline.words import Word, find_words
from coderai.language.dates import DateMention, find_dates
from coderai.language.numbers import Number, find_numbers
from coderai.language.sentences import Span, split_sentences

_PAUSE = regex.compile(r"[,;:()\[\]\n،、，；]|\.\s|\s[-–—]\s")
_PAUSE_COST = 3
_DENIED_BEFORE, _DENIED_AFTER = 4, 3
_HEADING_WORDS, _HEADING_REACH = 6, 4
_HEAD, _DATELINE = 400, 40
_AFTER_DATELINE = regex.compile(r"[\s.]*(?:\([^)\n]{1,20}\)\s*)?[-–—:|]")
_TIME_OF_DAY = " .:0123456789apmAPMUTCGZ-"


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


def standing_in(span: Span, things: Sequence[_P]) -> Sequence[_P]:
    """Gives those of `things`, which are in order of the text, that begin within `span`."""
    first = bisect_left(things, span.start, key=lambda thing: thing.start)
    return things[first : bisect_left(things, span.end, lo=first, key=lambda thing: thing.start)]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a line of its own, with its words, whose offsets count from the start of the passage."""

    span: Span
    words: tuple[Word, ...]
    places: tuple[int, ...]
    """Of each word: how far into the sentence it stands, where a pause or a conjunction counts as several words."""
    where: Mapping[str, tuple[int, ...]]
    """By stem: which of the words have it."""
    heading: frozenset[str] = frozenset()
    """The stems of the heading under which the sentence stands."""

    def place(self, offset: int) -> int:
        """Gives the place of the word at `offset` of the passage, or of the last one before it."""
        at = bisect_right(self.words, offset, key=lambda word: word.start) - 1
        return self.places[at] if at >= 0 else -1

    def places_of(self, things: Sequence[_Placed]) -> list[int]:
        """Gives the place of each of `things`."""
        return [self.place(thing.start) for thing in things]

    def part(self, span: Span) -> Sentence:
        """Gives what stands within `span` as a sentence."""
        pairs = zip(self.words, self.places, strict=True)
        kept = [(word, place) for word, place in pairs if span.start <= word.start < span.end]
        words = tuple(word for word, _ in kept)
        return Sentence(span, words, tuple(place for _, place in kept), _where(words), self.heading)

    def denied(self, offset: int) -> bool:
        """Whether a word of denial stands shortly before `offset`, or just after it, within the clause."""
        here = self.place(offset)
        return any(
            -_DENIED_AFTER <= here - self.places[at] <= _DENIED_BEFORE
            for stem, ats in self.where.items()
            if stem in NEGATIONS or (len(stem) == 2 and stem[0] in UNSPACED_NEGATIONS)
            for at in ats
        )

    def disputed(self) -> bool:
        """Whether somebody denies what the sentence says, or will not vouch for it."""
        return not DENIALS.isdisjoint(self.where)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a passage holds."""

    text: str
    sentences: tuple[Sentence, ...]
    numbers: tuple[Number, ...]
    dates: tuple[DateMention, ...]
    own_date: DateMention | None
    """The date that the document bears, if it bears one."""
    labels: tuple[Label, ...]
    counts: Mapping[str, int]
    """By stem: how many sentences have it."""
    opens_document: bool
    """Whether the passage is the start of the document, and so may have its title, letterhead and date."""

    def sentence_at(self, offset: int) -> Sentence:
        """Gives the sentence in which `offset` stands; the one before it, for blanks between two."""
        at = bisect_right(self.sentences, offset, key=lambda sentence: sentence.span.start) - 1
        return self.sentences[max(0, at)]

    def label_of(self, offset: int) -> Label | None:
        """Gives the label that names what stands at `offset`, if there is one."""
        at = bisect_right(self.labels, offset, key=lambda label: label.value.start) - 1
        return self.labels[at] if at >= 0 and offset < self.labels[at].value.end else None

    def rarity(self, stem: str) -> float:
        """Gives how much a word tells here: 1 if no sentence or one has it, less the more have it."""
        sentences = max(1, len(self.sentences))
        return math.log(1 + sentences / max(1, self.counts.get(stem, 0))) / math.log(1 + sentences)


@lru_cache(maxsize=8)
def read(passage: Passage) -> Reading:
    """Reads a passage; the calls about one passage come close together, so the last few readings are kept."""
    text, language, opens = passage.text, passage.language, passage.start == 0
    sentences = tuple(_under_headings(text, [_sentence(text, span) for span in split_sentences(text)]))
    dates = find_dates(text, language)
    own_date = _own_date(text, dates) if opens else None
    if own_date:
        dates = find_dates(text, language, date.fromisoformat(own_date.iso))
    numbers = tuple(number for number in find_numbers(text, language) if not _is_part_of_date(number, dates))
    counts = Counter(stem for sentence in sentences for stem in sentence.where)
    return Reading(text, sentences, numbers, dates, own_date, find_labels(text), counts, opens)


def _sentence(text: str, span: Span) -> Sentence:
    found = find_words(text[slice(*span)])
    words = tuple(Word(word.stem, word.start + span.start, word.end + span.start) for word in found)
    places: list[int] = []
    end, place = span.start, 0
    for word in words:
        paused = word.stem in CONJUNCTIONS or _PAUSE.search(text, end, word.start)
        place += 1 + (_PAUSE_COST if paused else 0)
        places.append(place)
        end = word.end
    return Sentence(span, words, tuple(places), _where(words))


def _where(words: Sequence[Word]) -> Mapping[str, tuple[int, ...]]:
    where: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        where[word.stem].append(at)
    return {stem: tuple(ats) for stem, ats in where.items()}


def _under_headings(text: str, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Gives each sentence the words of the last short one that began a line, if that is not far above."""
    heading, since, end = frozenset[str](), _HEADING_REACH, 0
    for sentence in sentences:
        begins_line = end == 0 or "\n" in text[end : sentence.span.start]
        since, end = since + 1, sentence.span.end
        if len(sentence.words) <= _HEADING_WORDS and (begins_line or since == 1):
            heading, since = frozenset(sentence.where), 0
        yield replace(sentence, heading=heading) if 0 < since <= _HEADING_REACH else sentence


def _own_date(text: str, dates: Sequence[DateMention]) -> DateMention | None:
    """An exact date near the top that has a line to itself, or opens the text as in "CAIRO, 5 March 2021 (AP) -"."""
    for mention in standing_in(Span(0, _HEAD), dates):
        before = text[text.rfind("\n", 0, mention.start) + 1 : mention.start]
        rest = text[mention.end : mention.end + _DATELINE].split("\n")[0]
        alone = not rest.strip(_TIME_OF_DAY)
        dateline = len(before.split()) <= 4 and _AFTER_DATELINE.match(rest)
        if mention.exact and len(before) <= _DATELINE and (alone or dateline):
            return mention
    return None


def _is_part_of_date(number: Number, dates: Sequence[DateMention]) -> bool:
    """Whether the number is but a part of a date; a year by itself stays a number, for it may count something."""
    at = bisect_right(dates, number.start, key=lambda mention: mention.start)
    near = dates[max(0, at - 2) : at]
    return any(mention.start <= number.start and number.end <= mention.end and len(mention.iso) > 4 for mention in near)
