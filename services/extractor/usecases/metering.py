"""Counts what an engine's calls use and, under a budget, has tokens set aside before each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from coderai.engines.calls import Call, Engine, Reply
from coderai.kit.model_replies import NOTHING_USED, ModelError, Usage

Reserve = Callable[[int, Usage], Awaitable[None]]
"""Sets so many tokens aside for all calls under way, given what was used before. Raises BudgetUsedUp."""


class Meter:
    """An engine that asks another one and knows what that took, failed calls included."""

    def __init__(self, engine: Engine, tokens_for: Callable[[Call], int], reserve: Reserve | None = None) -> None:
        """`tokens_for` estimates what a call will take; without `reserve` there is no budget."""
        self.usage = NOTHING_USED
        self._engine = engine
        self._tokens_for = tokens_for
        self._reserve = reserve
        self._reserved = 0
        self._turn = asyncio.Lock()

    async def ask(self, call: Call) -> Reply:
        """As `Engine.ask`.

        Raises:
            BudgetUsedUp: the call may take more than is left.
        """
        tokens = self._tokens_for(call) if self._reserve else 0
        self._reserved += tokens
        try:
            await self._set_aside()
            reply = await self._engine.ask(call)
        except ModelError as error:
            self.usage += error.usage
            raise
        finally:
            self._reserved -= tokens
        self.usage += reply.usage
        return reply

    async def _set_aside(self) -> None:
        """Says how things stand; the next time replaces it, which settles what has been used since."""
        if self._reserve is not None:
            async with self._turn:
                await self._reserve(self._reserved, self.usage)
