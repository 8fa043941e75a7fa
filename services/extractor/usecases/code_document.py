"""Codes one document under a codebook: plans the calls, asks the engine, checks, merges and decides."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.extractor.domain import deciding, entities, planning
from services.extractor.domain.calls import (
    NOTHING_USED,
    Call,
    CallKind,
    Engine,
    Finish,
    ModelReplyInvalid,
    Passage,
    Reply,
    Usage,
)
from services.extractor.domain.codebook import Codebook, Variable
from services.extractor.domain.conditions import is_met, rounds
from services.extractor.domain.document import Document, Span
from services.extractor.domain.evidence import QuoteFinder
from services.extractor.domain.extraction import Candidate, Coded, Extraction, MissingReason, Receipt

CUT_OFF = "the model's reply was cut off at its token limit"
LEFT_OUT = "the model's reply left this variable out"


async def code_document(engine: Engine, codebook: Codebook, document: Document) -> Coded:
    """One extraction for every unit and variable of the document, and the receipt.

    Raises:
        kit.errors.CoderAIError: the model cannot be asked at all; replies that make no sense are coded MODEL_FAILED.
    """
    coding = _Coding(engine, codebook, document)
    if not codebook.unit.multiple:
        extractions = await coding.code_unit(None)
        return Coded(tuple(extractions), coding.receipt(extractions, 0))
    found = await coding.identify()
    rows = await asyncio.gather(*(coding.code_unit(entity) for entity in found))
    extractions = [extraction for row in rows for extraction in row]
    return Coded(tuple(extractions), coding.receipt(extractions, len(found)))


@dataclass
class _Coding:
    """The state of coding one document: what was asked and what it cost."""

    engine: Engine
    codebook: Codebook
    document: Document
    usage: Usage = NOTHING_USED
    sent: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.passages = self.document.passages()
        self.finder = QuoteFinder(self.document)

    async def identify(self) -> list[entities.Found]:
        """The entities of the document, merged over its passages, in order of first mention."""
        calls = [Call(CallKind.IDENTIFY, self.codebook, passage) for passage in self.passages]
        replies = await asyncio.gather(*(self._ask(call, index) for index, call in enumerate(calls)))
        return entities.merge(
            entities.Mention(entity.text, self.finder.find(entity.quote or entity.text, _span(passage)), index)
            for index, (passage, reply) in enumerate(zip(self.passages, replies, strict=True))
            for entity in reply.entities
        )

    async def code_unit(self, entity: entities.Found | None) -> list[Extraction]:
        """One extraction per variable for the document itself or one entity in it, in the order of the columns."""
        done: dict[str, Extraction] = {}
        for variables in rounds(self.codebook.variables):
            values = {name: extraction.value for name, extraction in done.items()}
            asked = [v for v in variables if is_met(v, values)]
            done |= {v.name: deciding.not_applicable(v) for v in variables if v not in asked}
            done |= await self._ask_variables(asked, entity)
        ordered = [done[variable.name] for variable in self.codebook.variables]
        if entity is None:
            return ordered
        return [replace(e, entity_index=entity.index, entity_text=entity.text) for e in ordered]

    async def _ask_variables(self, asked: Sequence[Variable], entity: entities.Found | None) -> dict[str, Extraction]:
        """Asks all passages for the variables, in as few calls as the plan allows, and decides each."""
        named = entity.asked() if entity else None
        calls = [
            (index, Call(CallKind.EXTRACT, self.codebook, passage, group, named))
            for index, passage in enumerate(self.passages)
            for group in planning.groups(self.codebook, asked)
        ]
        replies = await asyncio.gather(*(self._ask(call, index) for index, call in calls))
        candidates: dict[str, list[Candidate]] = {v.name: [] for v in asked}
        failed: dict[str, str] = {}
        for (index, call), reply in zip(calls, replies, strict=True):
            for variable in call.variables:
                answers = reply.answers.get(variable.name)
                if answers is None:
                    failed[variable.name] = reply.problem or LEFT_OUT
                    continue
                found = (
                    deciding.candidate(variable, a, call.passage, index, self.document, self.finder) for a in answers
                )
                candidates[variable.name] += [c for c in found if c is not None]
        return {v.name: deciding.decide(v, candidates[v.name], failed.get(v.name, "")) for v in asked}

    async def _ask(self, call: Call, index: int) -> Reply:
        """Asks one call; a reply that makes no sense is an empty one with the problem named."""
        self.sent.add(index)
        try:
            reply = await self.engine.ask(call)
        except ModelReplyInvalid as error:
            self.usage += error.usage
            return Reply(problem=error.message)
        self.usage += reply.usage
        if reply.finish is Finish.CUT_OFF:
            return replace(reply, problem=CUT_OFF)
        self.answered.add(index)
        return reply

    def receipt(self, extractions: Sequence[Extraction], entities_found: int) -> Receipt:
        """What became of everything that went in."""
        answered = {e.variable.name for e in extractions if e.value is not None}
        reasons = {e.variable.name: e.missing_reason or MissingReason.NOT_STATED for e in extractions}
        asked = {e.variable.name for e in extractions if e.missing_reason is not MissingReason.NOT_APPLICABLE}
        return Receipt(
            pages_read=len(self.document.pages),
            chunks_sent=len(self.sent),
            chunks_answered=len(self.answered),
            entities_found=entities_found,
            variables_asked=len(asked),
            variables_answered=len(answered),
            usage=self.usage,
            unanswered={name: reason for name, reason in reasons.items() if name not in answered},
        )


def _span(passage: Passage) -> Span:
    return Span(passage.start, passage.start + len(passage.text))
