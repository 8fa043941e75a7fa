"""The `offline` engine: answers calls by the passage's own words, with no model and no network."""

from __future__ import annotations

import asyncio

from services.extractor.domain.calls import Answer, Call, CallKind, Reply
from services.extractor.domain.codebook import Variable, VariableType
from services.extractor.domain.offline.candidates import to_answer
from services.extractor.domain.offline.choices import answer_boolean, answer_category
from services.extractor.domain.offline.cues import context_of, cues_of
from services.extractor.domain.offline.entities import about, identify
from services.extractor.domain.offline.moments import answer_date
from services.extractor.domain.offline.quantities import answer_number
from services.extractor.domain.offline.reading import Reading, Sentence, read
from services.extractor.domain.offline.texts import answer_text

_ANSWERERS = {
    VariableType.TEXT: answer_text,
    VariableType.NUMBER: answer_number,
    VariableType.DATE: answer_date,
    VariableType.CATEGORY: answer_category,
    VariableType.BOOLEAN: answer_boolean,
}


class OfflineEngine:
    """Answers any call without a model; equal calls get equal replies."""

    async def ask(self, call: Call) -> Reply:
        """Answers one call, off the event loop."""
        return await asyncio.to_thread(answer, call)


def answer(call: Call) -> Reply:
    """Answers one call: an EXTRACT's every variable has a key, with an empty tuple where the passage states nothing."""
    reading = read(call.passage.text, call.passage.language)
    if call.kind is CallKind.IDENTIFY:
        return Reply(entities=identify(call.codebook, reading))
    within = about(call.entity, reading) if call.entity else reading.sentences
    context = context_of(call.codebook)
    return Reply(answers={variable.name: _ask(variable, context, reading, within) for variable in call.variables})


def _ask(variable: Variable, context: frozenset[str], reading: Reading, within: tuple[Sentence, ...]) -> tuple[Answer, ...]:
    cues = cues_of(variable, context)
    found = _ANSWERERS[variable.type](variable, cues, reading, within)
    return tuple(to_answer(candidate, reading) for candidate in found)
