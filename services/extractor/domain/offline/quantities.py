"""Answers NUMBER variables: the number that the label or the words around it tie to what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from services.extractor.domain.codebook import Variable
from services.extractor.domain.offline.candidates import Candidate, choose
from services.extractor.domain.offline.cues import Cue, Cues
from services.extractor.domain.offline.labels import Label
from services.extractor.domain.offline.lexicon import (
    FINAL_WORDS,
    MONEY_WORDS,
    PARTIAL_WORDS,
    PERCENT_WORDS,
    QUANTITY_WORDS,
    TOTAL_WORDS,
    YEAR_WORDS,
)
from services.extractor.domain.offline.reading import Reading, Sentence
from services.extractor.domain.offline.relevance import label_score, near_score
from services.extractor.domain.offline.words import stems
from services.extractor.domain.parsing.magnitudes import is_currency
from services.extractor.domain.parsing.numbers import Number
from services.extractor.domain.parsing.sentences import Span

_LEAST = 0.3
_DISPUTED = 0.6
_NONE_AT_ALL = 0.6
_RIVAL = 0.7
_OF_EVERYTHING = Cue(0.4, dict.fromkeys(FINAL_WORDS, 1.0))


def answer_number(variable: Variable, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> list[Candidate]:
    """Gives the numbers that `within`, sentences of the passage, state for the variable; 0 where they deny any."""
    if cues.asked & TOTAL_WORDS:
        cues = replace(cues, hints=(*cues.hints, _OF_EVERYTHING))
    stated = list(_stated(cues, reading, within))
    if cues.asked & TOTAL_WORDS:
        stated = _greatest_first(stated)
    return choose([*stated, *_denied(cues, within)], variable, _LEAST)


def _greatest_first(candidates: list[Candidate]) -> list[Candidate]:
    """Favours the greater of values that fit about as well: a total is no less than its parts."""
    best = max((one.score for one in candidates), default=0.0)
    greatest = max((one.value for one in candidates if one.score >= _RIVAL * best), default=0)
    return [replace(one, score=one.score * (0.85 + 0.15 * min(1, max(0, one.value / (greatest or 1))))) for one in candidates]


def _stated(cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    for sentence in within:
        numbers = [number for number in reading.numbers if sentence.span.start <= number.start < sentence.span.end]
        spans = [Span(number.start, number.end) for number in numbers]
        for number, at in zip(numbers, spans, strict=True):
            label = reading.label_of(number.start)
            labelled = label_score(cues, reading, label) * _extent(cues, reading, label)
            near = near_score(cues, sentence, at, spans) * (_DISPUTED if sentence.disputed() else 1.0)
            score = max(labelled, near) * _fit(cues, number)
            why = "labelled" if labelled >= near else "next to the words asked for"
            yield Candidate(number.value, at, score, why)
            if number.upper is not None:
                yield Candidate(number.upper, at, score, f"{why}, the upper end of a range")


def _extent(cues: Cues, reading: Reading, label: Label | None) -> float:
    """How well a label's words fit a total, when one is asked for: it is of everything, of money, and not of a part."""
    words = frozenset(stems(reading.text[slice(*label.label)])) if label else frozenset()
    if not cues.asked & TOTAL_WORDS:
        return 1.0
    money = not cues.asked & QUANTITY_WORDS
    factor = 0.4 if money and words & QUANTITY_WORDS else 1.0
    if words & (PARTIAL_WORDS - cues.asked) and not words & FINAL_WORDS:
        factor *= 0.6
    return factor * (1.1 if words & FINAL_WORDS else 1.0)


def _denied(cues: Cues, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    """Nought, where a sentence says that there was none of what is counted and gives no number."""
    if cues.asked & (MONEY_WORDS | PERCENT_WORDS | YEAR_WORDS):
        return
    for sentence in within:
        for word in sentence.words:
            told = max((cue.stems.get(word.stem, 0.0) for cue in cues.name if cue.weight == 1.0), default=0.0)
            if told and sentence.denied(word.start) and not sentence.disputed():
                yield Candidate(0, Span(word.start, word.end), told * _NONE_AT_ALL, "said to be none")


def _fit(cues: Cues, number: Number) -> float:
    """How well the kind of number fits the kind that is asked for: money, a share, a year, or a count."""
    money = is_currency(number.unit)
    share = number.unit == "%" or number.unit.lower().startswith(("per", "pro", "por", "pour", "про"))
    whole = isinstance(number.value, int)
    if cues.asked & PERCENT_WORDS:
        return 1.0 if share else 0.5
    if cues.asked & YEAR_WORDS:
        return 1.0 if whole and 1000 <= number.value <= 2200 else 0.6
    if cues.asked & MONEY_WORDS:
        likely = 1.0 if money or not whole else 0.3 if share else 0.6
        return likely * (0.5 if number.value <= 0 else 1.0)
    return 0.5 if money or share else 1.0 if whole else 0.85
