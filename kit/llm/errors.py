"""What can go wrong when a model is asked; each error says what the attempt has cost."""

from __future__ import annotations

from coderai.kit.errors import Conflict, InvalidInput, TooLarge, Unavailable
from coderai.kit.model_replies import ModelError


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
