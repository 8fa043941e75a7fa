"""How many requests may go to a model: at a time in this process, and, by a port, across all replicas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from anyio import CapacityLimiter

from coderai.kit.model_replies import ModelThrottled

log = structlog.get_logger()


class RateLimit(Protocol):
    """A limit that holds across all replicas."""

    async def before(self, model: str, tokens: int) -> None:
        """Waits until a request to the model may go; `tokens` is about what it sends.

        Raises:
            ModelPaused: it would take too long.
        """
        ...


class NoRateLimit:
    """Lets everything through."""

    async def before(self, model: str, tokens: int) -> None:
        """Returns at once."""


class AdaptiveConcurrency:
    """Requests at a time: halved when the provider throttles, one more after as many successes as it allows.

    Additive increase, multiplicative decrease (Chiu and Jain, 1989), as TCP does it.
    """

    def __init__(self, model: str, most: int) -> None:
        self._model = model
        self._most = most
        self._slots = CapacityLimiter(most)
        self._halvings = 0
        self._successes = 0

    @property
    def limit(self) -> int:
        """Requests that may be under way now."""
        return int(self._slots.total_tokens)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Holds one request; what it ends with adapts the limit."""
        async with self._slots:
            halvings_at_start = self._halvings
            try:
                yield
            except ModelThrottled:
                # The requests that were under way together are one round: they say the same thing once.
                if halvings_at_start == self._halvings:
                    self._halve()
                raise
        self._grow()

    def _halve(self) -> None:
        self._halvings += 1
        self._successes = 0
        self._slots.total_tokens = max(1, self.limit // 2)
        log.info("llm_concurrency_halved", model=self._model, limit=self.limit)

    def _grow(self) -> None:
        self._successes += 1
        if self._successes >= self.limit < self._most:
            self._successes = 0
            self._slots.total_tokens = self.limit + 1
