"""The `offline` engine: answers calls by the passage's own words, with no model and no network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from coderai.codebook.variable import VariableType
from coderai.engines.calls import Call, CallKind, Reply
from coderai.engines.offline.candidates import Candidate, choose, contest, to_answer
from coderai.engines.offline.choices import find_categories_for, find_truth_for
from coderai.engines.offline.cues import context_of, cues_of
from coderai.engines.offline.entities import MOST_ENTITIES, about, identify
from coderai.engines.offline.moments import find_dates_for
from coderai.engines.offline.quantities import find_numbers_for
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import read
from coderai.engines.offline.texts import find_texts_for
from coderai.kit.model_replies import Finish

_LEAST_SCORE = {
    VariableType.TEXT: 0.3,
    VariableType.NUMBER: 0.3,
    VariableType.DATE: 0.3,
    VariableType.CATEGORY: 0.25,
    VariableType.BOOLEAN: 0.5,
}


class OfflineEngine:
    """Answers any call without a model; equal calls get equal replies."""

    async def ask(self, call: Call) -> Reply:
        """Answers one call, off the event loop."""
        return await asyncio.to_thread(answer, call)


def answer(call: Call) -> Reply:
    """Answers one call: an EXTRACT's every variable has a key, with an empty tuple where the passage states nothing.

    Every quote is a stretch of the passage that has the value, 200 code points at most.
    """
    if call.kind in (CallKind.JUDGE, CallKind.SAME):
        return Reply()
    reading = read(call.passage)
    if call.kind is CallKind.IDENTIFY:
        entities = identify(call.codebook, reading, call.known)
        finish = Finish.CUT_OFF if len(entities) > MOST_ENTITIES else Finish.COMPLETE
        return Reply(entities=entities[:MOST_ENTITIES], finish=finish)
    sentences = about(call.entity, call.codebook, reading) if call.entity else reading.sentences
    context = context_of(call.codebook)
    asked = {one.name: Question(one, cues_of(one, context), reading, sentences) for one in call.variables}
    found = {name: list(_find(question)) for name, question in asked.items()}
    found |= contest({one.name: found[one.name] for one in call.variables if one.type is VariableType.NUMBER})
    chosen = {
        name: choose(found[name], question, _LEAST_SCORE[question.variable.type]) for name, question in asked.items()
    }
    return Reply(answers={name: tuple(to_answer(one, reading) for one in kept) for name, kept in chosen.items()})


def _find(question: Question) -> Iterable[Candidate]:
    match question.variable.type:
        case VariableType.NUMBER:
            return find_numbers_for(question)
        case VariableType.DATE:
            return find_dates_for(question)
        case VariableType.BOOLEAN:
            return find_truth_for(question)
        case VariableType.CATEGORY:
            return find_categories_for(question)
        case VariableType.TEXT:
            return find_texts_for(question)
