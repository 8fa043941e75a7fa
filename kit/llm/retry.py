"""The one retry policy: passing faults, at 1, 2, 4, 8, 16 s with jitter, never sooner than the provider asks."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from coderai.kit.model_replies import ModelBrokeOff, ModelPaused, ModelUnavailable

log = structlog.get_logger()

RETRIES = 5
LONGEST_WAIT = 60.0
"""Seconds: a provider that asks for a longer wait is not waited for here, since the caller can do better."""


Waits = Callable[[str, float], Awaitable[None]]
"""Hears what was the matter, in words, and after how many seconds it is tried again."""


def retrying(model: str, base_seconds: float, waits: Waits, retries: int = RETRIES) -> AsyncRetrying:
    """Retries an attempt that raises ModelUnavailable, and says so; the last error is raised as it is."""

    def wait(state: RetryCallState) -> float:
        backoff = base_seconds * 2.0 ** (state.attempt_number - 1)
        # Jitter spreads retries of requests that failed together; it is no secret.
        return max(backoff, _asked_for(state)) + random.uniform(0, base_seconds)  # noqa: S311

    async def note(state: RetryCallState) -> None:
        wait_seconds, error = round(state.upcoming_sleep, 3), _error(state)
        code = error.code if error else ""
        log.info("llm_retry", model=model, attempt=state.attempt_number, error=code, wait_seconds=wait_seconds)
        await waits(error.message if error else "", wait_seconds)

    return AsyncRetrying(
        retry=retry_if_exception(_passes),
        stop=stop_after_attempt(1 + retries),
        wait=wait,
        before_sleep=note,
        reraise=True,
    )


def _passes(error: BaseException) -> bool:
    if not isinstance(error, ModelUnavailable) or isinstance(error, ModelPaused | ModelBrokeOff):
        return False
    return (error.retry_after or 0.0) <= LONGEST_WAIT


def _asked_for(state: RetryCallState) -> float:
    error = _error(state)
    return (error.retry_after or 0.0) if error else 0.0


def _error(state: RetryCallState) -> ModelUnavailable | None:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, ModelUnavailable) else None
