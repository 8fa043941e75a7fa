"""How a model's reply ends, what it costs, who pays and what can go wrong: for kit.llm and its callers, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from coderai.kit.errors import CoderAIError, Conflict, Internal, InvalidInput, TooLarge, Unavailable


class Finish(StrEnum):
    """Why a reply ended."""

    COMPLETE = "COMPLETE"
    CUT_OFF = "CUT_OFF"
    """At the limit of tokens: what is there may be incomplete."""
    TOO_LONG = "TOO_LONG"
    """The request does not fit into the model's context: there is no reply."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked of models: calls that reached one (retries and repairs included) and tokens."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    """The part of tokens_in that came from the provider's prefix cache, and costs less."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.tokens_cached + other.tokens_cached,
        )


NOTHING_USED = Usage()


class Account(Protocol):
    """Who pays for what is asked of a model: says before each question whether it may be put, and hears how it goes."""

    async def before(self, tokens: int) -> None:
        """Sets so many tokens aside, which the question may take.

        Raises:
            kit.errors.CoderAIError: no more may be spent; the question is not put.
        """
        ...

    async def waits(self, problem: str, seconds: float) -> None:
        """Hears that a request met a passing fault, and is sent again after so many seconds."""
        ...

    async def after(self, tokens: int, used: Usage) -> None:
        """Takes what was used in place of what had been set aside, also of a question that failed."""
        ...


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """One token of a reply: the code points text[start:end] that it writes, and its log-probability, at most 0.

    A character whose bytes several tokens share belongs to each of them, so that spans may overlap.
    """

    start: int
    end: int
    logprob: float


class ModelError(CoderAIError):
    """Base of what a question to a model can end with."""

    usage = NOTHING_USED
    """What was spent before it failed."""


class ModelReplyInvalid(ModelError, Internal):
    """The model's reply fits what was asked neither at first nor after a repair request."""

    def __init__(
        self,
        message: str = "",
        usage: Usage = NOTHING_USED,
        *,
        text: str = "",
        content: Mapping[str, Any] | None = None,
    ) -> None:
        """Keeps what can be salvaged: the last reply's `text`, and `content` when that is a JSON object."""
        super().__init__(message)
        self.usage = usage
        self.text = text
        self.content = content


class ModelNeverEnds(ModelError, Internal):
    """The model's replies run to their token limit again and again, and none comes to an end."""


class ModelUnusable(ModelError):
    """The model cannot be used as things are, whatever it is asked: a person has to change something first."""


class ModelNameInvalid(ModelUnusable, InvalidInput):
    """A model is named provider:model, as in openai:gpt-5-mini."""


class ModelNotAllowed(ModelUnusable, InvalidInput):
    """The operator of this installation has not listed the model."""


class ModelKeyInvalid(ModelUnusable, Conflict):
    """The provider does not accept the API key."""


class ModelNotServed(ModelUnusable, Conflict):
    """The provider does not serve this model to this account: it is unknown, or not paid for."""


class ModelRefusedRequest(ModelError, Conflict):
    """The provider refuses the request; asking again does not help."""


class ContextTooLong(ModelError, TooLarge):
    """The request is longer than the model's context: split it."""


class ModelUnavailable(ModelError, Unavailable):
    """The model cannot be reached now, even after retries."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        """`retry_after` is how many seconds to wait at least, when that is known."""
        super().__init__(message)
        self.retry_after = retry_after


class ModelThrottled(ModelUnavailable):
    """The provider limits the rate of requests (HTTP 429)."""


class ModelPaused(ModelUnavailable):
    """The model has failed too often: it is left alone for a while."""


class ModelBrokeOff(ModelUnavailable):
    """The reply broke off after its beginning had been passed on: what came stands, and may be asked for again."""
