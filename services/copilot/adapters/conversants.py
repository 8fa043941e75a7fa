"""The two engines that reply to people: the built-in one, and one that asks a language model."""

from __future__ import annotations

import asyncio
from typing import NoReturn
from uuid import UUID

from coderai.kit import llm
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.model_replies import ContextTooLong, Finish, ModelReplyInvalid
from coderai.kit.models import OFFLINE
from coderai.services.copilot.adapters.account import ProjectAccount
from coderai.services.copilot.adapters.engines import ModelEngine, OfflineEngine
from coderai.services.copilot.domain.conversing import offline, prompting
from coderai.services.copilot.domain.conversing.hearing import ReplyText, partial_content
from coderai.services.copilot.domain.conversing.reading import read_broken, read_reply
from coderai.services.copilot.domain.conversing.talk import Said, Talk
from coderai.services.copilot.usecases.conversing.ports import Conversant, Heard

_SCHEMA = llm.ReplySchema("reply", prompting.REPLY_SCHEMA)
_CUT_OFF = "The reply was cut off at the model's limit: ask for less at a time. Nothing of it is proposed."
_MISFIT = "What came with the reply cannot be read, so nothing of it is proposed"


class OfflineConversant:
    """usecases.conversing.ports.Conversant without a network."""

    documents = OfflineEngine.documents
    tokens = OfflineEngine.tokens

    async def reply(self, talk: Talk, heard: Heard) -> Said:
        """Says each paragraph when it is found."""
        all_said, said = Said(), offline.paragraphs(talk)
        gap = ""
        while (paragraph := await asyncio.to_thread(next, said, None)) is not None:
            heard(gap + paragraph.text)
            all_said = all_said.and_then(paragraph.said)
            gap = "\n\n"
        return all_said


class ModelConversant:
    """usecases.conversing.ports.Conversant over one model."""

    documents = ModelEngine.documents
    tokens = ModelEngine.tokens

    def __init__(self, model: llm.ChatModel) -> None:
        self._model = model

    async def reply(self, talk: Talk, heard: Heard) -> Said:
        """Asks once, and again with half of the documents and the history when they are too long for the model.

        Raises:
            kit.model_replies.ModelError: the model cannot be asked, broke off, or said nothing that can be used.
        """
        while True:
            try:
                return await self._reply(talk, heard)
            except ContextTooLong:
                if (shorter := talk.halved()) == talk:
                    raise
                talk = shorter

    async def _reply(self, talk: Talk, heard: Heard) -> Said:
        text = ReplyText()

        def hear(part: str) -> None:
            if more := text.hear(part):
                heard(more)

        def end_with(said: object) -> None:
            if more := text.end_with(said):
                heard(more)

        try:
            reply = await self._model.stream(await asyncio.to_thread(_request, talk), hear)
        except ModelReplyInvalid as error:
            content = error.content or partial_content(error.text)
            end_with(content.get("reply"))
            if not text.text:
                raise
            return await asyncio.to_thread(read_broken, content, talk, f"{_MISFIT}: {error.message}")
        if reply.finish is Finish.CUT_OFF:
            if not text.text:
                self._nothing("was cut off before it said anything")
            content = partial_content(reply.text, last_text=False)
            return await asyncio.to_thread(read_broken, content, talk, _CUT_OFF)
        end_with(reply.content["reply"])
        said = await asyncio.to_thread(read_reply, reply.content, talk)
        if not text.text and not said.drafts:
            self._nothing("says nothing")
        return said

    def _nothing(self, problem: str) -> NoReturn:
        raise ModelReplyInvalid(f"the reply of {self._model.name} {problem}: send your message again")


class Conversants:
    """usecases.conversing.ports.Conversants."""

    def __init__(self, models: llm.ChatModels, extractor: PeerChannel) -> None:
        """`extractor` keeps the ledger of what is spent."""
        self._models = models
        self._extractor = extractor

    async def open(self, model: str, project_id: UUID) -> Conversant:
        if model == OFFLINE:
            return OfflineConversant()
        account = ProjectAccount(self._extractor, project_id, model)
        return ModelConversant(await self._models.open(model, account))


def _request(talk: Talk) -> llm.ChatRequest:
    messages = (llm.ChatMessage("system", prompting.RULES), llm.ChatMessage("user", prompting.talk_text(talk)))
    return llm.ChatRequest(
        messages, _SCHEMA, prompting.TEMPERATURE, prompting.MOST_TOKENS, usual_reply=prompting.USUAL_TOKENS
    )
