"""What a finder found: a value, where it stands, and how well it fits; and which of several to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coderai.codebook.reply import Answer
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import Reading
from coderai.language.sentences import Span

LONGEST_QUOTE = 200
"""Code points of a quote at most."""

_LEAST_CONFIDENCE, _MOST_CONFIDENCE = 0.3, 0.85
_LABEL_LINES = 2
_TIED, _ALSO = 0.97, 0.7
_CROWDED = 0.85
_CLEARLY, _TAKEN = 0.95, 0.6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that the passage states at `at`, with a score of 0..1 for how well it answers the variable."""

    value: Any
    at: Span
    score: float
    why: str


def contest(found: Mapping[str, Sequence[Candidate]]) -> dict[str, list[Candidate]]:
    """Weakens a value for every variable, by name, where it fits another one clearly better: it is that one's value."""
    best: dict[Span, float] = {}
    for candidates in found.values():
        for one in candidates:
            best[one.at] = max(best.get(one.at, 0.0), one.score)

    def settled(one: Candidate) -> Candidate:
        return replace(one, score=_TAKEN * one.score) if one.score < _CLEARLY * best[one.at] else one

    return {name: [settled(one) for one in candidates] for name, candidates in found.items()}


def choose(candidates: Iterable[Candidate], question: Question, least: float) -> list[Candidate]:
    """Keeps the best value and those that fit as well, in order of the text; each value once, where it fits best.

    A variable that collects several values also gets those that fit nearly as well.
    """
    best: dict[Any, Candidate] = {}
    for one in candidates:
        key = one.value.casefold() if isinstance(one.value, str) else one.value
        if one.score >= max(least, best[key].score if key in best else 0.0):
            best[key] = one
    limit = max((one.score for one in best.values()), default=0.0) * (_ALSO if question.several else _TIED)
    kept = sorted((one for one in best.values() if one.score >= limit), key=lambda one: (one.at.start, str(one.value)))
    kept = kept[: max(1, question.variable.max_values)]
    if len(kept) > 1 and not question.several:
        return [replace(one, score=_CROWDED * one.score) for one in kept]
    return kept


def to_answer(candidate: Candidate, reading: Reading) -> Answer:
    """Gives the candidate as an answer, with the sentence around it as the quote; scores map to 0.3..0.85."""
    certainty = min(1.0, max(0.0, candidate.score))
    confidence = _LEAST_CONFIDENCE + (_MOST_CONFIDENCE - _LEAST_CONFIDENCE) * certainty
    return Answer(candidate.value, quote(reading, candidate.at), round(confidence, 2), candidate.why)


def quote(reading: Reading, at: Span) -> str:
    """Gives the sentence around `at`, or as much of it as a quote may have; the label, if one names it, included."""
    sentence = reading.sentence_at(at.start).span
    label = reading.label_of(at.start)
    start, end = min(sentence.start, at.start), max(sentence.end, at.end)
    if label and label.sure and reading.text.count("\n", label.label.start, at.start) <= _LABEL_LINES:
        start = min(start, label.label.start)
    if end - start > LONGEST_QUOTE:
        start, end = _around(reading.text, at, start, end)
    return reading.text[start:end].strip()


def _around(text: str, at: Span, start: int, end: int) -> tuple[int, int]:
    """The stretch of text[start:end] that has `at` and is not too long, cut between words where it can be."""
    left = max(start, at.start - max(0, LONGEST_QUOTE - (at.end - at.start)) // 2)
    right = min(end, left + LONGEST_QUOTE)
    left = max(start, min(left, right - LONGEST_QUOTE))
    if left > start and (gap := text.find(" ", left, at.start)) >= 0:
        left = gap + 1
    if right < end and (gap := text.rfind(" ", at.end, right)) >= 0:
        right = gap
    return left, right
