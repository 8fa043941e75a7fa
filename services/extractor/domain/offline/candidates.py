"""What an answerer found: a value, where it stands, and how well it fits; and which of several to give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from services.extractor.domain.calls import Answer
from services.extractor.domain.codebook import IfMultipleValues, Variable
from services.extractor.domain.offline.reading import Reading
from services.extractor.domain.parsing.sentences import Span

LONGEST_QUOTE = 200
"""Code points of a quote at most."""

_LEAST = 0.3
_SURE = 0.85
_TIED = 0.97
_ALSO = 0.7
_CROWD = 0.85


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that the passage states at `at`, with a score of 0..1 for how well it answers the variable."""

    value: Any
    at: Span
    score: float
    why: str


def choose(candidates: Iterable[Candidate], variable: Variable, least: float) -> list[Candidate]:
    """Keeps the best value and those that fit as well, in order of the text; each value once, where it fits best.

    A variable that collects several values also gets those that fit nearly as well.
    """
    best: dict[Any, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.value)
        if candidate.score >= least and (known is None or candidate.score > known.score):
            best[candidate.value] = candidate
    if not best:
        return []
    several = variable.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)
    limit = max(candidate.score for candidate in best.values()) * (_ALSO if several else _TIED)
    kept = sorted((one for one in best.values() if one.score >= limit), key=lambda one: (one.at.start, str(one.value)))
    crowded = 1.0 if several or len(kept) == 1 else _CROWD
    return [replace(one, score=one.score * crowded) for one in kept[: max(variable.max_values, 1)]]


def to_answer(candidate: Candidate, reading: Reading) -> Answer:
    """Gives the candidate as an answer, with the sentence around it as the quote; scores map to 0.3..0.85."""
    confidence = _LEAST + (_SURE - _LEAST) * min(1.0, max(0.0, candidate.score))
    return Answer(candidate.value, quote(reading, candidate.at), round(confidence, 2), candidate.why)


def quote(reading: Reading, at: Span) -> str:
    """Gives the sentence around `at`, or as much of it as a quote may have; the label, if one names it, included."""
    sentence = reading.sentence_at(at.start).span
    label = reading.label_of(at.start)
    start = min(sentence.start, label.label.start if label and label.sure else sentence.start, at.start)
    end = max(sentence.end, at.end)
    if end - start > LONGEST_QUOTE:
        start, end = _around(reading.text, at, start, end)
    return reading.text[start:end].strip()


def _around(text: str, at: Span, start: int, end: int) -> tuple[int, int]:
    """The stretch of text[start:end] that has `at` and is not too long, cut between words where it can be."""
    spare = max(0, LONGEST_QUOTE - (at.end - at.start))
    left = max(start, at.start - spare // 2)
    right = min(end, left + LONGEST_QUOTE)
    left = max(start, min(left, right - LONGEST_QUOTE))
    if left > start and 0 <= (gap := text.find(" ", left, at.start)):
        left = gap + 1
    if right < end and at.end < (gap := text.rfind(" ", at.end, right)):
        right = gap
    return left, right
