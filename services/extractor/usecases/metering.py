"""Counts what a task asks of models and, where tokens are limited, has some set aside before each question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from coderai.kit.model_replies import NOTHING_USED, Usage

Reserve = Callable[[int, Usage], Awaitable[None]]
"""Sets so many tokens aside for all questions under way, given what was used before. Raises BudgetUsedUp."""
Tell = Callable[[str], Awaitable[None]]
"""Tells who watches the job what it waits for."""


class Meter:
    """kit.model_replies.Account of one attempt at a task; questions that failed are counted, too."""

    def __init__(self, tell: Tell, reserve: Reserve | None = None) -> None:
        """Without `reserve` there is no limit."""
        self.usage = NOTHING_USED
        self._tell = tell
        self._reserve = reserve
        self._reserved = 0
        self._turn = asyncio.Lock()

    async def before(self, tokens: int) -> None:
        """Sets tokens aside; says how things stand, which settles what was used since the last time.

        Raises:
            BudgetUsedUp: the question may take more than is left.
        """
        self._reserved += tokens
        if self._reserve is None:
            return
        try:
            async with self._turn:
                await self._reserve(self._reserved, self.usage)
        except BaseException:
            self._reserved -= tokens
            raise

    async def waits(self, problem: str, seconds: float) -> None:
        """Tells of a passing fault."""
        await self._tell(f"{problem}; trying again in {seconds:.0f} s")

    async def after(self, tokens: int, used: Usage) -> None:
        """Counts what was used; the next reservation says so."""
        self._reserved -= tokens
        self.usage += used
