"""Chat models that can be relied on: every question meets the same limits, retries, checks and accounting."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coderai.kit.llm import spans
from coderai.kit.llm.asking import Asking, Heard
from coderai.kit.llm.exchange import ChatReply, ChatRequest, tokens_sent
from coderai.kit.llm.limits import NoRateLimit, RateLimit
from coderai.kit.llm.metrics import expect_models
from coderai.kit.llm.settings import LLMSettings
from coderai.kit.llm.shared_model import Clock, SharedModel
from coderai.kit.model_replies import Account
from coderai.kit.models import ModelList

if TYPE_CHECKING:
    from coderai.kit.llm.provider import OpenAIConnections, Provider


class ChatModels:
    """The models that a process asks: one ChatModel for each name, over shared connections.

    LangChain takes seconds to import: that happens when the first model is opened, or on warm_up().
    """

    def __init__(
        self,
        settings: LLMSettings,
        models: ModelList,
        rate_limit: RateLimit | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        """`models` may be asked and no other; `rate_limit` holds across replicas; `clock` gives monotonic seconds."""
        self._settings = settings
        self._list = models
        self._rate_limit = rate_limit or NoRateLimit()
        self._clock = clock
        self._opening = asyncio.Lock()
        self._connections: OpenAIConnections | None = None
        self._shared: dict[str, SharedModel] = {}
        expect_models(models.entries)

    async def open(self, name: str, account: Account) -> ChatModel:
        """The model of this name, as the operator's list has it, to be asked at the cost of `account`.

        Raises:
            ModelNotAllowed: the operator has not listed it.
            ModelNameInvalid: its provider's package is not installed.
            ModelKeyInvalid: the provider needs a key and none is set.
        """
        if name not in self._shared:
            label = self._list.pattern(name)
            async with self._opening:
                if name not in self._shared:
                    provider = await asyncio.to_thread(self._provide, name)
                    self._shared[name] = SharedModel(
                        name, label, provider, self._settings, self._rate_limit, self._clock
                    )
        return ChatModel(self._shared[name], account)

    async def warm_up(self) -> None:
        """Does what takes seconds before the first model is opened, where one of provider openai is listed."""
        if any(pattern.startswith("openai:") for pattern in self._list.entries):
            async with self._opening:
                await asyncio.to_thread(self._connect)

    def _provide(self, name: str) -> Provider:
        from coderai.kit.llm.provider import Provider

        return Provider(name, self._list, self._settings, self._connect())

    def _connect(self) -> OpenAIConnections:
        from coderai.kit.llm.provider import OpenAIConnections

        if self._connections is None:
            self._connections = OpenAIConnections(self._settings)
        return self._connections

    async def close(self) -> None:
        """Closes the connections; the models cannot be asked any more."""
        if self._connections is not None:
            await self._connections.close()


@dataclass(frozen=True, slots=True)
class ChatModel:
    """One model at the cost of one account; get it from ChatModels."""

    shared: SharedModel
    account: Account

    @property
    def name(self) -> str:
        """provider:model."""
        return self.shared.name

    @property
    def concurrency(self) -> int:
        """Requests to it that may be under way now, whoever pays."""
        return self.shared.concurrency

    async def ask(self, request: ChatRequest) -> ChatReply:
        """As `SharedModel.ask`, with tokens set aside before and what was used booked after.

        Raises:
            kit.errors.CoderAIError: the account may spend no more; the model was not asked.
        """
        return await self._ask(request, None)

    async def stream(self, request: ChatRequest, heard: Heard) -> ChatReply:
        """As `ask`, with `heard` told each part of the reply's text as it comes; the reply is all of it, checked.

        Once a part was heard, nothing is sent again: no fault is retried, no misfit repaired, no reply that was cut off
        asked for with more room. What came until a fault, or until the caller is cancelled, is booked.

        Raises:
            kit.errors.CoderAIError: the account may spend no more; the model was not asked.
        """
        return await self._ask(request, heard)

    async def _ask(self, request: ChatRequest, heard: Heard | None) -> ChatReply:
        tokens = _tokens_expected(request)
        await self.account.before(tokens)
        asking = Asking(self.account.waits, heard)
        try:
            with spans.asking(self.name, request) as span:
                asking.waits = spans.noting(span, self.account.waits)
                reply = await self.shared.ask(request, asking)
                spans.note_reply(span, reply)
        finally:
            await self.account.after(tokens, asking.usage)
        return reply


def _tokens_expected(request: ChatRequest) -> int:
    """About what a question takes: what it sends, schema included, and a reply of the usual length.

    The reply's limit is several times that, and would stop whoever pays far from the end of the money; what a reply
    has more than usual is counted when it is there.
    """
    schema = request.schema.tokens if request.schema else 0
    return tokens_sent(request) + schema + min(request.usual_reply, request.max_tokens)
