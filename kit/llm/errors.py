"""What can go wrong when a model is asked; each error says what the attempt has cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.kit.errors import CoderAIError, Conflict, Internal, InvalidInput, TooLarge, Unavailable
from coderai.kit.llm.exchange import ChatUsage


class ModelError(CoderAIError):
    """Base of what a question to a model can end with."""

    usage = ChatUsage()
    """What was spent before it failed."""


class ModelNameInvalid(ModelError, InvalidInput):
    """A model is named provider:model, as in openai:gpt-5-mini."""


class ModelKeyInvalid(ModelError, Conflict):
    """The provider does not accept the API key."""


class ModelRefusedRequest(ModelError, Conflict):
    """The provider refuses the request; asking again does not help."""


class ModelNotServed(ModelRefusedRequest):
    """The provider does not serve this model to this account, whatever it is asked: unknown, or not paid for."""


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


class ModelReplyInvalid(ModelError, Internal):
    """The model's reply fits neither at first nor after a repair request."""

    def __init__(self, message: str, *, text: str = "", content: Mapping[str, Any] | None = None) -> None:
        """Keeps what can be salvaged: the last reply's `text`, and `content` when that is a JSON object."""
        super().__init__(message)
        self.text = text
        self.content = content
