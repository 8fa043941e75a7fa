"""A variable asked of a passage, and how well a label, a place or a sentence of it fits what is asked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coderai.codebook.variable import IfMultipleValues, Variable
from coderai.engines.offline.cues import Cue, Cues
from coderai.engines.offline.labels import Label
from coderai.engines.offline.lexicon import CURRENCY_WORDS, PLAIN_WORDS, QUESTION_WORDS
from coderai.engines.offline.reading import Reading, Sentence
from coderai.engines.offline.words import stem_set
from coderai.language.sentences import Span

# These and the other factors of the engine were set by hand on receipts and contracts, and measured on others.
_BY_ORDER_ONLY = 0.8
_UNWANTED = 0.3
_HINT_BONUS = 0.25
_HINTS_ALONE = 0.6
_NOT_NEAREST = 0.35
_SAME_SENTENCE = 0.3
_UNDER_HEADING = 0.5
_INSTEAD = 0.9
_NAME_SHARE = 0.7
_NAME_ALONE = 0.8


@dataclass(frozen=True, slots=True)
class Question:
    """A variable that is asked of some sentences of a passage; all scores are 0..1."""

    variable: Variable
    cues: Cues
    reading: Reading
    sentences: tuple[Sentence, ...]

    @property
    def several(self) -> bool:
        """Whether the variable collects all the values that there are."""
        return self.variable.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)

    def text(self, span: Span) -> str:
        """Gives the passage's words at `span` with every run of blanks as one."""
        return " ".join(self.reading.text[slice(*span)].split())

    def covers(self, span: Span) -> bool:
        """Whether `span` begins in one of the sentences that are asked."""
        at = bisect_right(self.sentences, span.start, key=lambda sentence: sentence.span.start) - 1
        return at >= 0 and span.start < self.sentences[at].span.end

    def label_score(self, label: Label | None) -> float:
        """Gives how far the label says what the name says, and nothing else."""
        words = self.label_words(label) - QUESTION_WORDS - CURRENCY_WORDS
        if label is None or not words:
            return 0.0
        recall = self._named(lambda cue: max(map(cue.likeness, words)))
        precision = sum(map(self._known, words)) / len(words)
        score = recall * (0.4 + 0.6 * precision)
        if not self.cues.unwanted.isdisjoint(words):
            score *= _UNWANTED
        return score if label.sure else score * _BY_ORDER_ONLY

    def label_words(self, label: Label | None) -> frozenset[str]:
        """Gives the stems of the label's words."""
        return stem_set(self.reading.text[slice(*label.label)]) if label else frozenset()

    def near_score(self, sentence: Sentence, at: Span, rivals: Sequence[int]) -> float:
        """Gives how near the cues stand to `at`; a cue nearer to one of `rivals`, places in order, counts less."""
        here = sentence.place(at.start)

        def nearness(cue: Cue) -> float:
            best = _UNDER_HEADING * cue.strength(sentence.heading & cue.stems.keys())
            for stem in sentence.where.keys() & cue.stems.keys():
                for word in sentence.where[stem]:
                    if not at.start <= sentence.words[word].start < at.end:
                        closeness = _closeness(sentence.places[word], here, rivals)
                        best = max(best, cue.stems[stem] * closeness)
            return best

        named, missed = self._named(nearness), 1.0
        for cue in self.cues.hints:
            missed *= 1 - cue.weight * nearness(cue)
        score = min(1.0, named + _HINT_BONUS * (1 - missed)) if named else _HINTS_ALONE * (1 - missed)
        return score if self.cues.unwanted.isdisjoint(sentence.where) else score * _UNWANTED

    def sentence_score(self, sentence: Sentence) -> float:
        """Gives how much of the name, and less of the instructions, the sentence has; rare words count more."""

        def share(cues: Sequence[Cue]) -> float:
            weights = [cue.weight * self.reading.rarity(cue.word) for cue in cues]
            found = sum(weight * _presence(cue, sentence) for weight, cue in zip(weights, cues, strict=True))
            return found / sum(weights) if cues else 0.0

        if not self.cues.hints:
            return _NAME_ALONE * share(self.cues.name)
        return _NAME_SHARE * share(self.cues.name) + (1 - _NAME_SHARE) * share(self.cues.hints)

    def _named(self, score: Callable[[Cue], float]) -> float:
        return max(_weighted(self.cues.name, score), _INSTEAD * _weighted(self.cues.instead, score))

    def _known(self, word: str) -> float:
        """How far a label's word is asked for: 1 if the name has it, less the instructions, less any label's word."""
        named = max((cue.likeness(word) for cue in (*self.cues.name, *self.cues.instead)), default=0.0)
        hinted = max((0.8 * cue.likeness(word) for cue in self.cues.hints), default=0.0)
        return max(named, hinted, 0.5 if word in PLAIN_WORDS else 0.0)


def _closeness(place: int, here: int, rivals: Sequence[int]) -> float:
    """1 next to each other, falling off with the words between, less still if one of `rivals`, sorted, is nearer."""
    distance = abs(place - here)
    at = bisect_left(rivals, place)
    nearest = all(distance <= abs(place - rival) for rival in rivals[max(0, at - 1) : at + 1])
    return max(_SAME_SENTENCE, 1 / (1 + max(0, distance - 1) / 4)) * (1.0 if nearest else _NOT_NEAREST)


def _presence(cue: Cue, sentence: Sentence) -> float:
    inside = cue.strength(sentence.where.keys() & cue.stems.keys())
    return max(inside, _UNDER_HEADING * cue.strength(sentence.heading & cue.stems.keys()))


def _weighted(cues: Sequence[Cue], score: Callable[[Cue], float]) -> float:
    total = sum(cue.weight for cue in cues)
    return sum(cue.weight * score(cue) for cue in cues) / total if total else 0.0
