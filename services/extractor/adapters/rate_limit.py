"""Holds each model's requests and tokens per minute over all replicas together, by time leased from Postgres."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from coderai.kit.db import Database
from coderai.kit.model_replies import ModelPaused
from coderai.kit.models import ModelList, ModelTerms
from coderai.kit.timeline import lease
from coderai.services.extractor.adapters.tables import model_limits

SLICE = 1.0
"""Seconds of a model's time that a process leases at once, if it has use for them: one query a second at most."""
KEPT_FOR = 1.0
"""Seconds for which leased time may be used after it has passed."""
LONGEST_WAIT = 600.0
"""Seconds ahead that a model's time is leased; who comes then is sent away for a while."""
_MINUTE = 60.0 + SLICE + KEPT_FOR
"""What a minute's requests are spread over: as leased time may be used late, 60 seconds then see no more of them."""
_TINY = 1e-6


class SharedRateLimit:
    """kit.llm.RateLimit for all processes on one database: a model's time is one line, each stretch of it leased once.

    The clock is the database's. What a process that dies has leased is lost, and so never used twice.
    """

    def __init__(self, db: Database, models: ModelList, clock: Callable[[], float] = time.monotonic) -> None:
        """`models`: those that may be asked, with their limits; `clock` gives monotonic seconds."""
        self._models = models
        self._new_share = partial(_Share, db, clock=clock)
        self._shares: dict[str, _Share] = {}

    async def before(self, model: str, tokens: int) -> None:
        """Waits until a request to the model may go.

        Raises:
            ModelPaused: more is waiting already than the next ten minutes allow.
        """
        seconds = _seconds_for(self._models.terms(model), tokens)
        if seconds:
            if model not in self._shares:
                self._shares[model] = self._new_share(model)
            await self._shares[model].take(seconds)


def _seconds_for(terms: ModelTerms, tokens: int) -> float:
    """How much of the model's time a request takes: its share of a minute, by the tighter of the two limits."""
    requests = 1 / terms.requests_per_minute if terms.requests_per_minute else 0.0
    return _MINUTE * max(requests, tokens / terms.tokens_per_minute if terms.tokens_per_minute else 0.0)


class _Share:
    """One process's share of a model's time: the stretch that it has leased, used from its beginning."""

    def __init__(self, db: Database, model: str, clock: Callable[[], float]) -> None:
        self._db = db
        self._model = model
        self._clock = clock
        self._turn = asyncio.Lock()
        self._next = self._end = self._leased_at = clock()
        self._wanted: deque[float] = deque()
        self._taken = 0.0

    async def take(self, seconds: float) -> None:
        """Waits for the beginning of so many seconds; first come, first served."""
        self._wanted.append(seconds)
        try:
            async with self._turn:
                if self._next + seconds > self._end + _TINY or self._clock() >= self._end + KEPT_FOR:
                    await self._lease()
                starts, self._next = self._next, self._next + seconds
                self._taken += seconds
                await asyncio.sleep(starts - self._clock())
        finally:
            self._wanted.remove(seconds)

    async def _lease(self) -> None:
        """Leases a slice for those who wait, or what a slice took of late if that is more.

        A lease that was used up in less than a slice is followed by one twice as long, so that soon one is enough.
        """
        now = self._clock()
        lasted = now - self._leased_at
        lately = self._taken * (2 if lasted < SLICE else SLICE / lasted)
        length = max(self._a_slice_of_wanted(), min(lately, SLICE))
        self._next = await self._book(length)
        self._end = self._next + length
        self._taken, self._leased_at = 0.0, now

    def _a_slice_of_wanted(self) -> float:
        """Whole requests only: a rest that is too short for the next one would be lost."""
        total = 0.0
        for seconds in self._wanted:
            total += seconds
            if total >= SLICE:
                break
        return total

    async def _book(self, length: float) -> float:
        """Books the next free stretch for this process alone; returns when it starts, by this process's clock."""
        starts_in = await lease(self._db, model_limits, self._model, length, LONGEST_WAIT)
        if starts_in is None:
            message = f"what is waiting for {self._model} fills its limit for ten minutes: it is asked again later"
            raise ModelPaused(message, retry_after=LONGEST_WAIT / 2)
        return self._clock() + starts_in
