"""A variable asked of a passage, and how well a label, a place or a sentence of it fits what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import regex

from coderai.codebook.variable import IfMultipleValues, Variable
from coderai.engines.offline.labels import Label
from coderai.engines.offline.reading import Reading, Sentence
from coderai.engines.offline.words import find_words, label_stems, stems
from coderai.language.sentences import Span

_NOT_THIS = regex.compile(
    r"(?i)\b(?:do not|don't|never|not (?:the|an?)|but not|nor|exclud\w*|except|ignor\w*|rather than|instead)\b[^.;\n]*"
)
PLAIN = frozenset(stems("date day time month year number amount quantity count total people person place value event"))
"""Words that say what kind of value is asked for rather than which one."""

WHOLE = frozenset(stems("final payable due grand rounded inclusive including incl inc net nett owed after"))
"""Words of a total of everything."""


class Candidate(NamedTuple):
    """A value that the passage states at `at`, with a score of 0..1 for how well it answers the variable."""

    value: Any
    at: Span
    score: float
    why: str


@dataclass(frozen=True)
class Question:
    """A variable that is asked of some sentences of a passage; all scores are 0..1."""

    variable: Variable
    reading: Reading
    sentences: Sequence[Sentence]
    context: frozenset[str] = frozenset()
    """The stems of what every document is about, which tell little of any one value."""

    @cached_property
    def several(self) -> bool:
        """Whether the variable collects all the values that there are."""
        return self.variable.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)

    @cached_property
    def named(self) -> str:
        """The variable's name and display name."""
        return f"{self.variable.name.replace('_', ' ')} {self.variable.display_name}"

    @cached_property
    def name(self) -> Mapping[str, float]:
        """The stems of the name, with their weights; if all are plain, the first others of the instructions as well."""
        plain, named = PLAIN | self.context, stems(self.named, self.reading.language)
        others = (
            () if not plain.issuperset(named) else [one for one in self._wanted if one not in plain or one == "total"]
        )
        weights = {stem: 0.25 if stem in plain else 1.0 for stem in named} | dict.fromkeys(others[:2], 1.0)
        return weights if max(weights.values(), default=0) == 1.0 else dict.fromkeys(named, 1.0)

    @cached_property
    def hints(self) -> frozenset[str]:
        """The stems of the instructions and of the golden examples that the name does not have."""
        examples = stems(" ".join(example.text for example in self.variable.golden_examples), self.reading.language)
        whole = WHOLE if "total" in self.name else frozenset[str]()
        return (whole | {*self._wanted, *examples}) - self.name.keys() - PLAIN - self.context

    @cached_property
    def asked(self) -> frozenset[str]:
        """The stems of the name and of what the instructions want."""
        return self.hints | self.name.keys()

    @cached_property
    def _wanted(self) -> Sequence[str]:
        return stems(_NOT_THIS.sub(" ", self.variable.instructions), self.reading.language)

    @cached_property
    def _unwanted(self) -> frozenset[str]:
        """The stems of what the instructions rule out ("not the subtotal")."""
        ruled_out = " ".join(_NOT_THIS.findall(self.variable.instructions))
        return frozenset(stems(ruled_out, self.reading.language)) - self.asked - PLAIN

    @cached_property
    def likeness(self) -> list[float]:
        """How alike each sentence is to the question, and half as much the one before: it may be a heading."""
        words = find_words(f"{self.named} {_NOT_THIS.sub(' ', self.variable.instructions)}", self.reading.language)
        own = self.reading.ranking.likeness(words)
        return [(2 * one + before) / 3 for one, before in zip(own, [0.0, *own], strict=False)]

    def likest(self, named: float = 0.0) -> Sentence | None:
        """The sentence that is most like the question, if any has words; having the name's words counts so much."""
        worded = (sentence for sentence in self.sentences if sentence.words)
        return max(worded, key=lambda sentence: self.fit(sentence, named), default=None)

    def fit(self, sentence: Sentence, named: float) -> float:
        """A sentence's likeness, or so much for having the name's words if that is more."""
        told = dict.fromkeys((word.stem for word in sentence.words), named) if named else {}
        return max(self.likeness[sentence.number], self._share(told))

    def only_asks(self, kind: frozenset[str]) -> bool:
        """Whether the name only says which kind of value is asked for, in words that `kind` or every document has."""
        return frozenset(stems(self.named, self.reading.language)) <= PLAIN | kind | self.context

    def covers(self, span: Span) -> bool:
        """Whether `span` begins in one of the sentences that are asked."""
        return any(sentence.span.start <= span.start < sentence.span.end for sentence in self.sentences)

    def label_score(self, label: Label | None) -> float:
        """Gives how far the label says what the name says, and nothing else."""
        words = label_stems(self.reading.words_at(label.label), self.reading.language) if label else frozenset[str]()
        if label is None or not words:
            return 0.0
        known = sum(1.0 if stem in self.asked else 0.5 if stem in PLAIN else 0.0 for stem in words) / len(words)
        score = self._share(dict.fromkeys(words, 1.0)) * (0.4 + 0.6 * known) * (1.0 if label.sure else 0.8)
        return score * (0.3 if self._unwanted & words else 1.0)

    def near_score(self, sentence: Sentence, at: Span, rivals: Sequence[int]) -> float:
        """Gives how near the variable's words stand to `at`; one nearer to one of `rivals`, places, counts less."""
        here, best = sentence.place(at.start), dict[str, float]()
        for word, place in zip(sentence.words, sentence.places, strict=True):
            if word.stem in self.asked and not at.start <= word.start < at.end:
                distance = abs(place - here)
                nearest = all(distance <= abs(place - rival) for rival in rivals)
                closeness = max(0.3, 4 / (3 + max(1, distance))) * (1.0 if nearest else 0.35)
                best[word.stem] = max(best.get(word.stem, 0.0), closeness)
        named, hinted = self._share(best), max((best.get(stem, 0.0) for stem in self.hints), default=0.0)
        score = min(1.0, named + 0.2 * hinted) if named else 0.4 * hinted
        return score * (0.3 if any(word.stem in self._unwanted for word in sentence.words) else 1.0)

    def _share(self, found: Mapping[str, float]) -> float:
        """How much of the name is found."""
        return sum(weight * found.get(stem, 0.0) for stem, weight in self.name.items()) / (sum(self.name.values()) or 1)
