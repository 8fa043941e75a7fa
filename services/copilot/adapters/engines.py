"""The two engines that suggest: the built-in one, and one that asks a language model."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from coderai.kit import llm
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.model_replies import ContextTooLong, Finish, ModelReplyInvalid
from coderai.kit.models import OFFLINE
from coderai.services.copilot.adapters.account import ProjectAccount
from coderai.services.copilot.domain import offline, prompting
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggestion import Suggestion
from coderai.services.copilot.usecases.ports import Engine

_SCHEMA = llm.ReplySchema("suggestions", prompting.REPLY_SCHEMA)


class OfflineEngine:
    """usecases.ports.Engine without a network."""

    async def suggest(self, question: Question) -> Iterable[Suggestion]:
        return offline.suggest(question)

    async def answer(self) -> None:
        """It always does."""


class ModelEngine:
    """usecases.ports.Engine over one model."""

    def __init__(self, model: llm.ChatModel) -> None:
        self._model = model

    async def suggest(self, question: Question) -> Iterable[Suggestion]:
        """Asks once, and again with half of the documents when they are too long for the model.

        Raises:
            kit.model_replies.ModelError: the model cannot be asked, or its reply cannot be used.
        """
        try:
            return await self._ask(question)
        except ContextTooLong:
            if len(question.documents) < 2:
                raise
            return await self.suggest(replace(question, documents=question.documents[::2]))

    async def answer(self) -> None:
        """Raises kit.errors.CoderAIError: the model cannot be asked, or its project may spend no more."""
        greeting = llm.ChatMessage("user", "Reply with the word yes.")
        request = llm.ChatRequest((greeting,), max_tokens=16, usual_reply=16, retries=False)
        with suppress(ModelReplyInvalid):  # it is there, whatever it says
            await self._model.ask(request)

    async def _ask(self, question: Question) -> Iterable[Suggestion]:
        messages = (
            llm.ChatMessage("system", prompting.RULES),
            llm.ChatMessage("user", prompting.question_text(question)),
        )
        request = llm.ChatRequest(messages, _SCHEMA, prompting.TEMPERATURE, prompting.MOST_TOKENS)
        reply = await self._model.ask(request)
        if reply.finish is Finish.CUT_OFF:
            raise ModelReplyInvalid(f"the reply of {self._model.name} was cut off: ask for fewer suggestions")
        return prompting.read_suggestions(reply.content, question)


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
