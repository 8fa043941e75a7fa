"""What can go wrong with a model's server, and a script of when it does."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """An HTTP error with OpenAI's error body, instead of an answer."""

    status: int
    message: str
    type: str
    code: str | None = None
    param: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, Any]:
        """The error as OpenAI words it."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


class Spoil(StrEnum):
    """An answer that arrives with status 200 and is no good."""

    BROKEN_JSON = "BROKEN_JSON"
    """Half of the JSON, as if it were whole."""
    WRONG_SCHEMA = "WRONG_SCHEMA"
    """Valid JSON with a property that nobody asked for and none of those asked for."""
    CUT_OFF = "CUT_OFF"
    """Half of the answer, said to be cut off at the token limit."""
    EMPTY = "EMPTY"
    """No content at all."""
    REFUSAL = "REFUSAL"
    """The model declines."""


class Break(StrEnum):
    """No HTTP response at all."""

    NEVER_ANSWER = "NEVER_ANSWER"
    """The connection stays open and silent until the client gives up."""
    RESET = "RESET"
    """The connection is reset once the request has been read."""


class BreakOff(StrEnum):
    """A streamed reply that does not come to its end; what is not streamed is not touched by it."""

    RESET = "RESET"
    """The connection is reset in the middle."""
    SILENCE = "SILENCE"
    """Nothing more comes after the middle, until the client gives up."""
    END = "END"
    """The stream ends in the middle, without a reason to finish."""
    ERROR = "ERROR"
    """In the middle comes an error in place of a chunk, as servers send that are overloaded."""


Fault = ErrorReply | Spoil | Break | BreakOff


def rate_limited(retry_after: float | None = None, *, as_date: bool = False) -> ErrorReply:
    """429, with Retry-After in seconds or as the HTTP date of that moment (whole seconds, rounded up)."""
    headers: tuple[tuple[str, str], ...] = ()
    if retry_after is not None:
        moment = datetime.now(UTC) + timedelta(seconds=retry_after + 0.999)
        value = format_datetime(moment, usegmt=True) if as_date else f"{retry_after:g}"
        headers = (("retry-after", value),)
    message = "Rate limit reached for requests per minute (RPM). Please try again later."
    return ErrorReply(429, message, "requests", "rate_limit_exceeded", headers=headers)


def server_error(status: int = 500) -> ErrorReply:
    """500, 502, 503 and the like."""
    return ErrorReply(status, "The server had an error while processing your request.", "server_error")


def unauthorized() -> ErrorReply:
    """401: the key is wrong."""
    return ErrorReply(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key")


def context_length_exceeded(model: str, limit: int, tokens: int) -> ErrorReply:
    """400: a prompt of `tokens` tokens for a model that reads `limit`; newer models word it differently."""
    limits = (
        f"Input tokens exceed the configured limit of {limit} tokens. Your"
        if model.startswith("gpt-5")
        else f"This model's maximum context length is {limit} tokens. However, your"
    )
    message = f"{limits} messages resulted in {tokens} tokens. Please reduce the length of the messages."
    return ErrorReply(400, message, "invalid_request_error", "context_length_exceeded", "messages")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a script sees of a request."""

    index: int
    """0, 1, 2 ... in the order of arrival."""
    body: dict[str, Any]
    headers: dict[str, str]


Applies = Callable[[Asked], bool]


@dataclass(slots=True)
class FaultScript:
    """Which request meets which fault; the rule that was added first wins."""

    _rules: list[tuple[Applies, Fault]] = field(default_factory=list)

    def at(self, *indexes: int, fault: Fault) -> None:
        """The requests that arrive as number 0, 1, 2 ..."""
        wanted = frozenset(indexes)
        self.when(lambda asked: asked.index in wanted, fault)

    def when(self, applies: Applies, fault: Fault, *, times: int | None = None) -> None:
        """The requests for which `applies` is true: all of them, or the first `times`."""
        left = times

        def still_applies(asked: Asked) -> bool:
            nonlocal left
            if left == 0 or not applies(asked):
                return False
            left = None if left is None else left - 1
            return True

        self._rules.append((still_applies, fault))

    def at_rate(self, rate: float, *faults: Fault, seed: int = 0) -> None:
        """A share `rate` (0..1) of the requests, each fault as often; the seed decides which, whatever the timing."""

        def drawn(asked: Asked) -> int:
            draw = random.Random(f"{seed}:{asked.index}").random()
            return int(draw / rate * len(faults)) if draw < rate else -1

        for number, fault in enumerate(faults):
            self.when(lambda asked, number=number: drawn(asked) == number, fault)

    def always(self, fault: Fault) -> None:
        """Every request, until `clear`."""
        self.when(lambda _: True, fault)

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self._rules.clear()

    def fault_for(self, asked: Asked) -> Fault | None:
        """The fault that this request meets, if any."""
        return next((fault for applies, fault in self._rules if applies(asked)), None)
