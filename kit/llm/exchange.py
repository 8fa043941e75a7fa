"""What is asked of a model, and what it replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from coderai.kit.llm.schema import ReplySchema
from coderai.kit.model_replies import Finish, TokenSpan, Usage
from coderai.kit.tokens import estimate_tokens


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model.

    `temperature` and `reasoning_effort` are left out for models that take none. A few hundred distinct values of them,
    of `max_tokens` and `schema` together cost nothing more; beyond that each new one costs a millisecond.
    """

    messages: tuple[ChatMessage, ...]
    schema: ReplySchema | None = None
    """What the reply must fit; free text when absent."""
    temperature: float = 0.0
    max_tokens: int = 4096
    """Most tokens of the answer; models that think get room for it on top, and a reply that is cut off gets more."""
    usual_reply: int = 500
    """Tokens of a reply of the usual length: what is set aside for it before it is there."""
    reasoning_effort: str = ""
    """minimal, low, medium or high, for models that think; empty for the provider's usual."""
    repairs: bool = True
    """Whether a reply that does not fit is asked for again."""
    retries: bool = True
    """Whether passing faults are waited for."""
    logprobs: bool = False
    """Whether the tokens' log-probabilities are wanted, of models that give them."""


@dataclass(frozen=True, slots=True)
class ChatReply:
    """A model's reply."""

    text: str
    """As the model gave it."""
    usage: Usage
    finish: Finish = Finish.COMPLETE
    content: Mapping[str, Any] = field(default_factory=dict)
    """What `text` holds, checked against the request's schema; empty without one, and when the reply is cut off."""
    repaired: bool = False
    """Whether it is the reply to a repair request."""
    tokens: tuple[TokenSpan, ...] = ()
    """The tokens of `text` with their log-probabilities; none where they were not wanted or the model gives none."""


def tokens_sent(request: ChatRequest) -> int:
    """About how many tokens its messages have."""
    return sum(estimate_tokens(message.content) for message in request.messages)
