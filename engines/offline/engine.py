"""The `offline` engine: answers calls by the passage's own words, with no model and no network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from coderai.codebook.reply import Answer
from coderai.codebook.variable import VariableType
from coderai.engines.calls import Call, CallKind, Entity, Reply
from coderai.engines.offline.entities import about, identify
from coderai.engines.offline.question import Candidate, Question
from coderai.engines.offline.reading import Reading, read
from coderai.engines.offline.texts import LONGEST
from coderai.engines.offline.values import FINDERS
from coderai.engines.offline.words import stems
from coderai.kit.model_replies import Finish
from coderai.language.sentences import Span

MOST_ENTITIES = 200
"""Entities of one reply at most; the rest are for a call that names these as known."""
_LEAST_CONFIDENCE, _MOST_CONFIDENCE = 0.3, 0.65


class OfflineEngine:
    """Answers any call without a model; equal calls get equal replies."""

    async def ask(self, call: Call) -> Reply:
        """Answers one call, off the event loop."""
        return await asyncio.to_thread(answer, call)


def answer(call: Call) -> Reply:
    """Answers one call: an EXTRACT's every variable has a key, with an empty tuple where nothing was found.

    Every quote is a stretch of the passage that has the value, 200 code points at most.
    """
    if call.kind in (CallKind.JUDGE, CallKind.DECIDE):
        return Reply()
    reading, codebook = read(call.passage), call.codebook
    if call.kind is CallKind.IDENTIFY:
        new = [(name, at) for name, at in identify(codebook, reading).items() if name not in call.known]
        entities = tuple(Entity(name, _quote(reading, at)) for name, at in new[:MOST_ENTITIES])
        return Reply(entities=entities, finish=Finish.CUT_OFF if len(new) > MOST_ENTITIES else Finish.COMPLETE)
    sentences = about(call.entity, codebook, reading) if call.entity else reading.sentences
    described = f"{codebook.domain} {codebook.document_type} {codebook.project_name} {codebook.unit.row_is}"
    asked = [Question(variable, reading, sentences, frozenset(stems(described))) for variable in call.variables]
    found = {one.variable.name: list(FINDERS[one.variable.type][0](one)) for one in asked}
    numbers = [one.variable.name for one in asked if one.variable.type is VariableType.NUMBER]
    best: dict[Span, float] = {}
    for candidate in (candidate for name in numbers for candidate in found[name]):
        best[candidate.at] = max(best.get(candidate.at, 0.0), candidate.score)
    for name in numbers:  # A number that fits another variable clearly better is that one's value.
        found[name] = [c._replace(score=c.score * (0.6 if c.score < 0.95 * best[c.at] else 1)) for c in found[name]]
    chosen = {one.variable.name: _choose(found[one.variable.name], one) for one in asked}
    answers = {name: tuple(_answer(candidate, reading) for candidate in kept) for name, kept in chosen.items()}
    return Reply(answers=answers, knows_absence=False)


def _choose(candidates: Iterable[Candidate], question: Question) -> list[Candidate]:
    """The best value and those that fit as well, in order of the text; each once, where it fits best.

    A variable that collects several values also gets those that fit nearly as well.
    """
    best: dict[Any, Candidate] = {}
    for one in candidates:
        key = one.value.casefold() if isinstance(one.value, str) else one.value
        if one.score >= max(FINDERS[question.variable.type][1], best[key].score if key in best else 0.0):
            best[key] = one
    limit = max((one.score for one in best.values()), default=0.0) * (0.7 if question.several else 0.97)
    kept = sorted((one for one in best.values() if one.score >= limit), key=lambda one: (one.at.start, str(one.value)))
    return kept[: max(1, question.variable.max_values)]


def _answer(candidate: Candidate, reading: Reading) -> Answer:
    confidence = _LEAST_CONFIDENCE + (_MOST_CONFIDENCE - _LEAST_CONFIDENCE) * min(1.0, max(0.0, candidate.score))
    return Answer(candidate.value, _quote(reading, candidate.at), round(confidence, 2), candidate.why)


def _quote(reading: Reading, at: Span) -> str:
    """The sentence around `at`, with the label that names it, or as much of it as a quote may have."""
    sentence, label = reading.sentence_at(at.start).span, reading.label_of(at.start)
    start, end = min(sentence.start, at.start), max(sentence.end, at.end)
    if label and label.sure and reading.text.count("\n", label.label.start, at.start) <= 2:
        start = min(start, label.label.start)
    if end - start > LONGEST:
        start = max(start, at.start - max(0, LONGEST - (at.end - at.start)) // 2)
        end = min(end, start + LONGEST)
    return reading.text[start:end].strip()
