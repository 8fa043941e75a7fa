"""Scores how well a place in the passage fits what a variable asks: by its label, and by the words around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from services.extractor.domain.offline.cues import Cue, Cues
from services.extractor.domain.offline.labels import Label
from services.extractor.domain.offline.lexicon import CURRENCY_WORDS, PLAIN_WORDS, QUESTION_WORDS
from services.extractor.domain.offline.reading import Reading, Sentence
from services.extractor.domain.offline.words import stems
from services.extractor.domain.parsing.sentences import Span

_BY_ORDER_ONLY = 0.8
_UNWANTED = 0.3
_HINT_BONUS = 0.25
_HINTS_ALONE = 0.6
_NOT_NEAREST = 0.35


def label_score(cues: Cues, reading: Reading, label: Label | None) -> float:
    """Gives 0..1: how far the label says what the name says, and nothing else."""
    if label is None:
        return 0.0
    words = [word for word in stems(reading.text[slice(*label.label)]) if word not in QUESTION_WORDS | CURRENCY_WORDS]
    if not words:
        return 0.0
    recall = _weighted(cues.name, lambda cue: max((cue.stems.get(word, 0.0) for word in words), default=0.0))
    known = [_known(word, cues) for word in words]
    score = recall * (0.4 + 0.6 * sum(known) / len(known))
    if cues.unwanted & frozenset(words):
        score *= _UNWANTED
    return score if label.sure else score * _BY_ORDER_ONLY


def near_score(cues: Cues, sentence: Sentence, at: Span, rivals: Iterable[Span]) -> float:
    """Gives 0..1: how near the words of the name and the instructions stand to `at`, and no nearer to one of `rivals`."""
    here = sentence.place(at.start)
    others = [sentence.place(rival.start) for rival in rivals if rival != at]

    def nearness(cue: Cue) -> float:
        best = 0.0
        for word, place in zip(sentence.words, sentence.places, strict=True):
            strength = cue.stems.get(word.stem)
            if strength is None or at.start <= word.start < at.end:
                continue
            distance = abs(place - here)
            nearest = all(distance <= abs(place - other) for other in others)
            best = max(best, strength * (1.0 if nearest else _NOT_NEAREST) / (1 + max(0, distance - 1) / 4))
        return best

    named = _weighted(cues.name, nearness)
    missed = 1.0
    for cue in cues.hints:
        missed *= 1 - cue.weight * nearness(cue)
    score = min(1.0, named + _HINT_BONUS * (1 - missed)) if named else _HINTS_ALONE * (1 - missed)
    return score * _UNWANTED if cues.unwanted & sentence.stems() else score


def sentence_score(cues: Cues, reading: Reading, sentence: Sentence) -> float:
    """Gives 0..1: how much of the name and the instructions the sentence has, rare words counting more."""
    present = sentence.stems()

    def has(cue: Cue) -> float:
        return max((strength for stem, strength in cue.stems.items() if stem in present), default=0.0)

    named = _weighted(cues.name, has)
    telling = [(cue.weight * max(reading.rarity(stem) for stem in cue.stems), has(cue)) for cue in cues.hints]
    possible = sum(weight for weight, _ in telling)
    hinted = sum(weight * found for weight, found in telling) / possible if possible else named
    return 0.6 * named + 0.4 * hinted


def _weighted(cues: Sequence[Cue], score: Callable[[Cue], float]) -> float:
    total = sum(cue.weight for cue in cues)
    return sum(cue.weight * score(cue) for cue in cues) / total if total else 0.0


def _known(word: str, cues: Cues) -> float:
    """How far a label's word is one that was asked for: 1 the name's, less the instructions', less a word of any label."""
    named = max((cue.stems.get(word, 0.0) for cue in cues.name), default=0.0)
    hinted = max((0.8 * cue.stems.get(word, 0.0) for cue in cues.hints), default=0.0)
    return max(named, hinted, 0.5 if word in PLAIN_WORDS else 0.0)
