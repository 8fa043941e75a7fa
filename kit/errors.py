"""Named errors: what every part of CoderAI raises when it cannot do what was asked; free of any transport."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar


class CoderAIError(Exception):
    """Base of all named errors; its message says what is wrong and what to do."""

    retryable: ClassVar[bool] = False
    """Whether the same attempt may succeed later."""
    retry_after: float | None = None
    """Seconds to wait at least before the same attempt, when that is known."""
    told: str
    """What log lines say of it beside its code: free of texts, names and addresses, which a message may quote."""

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None, code: str | None = None) -> None:
        """`fields` says per field of the request what is wrong with it; `code` defaults to the class's name."""
        of_all = (type(self).__doc__ or "").split("\n")[0]
        super().__init__(message or of_all)
        self.told = "" if message else of_all
        self.fields = dict(fields or {})
        self.code = code or re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def message(self) -> str:
        """The sentence for the person who has to act on it."""
        return str(self.args[0])


class InvalidInput(CoderAIError):
    """The request does not make sense as it stands."""


class Unauthenticated(CoderAIError):
    """Nobody is signed in: send a valid token."""


class Forbidden(CoderAIError):
    """Your role in this workspace does not allow this."""


class NotFound(CoderAIError):
    """There is no such thing in this workspace."""


class AlreadyExists(CoderAIError):
    """Something with this name exists already."""


class Conflict(CoderAIError):
    """The state of things does not allow this now."""


class Changed(CoderAIError):
    """It has changed since you read it: read it again, and decide anew."""


class TooLarge(CoderAIError):
    """What was sent is larger than the limit."""


class LimitReached(CoderAIError):
    """A limit is reached; try again later."""

    retryable = True


class Unavailable(CoderAIError):
    """Something that is needed cannot be reached now."""

    retryable = True


class TimedOut(CoderAIError):
    """Something that is needed did not answer in time."""

    retryable = True


class Internal(CoderAIError):
    """Something went wrong on our side; the correlation id finds it in the logs."""
