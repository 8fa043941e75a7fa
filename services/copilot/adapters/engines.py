"""The two engines that suggest: the built-in one, and one that asks a language model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from coderai.kit import llm
from coderai.kit.model_replies import ContextTooLong, Finish, ModelReplyInvalid
from coderai.services.copilot.domain import offline, prompting
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggestion import Suggestion
from coderai.services.copilot.usecases.ports import Engine

OFFLINE = "offline"
_SCHEMA = llm.ReplySchema("suggestions", prompting.REPLY_SCHEMA)


class OfflineEngine:
    """usecases.ports.Engine without a network."""

    async def suggest(self, question: Question) -> Iterable[Suggestion]:
        return offline.suggest(question)


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

    def __init__(self, models: llm.ChatModels) -> None:
        self._models = models

    async def open(self, model: str) -> Engine:
        return OfflineEngine() if model == OFFLINE else ModelEngine(await self._models.open(model))
