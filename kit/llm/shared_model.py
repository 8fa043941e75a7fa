"""One model with what all questions to it share: limits, retries, the breaker, room for replies, and their checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from coderai.kit import telemetry
from coderai.kit.llm.asking import Asking
from coderai.kit.llm.breaker import CircuitBreaker
from coderai.kit.llm.exchange import ChatMessage, ChatReply, ChatRequest, tokens_sent
from coderai.kit.llm.limits import AdaptiveConcurrency, RateLimit
from coderai.kit.llm.metrics import CALLS, DIRECTIONS, SECONDS, TOKENS, outcome_of
from coderai.kit.llm.retry import RETRIES, retrying
from coderai.kit.llm.room import MOST_RAISES, ReplyRoom
from coderai.kit.llm.schema import ReplyMisfit
from coderai.kit.llm.settings import LLMSettings
from coderai.kit.model_replies import (
    ContextTooLong,
    Finish,
    ModelBrokeOff,
    ModelError,
    ModelReplyInvalid,
    ModelUnavailable,
    Usage,
)
from coderai.kit.tokens import estimate_tokens

if TYPE_CHECKING:
    from coderai.kit.llm.provider import Message, Provider

Clock = Callable[[], float]


class SharedModel:
    """The model, whoever pays."""

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

    async def ask(self, request: ChatRequest, asking: Asking) -> ChatReply:
        """Asks, and has a reply that does not fit the schema repaired once, but for one that has been heard already.

        `asking` knows in the end what it took, whatever it ended with; so do errors.

        Raises:
            ContextTooLong: the request must be split.
            ModelReplyInvalid: the reply does not fit, nor does the repaired one; refusals and empty replies count too.
            ModelUnavailable: not reachable after the retries, or paused after failures; may be asked again later.
            ModelKeyInvalid: the provider does not accept the key.
            ModelRefusedRequest: the provider refuses the request, with its words.
            ModelBrokeOff: the reply broke off after parts of it had been heard.
        """
        try:
            return await self._ask_and_repair(request, asking)
        except ModelError as error:
            error.usage = asking.usage
            raise

    async def _ask_and_repair(self, request: ChatRequest, asking: Asking) -> ChatReply:
        message = await self._exchange(request, asking)
        try:
            return self._accept(message, request, asking)
        except ReplyMisfit as misfit:
            if not request.repairs or asking.so_far:
                raise self._invalid(message, misfit) from None
            request = _repair_request(request, message, misfit)
        repaired = await self._exchange(request, asking)
        try:
            return replace(self._accept(repaired, request, asking), repaired=True)
        except ReplyMisfit as misfit:
            raise self._invalid(repaired, misfit, ", even after a repair request") from None

    def _invalid(self, message: Message, misfit: ReplyMisfit, when: str = "") -> ModelReplyInvalid:
        problem = f"the reply of {self.name} does not fit{when}: {misfit.problem}"
        return ModelReplyInvalid(problem, text=message.text, content=misfit.content)

    def _accept(self, message: Message, request: ChatRequest, asking: Asking) -> ChatReply:
        outcome = "invalid"
        try:
            if message.refusal:
                raise ReplyMisfit(f"It is a refusal: {message.refusal}")
            if message.finish is Finish.CUT_OFF:
                outcome = "cut_off"
                return ChatReply(message.text, asking.usage, Finish.CUT_OFF)
            if not message.text.strip():
                raise ReplyMisfit("It is empty.")
            content = request.schema.read(message.text) if request.schema else {}
            outcome = "complete"
            return ChatReply(message.text, asking.usage, content=content, tokens=message.tokens)
        finally:
            CALLS.labels(self._label, outcome).inc()

    async def _exchange(self, request: ChatRequest, asking: Asking) -> Message:
        """Gets one message, whatever it holds; one that is cut off is asked for again with more room."""
        limit = self._room.limit(request.max_tokens, self._provider.most_out)
        message = await self._get(request, limit, asking)
        for _ in range(MOST_RAISES):
            larger = self._room.larger(limit, request.max_tokens, self._provider.most_out)
            if message.finish is not Finish.CUT_OFF or larger is None or asking.so_far:
                break
            CALLS.labels(self._label, "cut_off").inc()
            try:
                message = await self._get(request, larger, asking)
            except ContextTooLong:  # the prompt fits, but not with so much room for a reply
                break
            limit = larger
        self._room.ended(message.finish)
        return message

    async def _get(self, request: ChatRequest, limit: int, asking: Asking) -> Message:
        """Gets one message within a limit of tokens, with retries."""
        request = replace(request, max_tokens=limit)
        with self._breaker.guard():
            retries = RETRIES if request.retries else 0
            policy = retrying(self.name, self._settings.llm_retry_base_seconds, asking.waits, retries)
            message: Message = await policy(self._attempt, request, asking)
        tokens_in = message.tokens_in if message.tokens_in is not None else tokens_sent(request)
        tokens_out = message.tokens_out if message.tokens_out is not None else estimate_tokens(message.text)
        used = Usage(tokens_in=tokens_in, tokens_out=tokens_out, tokens_cached=message.tokens_cached)
        asking.usage += used
        self._count_tokens(used)
        self._room.came(message.text, tokens_out)
        return message

    async def _attempt(self, request: ChatRequest, asking: Asking) -> Message:
        async with self._concurrency.slot():
            # The breaker may have opened while this one waited for its turn.
            self._breaker.refuse_while_open()
            await self._rate_limit.before(self.name, tokens_sent(request))
            started = self._clock()
            message = await self._send(request, asking)
            SECONDS.labels(self._label).observe(self._clock() - started, telemetry.exemplar())
            return message

    async def _send(self, request: ChatRequest, asking: Asking) -> Message:
        """Sends it once; each part of a reply that is heard has the time that else the whole reply has."""
        seconds = self._settings.llm_timeout_seconds
        try:
            async with asyncio.timeout(seconds) as limit:
                if asking.heard is None:
                    message = await self._provider.send(request)
                else:
                    message = await self._provider.stream(request, _hearing(asking, limit, seconds))
        except (ModelError, TimeoutError) as cause:
            error = cause if isinstance(cause, ModelError) else _timed_out(self.name, seconds)
            error = self._broke_off(request, error, asking) if asking.so_far else error
            asking.usage += error.usage
            CALLS.labels(self._label, outcome_of(error)).inc()
            raise error from None
        except asyncio.CancelledError:
            asking.usage += self._came(request, asking)
            raise
        asking.usage += Usage(calls=1)
        return message

    def _broke_off(self, request: ChatRequest, cause: ModelError, asking: Asking) -> ModelBrokeOff:
        error = ModelBrokeOff(f"the reply of {self.name} broke off: {cause.message}")
        error.told, error.usage = cause.told, self._came(request, asking)
        return error

    def _came(self, request: ChatRequest, asking: Asking) -> Usage:
        """What a reply has taken that broke off, by what has been heard of it; the provider never says."""
        if asking.heard is None:
            return Usage()
        used = Usage(1, tokens_sent(request), estimate_tokens(asking.so_far))
        self._count_tokens(used)
        return used

    def _count_tokens(self, used: Usage) -> None:
        counts = (used.tokens_in, used.tokens_cached, used.tokens_out)
        for direction, count in zip(DIRECTIONS, counts, strict=True):
            TOKENS.labels(self._label, direction).inc(count)


def _hearing(asking: Asking, limit: asyncio.Timeout, seconds: float) -> Callable[[str], None]:
    """Hears parts, each of which has the next one waited for anew."""
    loop = asyncio.get_running_loop()

    def hear(part: str) -> None:
        limit.reschedule(loop.time() + seconds)
        asking.hear(part)

    return hear


def _timed_out(model: str, seconds: float) -> ModelError:
    error = ModelUnavailable(f"{model} has not answered within {seconds:g} s")
    error.usage = Usage(calls=1)
    return error


def _repair_request(request: ChatRequest, message: Message, misfit: ReplyMisfit) -> ChatRequest:
    said = (ChatMessage("assistant", message.text),) if message.text.strip() else ()
    wanted = "Reply again with the JSON object alone, as the schema has it." if request.schema else "Reply again."
    complaint = ChatMessage("user", f"Your last reply cannot be used. {misfit.problem} {wanted}")
    return replace(request, messages=(*request.messages, *said, complaint))
