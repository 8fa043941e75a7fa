"""Finds the values of NUMBER variables: numbers that a label or the words around them tie to what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from coderai.engines.offline.candidates import Candidate
from coderai.engines.offline.cues import Cue
from coderai.engines.offline.lexicon import (
    AGE_WORDS,
    FINAL_WORDS,
    MONEY_WORDS,
    PARTIAL_WORDS,
    PERCENT_WORDS,
    QUANTITY_WORDS,
    TOTAL_WORDS,
    YEAR_WORDS,
)
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import standing_in
from coderai.language.magnitudes import is_currency, is_percent
from coderai.language.numbers import Number
from coderai.language.sentences import Span

_DISPUTED = 0.6
_NONE_AT_ALL = 0.6
_AS_AN_AGE = 0.5
_RIVAL = 0.5
_OF_EVERYTHING = Cue("final", 0.4, dict.fromkeys(FINAL_WORDS, 1.0))
_WITH_CENTS = regex.compile(r"[.,]\d\d$")
_AFTER_NAME = regex.compile(r"\p{L},? \(?$")


def find_numbers_for(question: Question) -> list[Candidate]:
    """Finds the numbers that the passage states for the variable; nought where it says that there was none."""
    if question.cues.asked.isdisjoint(TOTAL_WORDS):
        return [*_stated(question), *_denied(question)]
    cues = replace(question.cues, hints=(*question.cues.hints, _OF_EVERYTHING))
    return _greatest_first(list(_stated(replace(question, cues=cues))))


def _stated(question: Question) -> Iterator[Candidate]:
    for sentence in question.sentences:
        numbers = standing_in(sentence.span, question.reading.numbers)
        fits = [_fit(question, number) for number in numbers]
        rivals = sentence.places_of([number for number, fit in zip(numbers, fits, strict=True) if fit >= _RIVAL])
        for number, fit in zip(numbers, fits, strict=True):
            at = Span(number.start, number.end)
            label = question.reading.label_of(number.start)
            labelled = question.label_score(label)
            near = question.near_score(sentence, at, rivals) * (_DISPUTED if sentence.disputed() else 1.0)
            if question.cues.asked & AGE_WORDS and _AFTER_NAME.search(
                question.reading.text, max(0, at.start - 4), at.start
            ):
                near = max(near, _AS_AN_AGE)
            score = max(labelled, near) * _extent(question, question.label_words(label)) * fit
            why = "labelled" if labelled >= near else "next to the words asked for"
            yield Candidate(number.value, at, score, why)
            if number.upper is not None:
                yield Candidate(number.upper, at, score, f"{why}, the upper end of a range")


def _denied(question: Question) -> Iterator[Candidate]:
    """Nought, where a sentence says that there was none of what is counted."""
    if question.cues.asked & (MONEY_WORDS | PERCENT_WORDS | YEAR_WORDS):
        return
    counted = [cue for cue in question.cues.name if cue.weight == 1.0]
    for sentence in question.sentences:
        if sentence.disputed():
            continue
        for word in sentence.words:
            told = max((cue.stems.get(word.stem, 0.0) for cue in counted), default=0.0)
            if told and sentence.denied(word.start):
                yield Candidate(0, Span(word.start, word.end), told * _NONE_AT_ALL, "said to be none")


def _greatest_first(candidates: list[Candidate]) -> list[Candidate]:
    """Favours the greater of values that fit about as well: a total is no less than its parts."""
    best = max((one.score for one in candidates), default=0.0)
    greatest = max((one.value for one in candidates if one.score >= 0.7 * best), default=0) or 1
    return [replace(one, score=one.score * (0.85 + 0.15 * min(1, max(0, one.value / greatest)))) for one in candidates]


def _extent(question: Question, label: frozenset[str]) -> float:
    """How well a label's words fit a total, when one is asked for: it is of everything, of money, and not of a part."""
    asked = question.cues.asked
    if asked.isdisjoint(TOTAL_WORDS):
        return 1.0
    factor = 0.4 if label & QUANTITY_WORDS and not asked & QUANTITY_WORDS else 1.0
    if label & FINAL_WORDS:
        return factor * 1.1
    return factor * (0.6 if label & PARTIAL_WORDS - asked else 1.0)


def _fit(question: Question, number: Number) -> float:
    """How well the kind of number fits the kind that is asked for: a share, a year, money, or a count."""
    asked, share, money = question.cues.asked, is_percent(number.unit), is_currency(number.unit)
    written = question.reading.text[number.start : number.end]
    if number.age:
        return 1.0 if asked & AGE_WORDS else 0.1
    if asked & PERCENT_WORDS:
        return 1.0 if share else 0.5
    if asked & YEAR_WORDS:
        return 1.0 if written.isdigit() and 1000 <= number.value <= 2200 else 0.1
    if asked & MONEY_WORDS:
        likely = 1.0 if money or _WITH_CENTS.search(written) else 0.3 if share else 0.6
        return likely if number.value > 0 else likely / 2
    return 0.5 if money or share else 1.0 if isinstance(number.value, int) else 0.85
