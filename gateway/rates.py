"""Requests a minute, by address and by caller, counted over all gateways together.

A gateway leases a second's requests at a time from the line of time that Postgres keeps of each address and caller,
and spends them without asking again. Who asks for nothing for BURST seconds may then ask for so many seconds' requests
at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

import structlog

from coderai.gateway.accounts.tables import request_rates
from coderai.kit.db import Database
from coderai.kit.errors import LimitReached, Unavailable
from coderai.kit.timeline import lease

log = structlog.get_logger()

BURST = 30.0
_LEASE = 1.0
"""Seconds' worth of requests that are leased at once."""
_REMEMBERED = 20_000
"""Addresses and callers whose leases are kept; of those beyond, the ones that asked longest ago lose theirs."""


class TooManyRequests(LimitReached):
    """Too many requests; try again in a moment."""

    def __init__(self, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


@dataclass(slots=True)
class _Share:
    """What this gateway has of one address's or caller's requests."""

    left: int = 0
    refused_until: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Rates:
    """How often each of one kind (addresses, callers) may ask."""

    def __init__(self, db: Database, kind: str, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = db
        self._kind = kind
        self._each = 60.0 / per_minute
        self._at_once = max(1, round(_LEASE / self._each))
        self._clock = clock
        self._shares: OrderedDict[str, _Share] = OrderedDict()

    async def take(self, who: str) -> None:
        """Counts a request.

        Raises:
            TooManyRequests: it is one too many; the error says when the next may come.
        """
        share = self._share(who)
        async with share.turn:
            if share.left < 1:
                await self._lease(who, share)
            share.left -= 1

    def _share(self, who: str) -> _Share:
        share = self._shares.setdefault(who, _Share())
        self._shares.move_to_end(who)
        if len(self._shares) > _REMEMBERED:
            self._shares.popitem(last=False)
        return share

    async def _lease(self, who: str, share: _Share) -> None:
        now = self._clock()
        if now < share.refused_until:
            raise TooManyRequests(ceil(share.refused_until - now))
        seconds = self._at_once * self._each
        try:
            begins_in = await lease(self._db, request_rates, f"{self._kind} {who}", seconds, BURST - seconds)
        except Unavailable as error:
            # Whether the database is there is for those to tell who need it; nothing is refused for its absence here.
            log.warning("rates_not_shared", error=error)
            begins_in = 0.0
        if begins_in is None:
            share.refused_until = self._clock() + seconds
            raise TooManyRequests(ceil(seconds))
        share.left = self._at_once
