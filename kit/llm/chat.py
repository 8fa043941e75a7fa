"""Chat models that can be relied on: every question meets the same limits, retries, checks and accounting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from coderai.kit import telemetry
from coderai.kit.llm import spans
from coderai.kit.llm.breaker import CircuitBreaker
from coderai.kit.llm.exchange import ChatMessage, ChatReply, ChatRequest
from coderai.kit.llm.limits import AdaptiveConcurrency, NoRateLimit, RateLimit
from coderai.kit.llm.metrics import CALLS, DIRECTIONS, SECONDS, TOKENS, expect_models, outcome_of
from coderai.kit.llm.retry import RETRIES, Waits, retrying
from coderai.kit.llm.room import MOST_RAISES, ReplyRoom
from coderai.kit.llm.schema import ReplyMisfit
from coderai.kit.llm.settings import LLMSettings
from coderai.kit.model_replies import (
    Account,
    ContextTooLong,
    Finish,
    ModelError,
    ModelReplyInvalid,
    ModelUnavailable,
    Usage,
)
from coderai.kit.models import ModelList
from coderai.kit.tokens import estimate_tokens

if TYPE_CHECKING:
    from coderai.kit.llm.provider import Message, OpenAIConnections, Provider

Clock = Callable[[], float]


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
        tokens = _tokens_expected(request)
        await self.account.before(tokens)
        used = Usage()
        try:
            with spans.asking(self.name, request) as span:
                reply = await self.shared.ask(request, spans.noting(span, self.account.waits))
                spans.note_reply(span, reply)
            used = reply.usage
        except ModelError as error:
            used = error.usage
            raise
        finally:
            await self.account.after(tokens, used)
        return reply


@dataclass(slots=True)
class _Spent:
    """Adds up what one question costs, and tells who waits for it."""

    waits: Waits
    usage: Usage = field(default_factory=Usage)


class SharedModel:
    """One model with what all questions to it share, whoever pays."""

    def __init__(
        self,
        name: str,
        label: str,
        provider: Provider,
        settings: LLMSettings,
        rate_limit: RateLimit,
        clock: Clock,
    ) -> None:
        """`label` stands for it in metrics: one of the few that the operator's list has."""
        self.name = name
        self._label = label
        self._provider = provider
        self._settings = settings
        self._rate_limit = rate_limit
        self._clock = clock
        self._concurrency = AdaptiveConcurrency(name, settings.llm_concurrency)
        self._breaker = CircuitBreaker(name, label, clock)
        self._room = ReplyRoom(thinks=provider.thinks)

    @property
    def concurrency(self) -> int:
        """Requests that may be under way now; throttling lowers it, success raises it to the setting again."""
        return self._concurrency.limit

    async def ask(self, request: ChatRequest, waits: Waits) -> ChatReply:
        """Asks, and has a reply that does not fit the schema repaired once. Errors say in `usage` what they cost.

        `waits` hears of passing faults, before the request is sent again.

        Raises:
            ContextTooLong: the request must be split.
            ModelReplyInvalid: the reply does not fit, nor does the repaired one; refusals and empty replies count too.
            ModelUnavailable: not reachable after the retries, or paused after failures; may be asked again later.
            ModelKeyInvalid: the provider does not accept the key.
            ModelRefusedRequest: the provider refuses the request, with its words.
        """
        spent = _Spent(waits)
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
            CALLS.labels(self._label, outcome).inc()

    async def _exchange(self, request: ChatRequest, spent: _Spent) -> Message:
        """Gets one message, whatever it holds; one that is cut off is asked for again with more room."""
        limit = self._room.limit(request.max_tokens, self._provider.most_out)
        message = await self._get(request, limit, spent)
        for _ in range(MOST_RAISES):
            larger = self._room.larger(limit, request.max_tokens, self._provider.most_out)
            if message.finish is not Finish.CUT_OFF or larger is None:
                break
            CALLS.labels(self._label, "cut_off").inc()
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
            retries = RETRIES if request.retries else 0
            policy = retrying(self.name, self._settings.llm_retry_base_seconds, spent.waits, retries)
            message: Message = await policy(self._attempt, request, spent)
        tokens_in = message.tokens_in if message.tokens_in is not None else _tokens_sent(request)
        tokens_out = message.tokens_out if message.tokens_out is not None else estimate_tokens(message.text)
        spent.usage += Usage(tokens_in=tokens_in, tokens_out=tokens_out, tokens_cached=message.tokens_cached)
        for direction, count in zip(DIRECTIONS, (tokens_in, message.tokens_cached, tokens_out), strict=True):
            TOKENS.labels(self._label, direction).inc(count)
        self._room.came(message.text, tokens_out)
        return message

    async def _attempt(self, request: ChatRequest, spent: _Spent) -> Message:
        async with self._concurrency.slot():
            # The breaker may have opened while this one waited for its turn.
            self._breaker.refuse_while_open()
            await self._rate_limit.before(self.name, _tokens_sent(request))
            started = self._clock()
            message = await self._send(request, spent)
            SECONDS.labels(self._label).observe(self._clock() - started, telemetry.exemplar())
            return message

    async def _send(self, request: ChatRequest, spent: _Spent) -> Message:
        seconds = self._settings.llm_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                message = await self._provider.send(request)
        except (ModelError, TimeoutError) as cause:
            error = cause if isinstance(cause, ModelError) else _timed_out(self.name, seconds)
            spent.usage += error.usage
            CALLS.labels(self._label, outcome_of(error)).inc()
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


def _tokens_expected(request: ChatRequest) -> int:
    """About what a question takes: what it sends, schema included, and a reply of the usual length.

    The reply's limit is several times that, and would stop whoever pays far from the end of the money; what a reply
    has more than usual is counted when it is there.
    """
    schema = request.schema.tokens if request.schema else 0
    return _tokens_sent(request) + schema + min(request.usual_reply, request.max_tokens)
