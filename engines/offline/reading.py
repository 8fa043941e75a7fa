"""A passage read once for all the questions put to it: its sentences, words, numbers, dates and labels."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Protocol, TypeVar

import regex

from coderai.engines.calls import Passage
from coderai.engines.offline.labels import Label, find_labels
from coderai.engines.offline.ranking import Ranking
from coderai.engines.offline.words import NEGATIONS, Word, find_words
from coderai.language.dates import DateMention, find_dates
from coderai.language.numbers import Number, find_numbers
from coderai.language.sentences import Span, split_sentences

_PAUSE = regex.compile(r"[,;:()\[\]\n،、，；]|\.\s|\s[-–—]\s|\b(?:and|but|while|und|et|y|и|و)\b")
_PAUSE_COST = 3
_PROHIBITS = frozenset(["shall", "may", "must", "should", "darf", "dürfen", "soll"])
"""With these a negation forbids, and denies nothing."""
_OWN_DATE = regex.compile(r"[\s.:\dapmAPMUTCGZ-]*(?:\n|$)|[\s.]*(?:\([^)\n]{1,20}\)\s*)?[-–—:|]")
"""What follows the date that a document bears: nothing in its line, or a dash as in "CAIRO, 5 March 2021 (AP) -"."""


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


def standing_in(span: Span, things: Sequence[_P]) -> list[_P]:
    """Gives those of `things`, which are in order of the text, that begin within `span`."""
    first = bisect_left(things, span.start, key=lambda thing: thing.start)
    return list(things[first : bisect_left(things, span.end, lo=first, key=lambda thing: thing.start)])


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or a line of its own, or a part of one, with its words; offsets count from the passage's start."""

    number: int
    """Which of the passage's sentences it is."""
    span: Span
    words: tuple[Word, ...]
    places: tuple[int, ...]
    """Of each word: how far into the sentence it stands, where a pause or a conjunction counts as several words."""

    def place(self, offset: int) -> int:
        """Gives the place of the word at `offset` of the passage, or of the last one before it."""
        at = bisect_right(self.words, offset, key=lambda word: word.start) - 1
        return self.places[at] if at >= 0 else -1

    def part(self, span: Span) -> Sentence:
        """Gives what stands within `span` as a sentence."""
        first, last = (bisect_left(self.words, bound, key=lambda word: word.start) for bound in span)
        return Sentence(self.number, span, self.words[first:last], self.places[first:last])

    def denied(self, offset: int) -> bool:
        """Whether a word of denial stands up to 4 words before `offset`, or 3 after it, within the clause."""
        if any(word.form in _PROHIBITS for word in self.words):
            return False
        denials = [self.place(word.start) for word in self.words if not NEGATIONS.isdisjoint((word.form, word.form[0]))]
        return any(-3 <= self.place(offset) - denial <= 4 for denial in denials)


@dataclass(frozen=True)
class Reading:
    """What a passage holds."""

    text: str
    language: str
    sentences: tuple[Sentence, ...]
    numbers: tuple[Number, ...]
    dates: tuple[DateMention, ...]
    own_date: DateMention | None
    """The date that the document bears, if it bears one."""
    labels: tuple[Label, ...]
    opens_document: bool
    """Whether the passage is the start of the document, and so may have its title, letterhead and date."""

    @cached_property
    def ranking(self) -> Ranking:
        """The sentences, to be compared with what is asked."""
        return Ranking([sentence.words for sentence in self.sentences])

    def words_at(self, span: Span) -> str:
        """Gives the passage's words at `span` with every run of blanks as one."""
        return " ".join(self.text[slice(*span)].split())

    def sentence_at(self, offset: int) -> Sentence:
        """Gives the sentence in which `offset` stands; the one before it, for blanks between two."""
        at = bisect_right(self.sentences, offset, key=lambda sentence: sentence.span.start) - 1
        return self.sentences[max(0, at)]

    def label_of(self, offset: int) -> Label | None:
        """Gives the label that names what stands at `offset`, if there is one."""
        at = bisect_right(self.labels, offset, key=lambda label: label.value.start) - 1
        return self.labels[at] if at >= 0 and offset < self.labels[at].value.end else None


@lru_cache(maxsize=8)
def read(passage: Passage) -> Reading:
    """Reads a passage; the calls about one passage come close together, so the last few readings are kept."""
    text, language, opens = passage.text, passage.language, passage.start == 0
    sentences = tuple(_sentence(n, text, language, span) for n, span in enumerate(split_sentences(text)))
    dates = find_dates(text, language)
    near_top = [mention for mention in standing_in(Span(0, 400 if opens else 0), dates) if mention.exact]
    own_date = next((mention for mention in near_top if _OWN_DATE.match(text, mention.end)), None)
    if own_date:
        dates = find_dates(text, language, date.fromisoformat(own_date.iso))
    within = [mention for mention in dates if len(mention.iso) > 4]
    numbers = tuple(n for n in find_numbers(text, language) if not any(d.start <= n.start < d.end for d in within))
    return Reading(text, language, sentences, numbers, dates, own_date, find_labels(text), opens)


def _sentence(number: int, text: str, language: str, span: Span) -> Sentence:
    words = tuple(find_words(text[slice(*span)], language, span.start))
    places: list[int] = []
    for before, word in zip([None, *words], words, strict=False):
        paused = _PAUSE.search(text, before.end if before else span.start, word.end)
        places.append((places[-1] if places else 0) + 1 + (_PAUSE_COST if paused else 0))
    return Sentence(number, span, words, tuple(places))
