"""Chat models that can be relied on: every question meets the same limits, retries, checks and accounting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from coderai.kit.llm.breaker import CircuitBreaker
from coderai.kit.llm.exchange import ChatMessage, ChatReply, ChatRequest
from coderai.kit.llm.limits import AdaptiveConcurrency, NoRateLimit, RateLimit
from coderai.kit.llm.retry import retrying
from coderai.kit.llm.room import MOST_RAISES, ReplyRoom
from coderai.kit.llm.schema import ReplyMisfit
from coderai.kit.llm.settings import LLMSettings
from coderai.kit.model_replies import ContextTooLong, Finish, ModelError, ModelReplyInvalid, ModelUnavailable, Usage
from coderai.kit.tokens import estimate_tokens

if TYPE_CHECKING:
    from coderai.kit.llm.provider import Message, OpenAIConnections, Provider

CALLS = Counter("coderai_llm_calls_total", "Requests to models", ["model", "outcome"])
SECONDS = Histogram(
    "coderai_llm_seconds",
    "Time until a model has replied",
    ["model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120),
)
TOKENS = Counter("coderai_llm_tokens_total", "Tokens sent to and got from models", ["model", "direction"])

Clock = Callable[[], float]


class ChatModels:
    """The models that a process asks: one ChatModel for each name, over shared connections.

    LangChain takes seconds to import: that happens when the first model is opened, or on warm_up().
    """

    def __init__(
        self, settings: LLMSettings, rate_limit: RateLimit | None = None, clock: Clock = time.monotonic
    ) -> None:
        """`rate_limit` holds across replicas, none when absent; `clock` gives monotonic seconds."""
        self._settings = settings
        self._rate_limit = rate_limit or NoRateLimit()
        self._clock = clock
        self._opening = asyncio.Lock()
        self._connections: OpenAIConnections | None = None
        self._models: dict[str, ChatModel] = {}

    async def open(self, name: str) -> ChatModel:
        """The model of this name, `provider:model` as LangChain's init_chat_model knows them.

        Raises:
            ModelNameInvalid: there is no such provider, or its package is not installed.
            ModelKeyInvalid: the provider needs a key and none is set.
        """
        if name not in self._models:
            async with self._opening:
                if name not in self._models:
                    provider = await asyncio.to_thread(self._provide, name)
                    self._models[name] = ChatModel(name, provider, self._settings, self._rate_limit, self._clock)
        return self._models[name]

    async def warm_up(self) -> None:
        """Does what takes seconds before the first model is opened, where provider openai is set up."""
        if self._settings.openai_api_key or self._settings.openai_base_url:
            async with self._opening:
                await asyncio.to_thread(self._connect)

    def _provide(self, name: str) -> Provider:
        from coderai.kit.llm.provider import Provider

        return Provider(name, self._settings, self._connect())

    def _connect(self) -> OpenAIConnections:
        from coderai.kit.llm.provider import OpenAIConnections

        if self._connections is None:
            self._connections = OpenAIConnections(self._settings)
        return self._connections

    async def close(self) -> None:
        """Closes the connections; the models cannot be asked any more."""
        if self._connections is not None:
            await self._connections.close()


@dataclass(slots=True)
class _Spent:
    """Adds up what one question costs."""

    usage: Usage = field(default_factory=Usage)


class ChatModel:
    """One model; get it from ChatModels."""

    def __init__(
        self, name: str, provider: Provider, settings: LLMSettings, rate_limit: RateLimit, clock: Clock
    ) -> None:
        self.name = name
        self._provider = provider
        self._settings = settings
        self._rate_limit = rate_limit
        self._clock = clock
        self._concurrency = AdaptiveConcurrency(name, settings.llm_concurrency)
        self._breaker = CircuitBreaker(name, clock)
        self._room = ReplyRoom(thinks=provider.thinks)

    @property
    def concurrency(self) -> int:
        """Requests that may be under way now; throttling lowers it, success raises it to the setting again."""
        return self._concurrency.limit

    async def ask(self, request: ChatRequest) -> ChatReply:
        """Asks, and has a reply that does not fit the schema repaired once. Errors say in `usage` what they cost.

        Raises:
            ContextTooLong: the request must be split.
            ModelReplyInvalid: the reply does not fit, nor does the repaired one; refusals and empty replies count too.
            ModelUnavailable: not reachable after the retries, or paused after failures; may be asked again later.
            ModelKeyInvalid: the provider does not accept the key.
            ModelRefusedRequest: the provider refuses the request, with its words.
        """
        spent = _Spent()
        try:
            return await self._ask_and_repair(request, spent)
        except ModelError as error:
            error.usage = spent.usage
            raise

    async def _ask_and_repair(self, request: ChatRequest, spent: _Spent) -> ChatReply:
        message = await self._exchange(request, spent)
        try:
            return self._accept(message, request, spent)
        except ReplyMisfit as misfit:
            if not request.repairs:
                raise self._invalid(message, misfit) from None
            request = _repair_request(request, message, misfit)
        repaired = await self._exchange(request, spent)
        try:
            return replace(self._accept(repaired, request, spent), repaired=True)
        except ReplyMisfit as misfit:
            raise self._invalid(repaired, misfit) from None

    def _invalid(self, message: Message, misfit: ReplyMisfit) -> ModelReplyInvalid:
        problem = f"the reply of {self.name} does not fit, even after a repair request: {misfit.problem}"
        return ModelReplyInvalid(problem, text=message.text, content=misfit.content)

    def _accept(self, message: Message, request: ChatRequest, spent: _Spent) -> ChatReply:
        outcome = "invalid"
        try:
            if message.refusal:
                raise ReplyMisfit(f"It is a refusal: {message.refusal}")
            if message.finish is Finish.CUT_OFF:
                outcome = "cut_off"
                return ChatReply(message.text, spent.usage, Finish.CUT_OFF)
            if not message.text.strip():
                raise ReplyMisfit("It is empty.")
            content = request.schema.read(message.text) if request.schema else {}
            outcome = "complete"
            return ChatReply(message.text, spent.usage, content=content, tokens=message.tokens)
        finally:
            CALLS.labels(self.name, outcome).inc()

    async def _exchange(self, request: ChatRequest, spent: _Spent) -> Message:
        """Gets one message, whatever it holds; one that is cut off is asked for again with more room."""
        limit = self._room.limit(request.max_tokens, self._provider.most_out)
        message = await self._get(request, limit, spent)
        for _ in range(MOST_RAISES):
            larger = self._room.larger(limit, request.max_tokens, self._provider.most_out)
            if message.finish is not Finish.CUT_OFF or larger is None:
                break
            CALLS.labels(self.name, "cut_off").inc()
            try:
                message = await self._get(request, larger, spent)
            except ContextTooLong:  # the prompt fits, but not with so much room for a reply
                break
            limit = larger
        self._room.ended(message.finish)
        return message

    async def _get(self, request: ChatRequest, limit: int, spent: _Spent) -> Message:
        """Gets one message within a limit of tokens, with retries."""
        request = replace(request, max_tokens=limit)
        with self._breaker.guard():
            policy = retrying(self.name, self._settings.llm_retry_base_seconds)
            message: Message = await policy(self._attempt, request, spent)
        tokens_in = message.tokens_in if message.tokens_in is not None else _tokens_sent(request)
        tokens_out = message.tokens_out if message.tokens_out is not None else estimate_tokens(message.text)
        spent.usage += Usage(tokens_in=tokens_in, tokens_out=tokens_out, tokens_cached=message.tokens_cached)
        for direction, count in (("in", tokens_in), ("cached", message.tokens_cached), ("out", tokens_out)):
            TOKENS.labels(self.name, direction).inc(count)
        self._room.came(message.text, tokens_out)
        return message

    async def _attempt(self, request: ChatRequest, spent: _Spent) -> Message:
        async with self._concurrency.slot():
            # The breaker may have opened while this one waited for its turn.
            self._breaker.refuse_while_open()
            await self._rate_limit.before(self.name, _tokens_sent(request))
            started = self._clock()
            message = await self._send(request, spent)
            SECONDS.labels(self.name).observe(self._clock() - started)
            return message

    async def _send(self, request: ChatRequest, spent: _Spent) -> Message:
        seconds = self._settings.llm_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                message = await self._provider.send(request)
        except (ModelError, TimeoutError) as cause:
            error = cause if isinstance(cause, ModelError) else _timed_out(self.name, seconds)
            spent.usage += error.usage
            CALLS.labels(self.name, error.code.removeprefix("model_")).inc()
            raise error from None
        spent.usage += Usage(calls=1)
        return message


def _timed_out(model: str, seconds: float) -> ModelError:
    error = ModelUnavailable(f"{model} has not answered within {seconds:g} s")
    error.usage = Usage(calls=1)
    return error


def _repair_request(request: ChatRequest, message: Message, misfit: ReplyMisfit) -> ChatRequest:
    said = (ChatMessage("assistant", message.text),) if message.text.strip() else ()
    wanted = "Reply again with the JSON object alone, as the schema has it." if request.schema else "Reply again."
    complaint = ChatMessage("user", f"Your last reply cannot be used. {misfit.problem} {wanted}")
    return replace(request, messages=(*request.messages, *said, complaint))


def _tokens_sent(request: ChatRequest) -> int:
    return sum(estimate_tokens(message.content) for message in request.messages)
