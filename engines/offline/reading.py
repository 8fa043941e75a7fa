"""A passage read once for all questions, and a question: how well its words fit a label, a place or a sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import regex

from coderai.codebook.variable import IfMultipleValues, Variable
from coderai.engines.calls import Passage
from coderai.engines.offline.labels import Label, find_labels
from coderai.engines.offline.words import NEGATIONS, Ranking, Word, find_words, label_stems, stems
from coderai.language.dates import DateMention, find_dates
from coderai.language.numbers import Number, find_numbers
from coderai.language.sentences import Span, split_sentences

_PAUSE = regex.compile(r"[,;:()\[\]،、，；]|\n(?!\s*\p{Ll})|\.\s|\s[-–—]\s|\b(?:and|but|while|und|et|y|и|و)\b")
_PROHIBITS = frozenset(["shall", "may", "must", "should"])
"""With these a negation forbids, and denies nothing."""
_OWN_DATE = regex.compile(r"[\s.:\dapmAPMUTCGZ-]*(?:\n|$)|[\s.]*(?:\([^)\n]{1,20}\)\s*)?[-–—:|]")
"""What follows the date that a document bears: nothing in its line, or a dash as in "CAIRO, 5 March 2021 (AP) -"."""
EXCLUDED = regex.compile(r"(?i)(?:^|[.,;:]\s*)(?:but |and )?(?:(?:do )?not|nor|except|other than)\b[^.;:]*")
"""What a question says that it does not ask for."""
PLAIN = frozenset(stems("date day time month year number amount quantity count total people person place value event"))
"""Words that say what kind of value is asked for rather than which one."""
WHOLE = frozenset(stems("final payable due grand rounded inclusive including incl inc net after"))
"""Words of a total of everything."""


def standing_in(span: Span, things: Sequence[Any]) -> list[Any]:
    """Gives those of `things`, which are in order of the text, that begin within `span`."""
    first, end = (bisect_left(things, bound, key=lambda thing: thing.start) for bound in span)
    return list(things[first:end])


@dataclass(frozen=True, slots=True)
class Sentence:
    """The passage's sentence of that number, or a part of it, with its words; offsets are the passage's."""

    number: int
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
        if not _PROHIBITS.isdisjoint(word.form for word in self.words):
            return False
        denials = [self.place(word.start) for word in self.words if not NEGATIONS.isdisjoint((word.form, word.form[0]))]
        return any(-3 <= self.place(offset) - denial <= 4 for denial in denials)


@dataclass(frozen=True)
class Reading:
    """What a passage holds; `own_date` is the date that the document bears, if it bears one."""

    text: str
    language: str
    sentences: tuple[Sentence, ...]
    numbers: tuple[Number, ...]
    dates: tuple[DateMention, ...]
    own_date: DateMention | None
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
    if own_date := next((mention for mention in near_top if _OWN_DATE.match(text, mention.end)), None):
        dates = find_dates(text, language, date.fromisoformat(own_date.iso))
    within = [mention for mention in dates if len(mention.iso) > 4]
    numbers = tuple(n for n in find_numbers(text, language) if not any(d.start <= n.start < d.end for d in within))
    return Reading(text, language, sentences, numbers, dates, own_date, find_labels(text), opens)


def _sentence(number: int, text: str, language: str, span: Span) -> Sentence:
    words, places = tuple(find_words(text[slice(*span)], language, span.start)), list[int]()
    for before, word in zip([None, *words], words, strict=False):
        paused = _PAUSE.search(text, before.end if before else span.start, word.end)
        places.append((places[-1] if places else 0) + 1 + (3 if paused else 0))
    return Sentence(number, span, words, tuple(places))


class Candidate(NamedTuple):
    """A value that the passage states at `at`, with a score of 0..1 for how well it answers the variable."""

    value: Any
    at: Span
    score: float
    why: str


@dataclass
class Question:
    """A variable that is asked of some sentences of a passage; all scores are 0..1."""

    variable: Variable
    reading: Reading
    sentences: Sequence[Sentence]
    context: frozenset[str] = frozenset()
    """The stems of what every document is about, which tell little of any one value."""

    def __post_init__(self) -> None:
        self.named = f"{self.variable.name.replace('_', ' ')} {self.variable.display_name}"
        self.several = self.variable.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)
        self.instructions = EXCLUDED.sub("", self.variable.instructions)
        self.known = f"{self.instructions} {' '.join(one.text for one in self.variable.golden_examples)}"

    @cached_property
    def name(self) -> Mapping[str, float]:
        """The stems of the name, with their weights; if all are plain, the first others of the instructions as well."""
        plain, named = PLAIN | self.context, self._stems(self.named)
        others = [one for one in self._stems(self.instructions) if one not in plain or one == "total"]
        more = dict.fromkeys(others[:2] if plain.issuperset(named) else (), 1.0)
        weights = {stem: 0.25 if stem in plain else 1.0 for stem in named} | more
        return weights if max(weights.values(), default=0) == 1.0 else dict.fromkeys(named, 1.0)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The stems of the name that say which value is asked for."""
        return frozenset(stem for stem, weight in self.name.items() if weight == 1)

    def is_named_by(self, told: Set[str]) -> bool:
        """Whether stems have one of the name's, or two that golden examples teach."""
        taught = frozenset(self._stems(" ".join(one.text for one in self.variable.golden_examples)))
        return not told.isdisjoint(self.telling) or len(told & (taught - PLAIN)) > 1

    @cached_property
    def hints(self) -> frozenset[str]:
        """The stems of the instructions and of the golden examples that the name does not have."""
        told = WHOLE.union(self._stems(self.known)) if "total" in self.name else frozenset(self._stems(self.known))
        return told - self.name.keys() - PLAIN - self.context

    @cached_property
    def asked(self) -> frozenset[str]:
        """The stems of the name and of the instructions."""
        return self.hints | self.name.keys()

    @cached_property
    def likeness(self) -> list[float]:
        """How alike each sentence is to the question, and half as much the one before: it may be a heading."""
        words = find_words(f"{self.named} {self.instructions}", self.reading.language)
        own = self.reading.ranking.likeness(words)
        return [(2 * one + before) / 3 for one, before in zip(own, [0.0, *own], strict=False)]

    def likest(self, named: float = 0.0) -> tuple[float, Sentence | None]:
        """The sentence most like the question, if any has words; having all the name's words counts `named`."""
        worded = (one for one in self.sentences if one.words)
        fits = ((max(self.likeness[s.number], named * self._share({w.stem: 1.0 for w in s.words})), s) for s in worded)
        return max(fits, key=lambda fit: fit[0], default=(0.0, None))

    def only_asks(self, kind: frozenset[str]) -> bool:
        """Whether the name only says which kind of value is asked for, in words that `kind` or every document has."""
        return frozenset(self._stems(self.named)) <= PLAIN | kind | self.context

    def covers(self, at: Any) -> bool:
        """Whether it begins in one of the sentences that are asked."""
        return any(sentence.span.start <= at.start < sentence.span.end for sentence in self.sentences)

    def scored(self, things: Sequence[Any]) -> Iterator[tuple[Any, Sentence, float, float]]:
        """Each of the things, in order, with its sentence, and how well its label and the words near it fit."""
        for sentence in self.sentences:
            for thing in standing_in(sentence.span, things):
                label = self.reading.label_of(thing.start)
                yield thing, sentence, self.label_score(label), self._near_score(sentence, thing)

    def label_score(self, label: Label | None) -> float:
        """Gives how far the label says what the name says, and nothing else."""
        words = label_stems(self.reading.words_at(label.label), self.reading.language) if label else None
        if label is None or not words:
            return 0.0
        known = sum(1.0 if stem in self.asked else 0.5 if stem in PLAIN else 0.0 for stem in words) / len(words)
        return self._share(dict.fromkeys(words, 1.0)) * (0.4 + 0.6 * known) * (1.0 if label.sure else 0.8)

    def _near_score(self, sentence: Sentence, at: Any) -> float:
        """Gives how near the variable's words stand to `at`."""
        here, best = sentence.place(at.start), dict[str, float]()
        for word, place in zip(sentence.words, sentence.places, strict=True):
            if word.stem in self.asked and not at.start <= word.start < at.end:
                closeness = max(0.3, 4 / (3 + max(1, abs(place - here))))
                best[word.stem] = max(best.get(word.stem, 0.0), closeness)
        named, hinted = self._share(best), max((best.get(stem, 0.0) for stem in self.hints), default=0.0)
        return min(1.0, named + 0.2 * hinted) if named else 0.4 * hinted

    def _share(self, found: Mapping[str, float]) -> float:
        """How much of the name is found."""
        return sum(weight * found.get(stem, 0.0) for stem, weight in self.name.items()) / (sum(self.name.values()) or 1)

    def _stems(self, text: str) -> Sequence[str]:
        return stems(text, self.reading.language)
