"""Reads what LangChain and the provider SDKs raise, into named errors without secrets."""

from __future__ import annotations

import errno
import math
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAuthenticationError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
)
from langchain_core.exceptions import ModelError as LangChainError

from coderai.kit import error_lines
from coderai.kit.model_replies import (
    ContextTooLong,
    ModelError,
    ModelKeyInvalid,
    ModelNotServed,
    ModelRefusedRequest,
    ModelThrottled,
    ModelUnavailable,
    Usage,
)

_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|prompt is too long|input (is too long|tokens exceed)",
    re.IGNORECASE,
)
_SECRET = re.compile(r"(?i)\b(?:bearer\s+\S+|(?:sk|pk|gsk|xai|key|token)[-_][\w*-]{6,})")
_WORDS_KEPT = 300
_UNREACHED = ("ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror")


def named(error: Exception, model: str, key_name: str) -> ModelError:
    """The named error for what a request to `model` ended with; its `usage` says whether it reached the model.

    `key_name` is the environment variable of the key that it was sent with. What is neither an HTTP error nor known to
    LangChain (a body that is no chat completion, say) counts as passing.
    """
    fault = _named(error, model, key_name)
    fault.told = error_lines.kind(error)
    fault.usage = Usage(calls=0 if _unreached(error) else 1)
    return fault


def _named(error: Exception, model: str, key_name: str) -> ModelError:
    status = _status(error)
    says_too_long = status in (400, 422) and _TOO_LONG.search(words_of(error))
    if isinstance(error, ContextOverflowError) or status == 413 or says_too_long:
        return ContextTooLong(f"the request is longer than the context of {model}: split it")
    if status in (401, 403) or isinstance(error, ModelAuthenticationError | ModelPermissionDeniedError):
        return ModelKeyInvalid(refused_key(model, key_name))
    if status in (402, 404) or isinstance(error, ModelNotFoundError) or _is_unpaid(error):
        return ModelNotServed(f"{model} is not served to this account: {words_of(error)}")
    if status == 429 or isinstance(error, ModelRateLimitError):
        return ModelThrottled(f"{model} limits the rate: {words_of(error)}", retry_after=_retry_after(error))
    if status == 408 or (status or 0) >= 500:
        message = f"{model} answers with HTTP {status}: {words_of(error)}"
        return ModelUnavailable(message, retry_after=_retry_after(error))
    if status is not None or (isinstance(error, LangChainError) and not error.is_retryable):
        return ModelRefusedRequest(f"{model} refuses the request: {words_of(error)}")
    if (cause := _unreached(error)) is not None:
        return ModelUnavailable(f"{model} is not reachable: {_in_words(cause)}")
    return ModelUnavailable(f"{model} cannot be understood ({type(error).__name__}: {words_of(error)})")


def no_key(model: str, variable: str) -> str:
    """What to do when there is no key."""
    return (
        f"there is no API key for {model}: set {variable or 'that of its provider'} in the environment of the workers"
    )


def refused_key(model: str, variable: str) -> str:
    """What to do when the provider does not accept the key."""
    return f"the provider refused the API key for {model}: check {variable or 'that of its provider'}"


def words_of(error: Exception) -> str:
    """The provider's own words about an error: short, and without what looks like a key."""
    body = getattr(error, "body", None)
    words = body.get("message") if isinstance(body, Mapping) else None
    text = " ".join(str(words or error).split())
    return _SECRET.sub("[key]", text)[:_WORDS_KEPT]


def _is_unpaid(error: Exception) -> bool:
    """Whether this is OpenAI's 429 for an account without credit, which does not pass by waiting."""
    return getattr(error, "code", None) == "insufficient_quota"


def _unreached(error: Exception) -> BaseException | None:
    """What kept a request from reaching the provider, the innermost error of it; None where it may have."""
    cause: BaseException | None = error
    is_unreached = False
    while cause is not None:
        is_unreached = is_unreached or type(cause).__name__ in _UNREACHED
        innermost, cause = cause, cause.__cause__ or cause.__context__
    return innermost if is_unreached else None


def _in_words(cause: BaseException) -> str:
    """connection refused, name not known ..."""
    if isinstance(cause, OSError) and cause.errno:
        known = cause.errno in errno.errorcode
        return (os.strerror(cause.errno) if known else cause.strerror or str(cause)).lower()
    return _SECRET.sub("[key]", str(cause) or type(cause).__name__)[:_WORDS_KEPT]


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None


def _retry_after(error: Exception) -> float | None:
    """Seconds to wait by the response's headers (RFC 9110, 10.2.3, and OpenAI's retry-after-ms)."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None) or {}
    if (milliseconds := _seconds(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _seconds(value)
    return _seconds_until(value) if seconds is None else seconds


def _seconds(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def _seconds_until(http_date: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date or "")
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
