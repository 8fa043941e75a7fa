"""The two engines that suggest and refine: the built-in one, and one that asks a language model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from coderai.kit import llm
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.model_replies import ContextTooLong, Finish, ModelReplyInvalid
from coderai.kit.models import OFFLINE
from coderai.services.copilot.adapters.account import ProjectAccount
from coderai.services.copilot.domain.describing import offline as describing
from coderai.services.copilot.domain.describing.description import Description
from coderai.services.copilot.domain.describing.prompting import CONTEXT
from coderai.services.copilot.domain.offline import categories, instructions, reviewing, units, variables
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.refining import offline as refining_offline
from coderai.services.copilot.domain.refining import prompting as refining
from coderai.services.copilot.domain.refining.refinement import Option
from coderai.services.copilot.domain.refining.task import Task
from coderai.services.copilot.domain.suggesting.ideas import (
    CategoriesIdea,
    FindingIdea,
    InstructionsIdea,
    UnitIdea,
    VariableIdea,
)
from coderai.services.copilot.domain.suggesting.prompting import ground
from coderai.services.copilot.domain.suggesting.prompting.categories import CATEGORIES_OF
from coderai.services.copilot.domain.suggesting.prompting.instructions import INSTRUCTIONS
from coderai.services.copilot.domain.suggesting.prompting.reviewing import REVIEW
from coderai.services.copilot.domain.suggesting.prompting.units import UNITS
from coderai.services.copilot.domain.suggesting.prompting.variables import VARIABLES
from coderai.services.copilot.usecases import sampling
from coderai.services.copilot.usecases.ports import Engine

T = TypeVar("T")

_OPTIONS = llm.ReplySchema("options", refining.REPLY_SCHEMA)
_USUAL_OPTIONS = 1_500
"""Tokens of a usual reply with options."""
_LEAST_CELLS = 8
_LONGEST_SAID = 8_000
"""Characters of a refused reply that the repair request gives back."""


class OfflineEngine:
    """usecases.ports.Engine without a network; it counts what recurs, which takes more documents than reading does."""

    documents = 40
    tokens = 40_000

    async def variables(self, question: Question) -> Iterable[VariableIdea]:
        return await asyncio.to_thread(lambda: list(variables.variables(question)))

    async def units(self, question: Question) -> Iterable[UnitIdea]:
        return await asyncio.to_thread(lambda: list(units.units(question)))

    async def categories(self, question: Question) -> CategoriesIdea:
        return await asyncio.to_thread(categories.categories, question)

    async def instructions(self, question: Question) -> InstructionsIdea | None:
        return await asyncio.to_thread(instructions.instructions, question)

    async def review(self, question: Question) -> Iterable[FindingIdea]:
        return await asyncio.to_thread(lambda: list(reviewing.review(question)))

    async def describe(self, question: Question) -> Description:
        return await asyncio.to_thread(describing.describe, question.documents)

    async def refine(self, task: Task) -> Sequence[Option]:
        return await asyncio.to_thread(refining_offline.options, task)

    async def answer(self) -> None:
        """It always does."""


class ModelEngine:
    """usecases.ports.Engine over one model."""

    documents = sampling.DOCUMENTS
    tokens = sampling.TOKENS

    def __init__(self, model: llm.ChatModel) -> None:
        self._model = model

    async def variables(self, question: Question) -> Iterable[VariableIdea]:
        return await self._asked(VARIABLES, question)

    async def units(self, question: Question) -> Iterable[UnitIdea]:
        return await self._asked(UNITS, question)

    async def categories(self, question: Question) -> CategoriesIdea:
        return await self._asked(CATEGORIES_OF, question)

    async def instructions(self, question: Question) -> InstructionsIdea | None:
        return await self._asked(INSTRUCTIONS, question)

    async def review(self, question: Question) -> Iterable[FindingIdea]:
        return await self._asked(REVIEW, question)

    async def describe(self, question: Question) -> Description:
        return await self._asked(CONTEXT, question)

    async def refine(self, task: Task) -> Sequence[Option]:
        """Asks once, and again with fewer cells when they are too long; a reply without sense is repaired once.

        Raises:
            kit.model_replies.ModelError: the model cannot be asked, or its reply cannot be used.
        """
        cells = refining.MOST_CELLS
        while True:
            try:
                return await self._options(task, cells)
            except ContextTooLong:
                cells //= 2
                if cells < _LEAST_CELLS:
                    raise

    async def answer(self) -> None:
        """Raises kit.errors.CoderAIError: the model cannot be asked, or its project may spend no more."""
        greeting = llm.ChatMessage("user", "Reply with the word yes.")
        request = llm.ChatRequest((greeting,), max_tokens=16, usual_reply=16, retries=False)
        with suppress(ModelReplyInvalid):  # it is there, whatever it says
            await self._model.ask(request)

    async def _options(self, task: Task, cells: int) -> Sequence[Option]:
        messages = (
            llm.ChatMessage("system", refining.RULES),
            llm.ChatMessage("user", refining.question_text(task, cells)),
        )
        request = llm.ChatRequest(
            messages, _OPTIONS, refining.TEMPERATURE, refining.MOST_TOKENS, usual_reply=_USUAL_OPTIONS
        )
        reply = await self._complete(request)
        try:
            return await asyncio.to_thread(refining.read_options, reply.content, task, cells)
        except refining.OptionsRefused as refused:
            if reply.repaired:
                raise self._without_sense(refused) from None
            turns = (
                llm.ChatMessage("assistant", reply.text[:_LONGEST_SAID]),
                llm.ChatMessage("user", refining.complaint(refused)),
            )
        repaired = await self._complete(replace(request, messages=(*messages, *turns), repairs=False))
        try:
            return await asyncio.to_thread(refining.read_options, repaired.content, task, cells)
        except refining.OptionsRefused as refused:
            raise self._without_sense(refused) from None

    async def _complete(self, request: llm.ChatRequest) -> llm.ChatReply:
        reply = await self._model.ask(request)
        if reply.finish is Finish.CUT_OFF:
            raise ModelReplyInvalid(f"the reply of {self._model.name} was cut off: ask for less, or of fewer documents")
        return reply

    def _without_sense(self, refused: refining.OptionsRefused) -> ModelReplyInvalid:
        told = f"the options of {self._model.name} make no sense, even after a repair request"
        return ModelReplyInvalid(f"{told}: {refused}")

    async def _asked(self, asking: ground.Asking[T], question: Question) -> T:
        """Asks once, and again with half of the documents when they are too long for the model.

        Raises:
            kit.model_replies.ModelError: the model cannot be asked, or its reply cannot be used.
        """
        messages = (
            llm.ChatMessage("system", asking.rules),
            llm.ChatMessage("user", await asyncio.to_thread(ground.shown, asking, question)),
        )
        request = llm.ChatRequest(
            messages, _schema(asking), ground.TEMPERATURE, ground.MOST_TOKENS, usual_reply=asking.usual_reply
        )
        try:
            reply = await self._complete(request)
        except ContextTooLong:
            if len(question.documents) < 2:
                raise
            return await self._asked(asking, replace(question, documents=question.documents[::2]))
        return asking.read(reply.content, question)


@cache
def _schema(asking: ground.Asking[Any]) -> llm.ReplySchema:
    return llm.ReplySchema(asking.name, asking.schema)


class Engines:
    """usecases.ports.Engines."""

    def __init__(self, models: llm.ChatModels, extractor: PeerChannel) -> None:
        """`extractor` keeps the ledger of what is spent."""
        self._models = models
        self._extractor = extractor

    async def open(self, model: str, project_id: UUID) -> Engine:
        if model == OFFLINE:
            return OfflineEngine()
        return ModelEngine(await self._models.open(model, ProjectAccount(self._extractor, project_id, model)))
