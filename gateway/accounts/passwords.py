"""Hashes passwords with Argon2id (RFC 9106), a few at a time and off the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coderai.kit.errors import LimitReached

AT_A_TIME = 2
"""Each hash takes 19 MiB and a processor for some 30 ms."""
MOST_WAITING = 128
"""Hashes that are waited for or made: the last of them is there in some two seconds."""
MOST_OF_ONE_ADDRESS = 16
"""Of these, so that one address does not keep out all others."""
R = TypeVar("R")


class PasswordsBusy(LimitReached):
    """Too many people sign in at this moment; try again in a second."""

    retry_after = 1.0


class Passwords:
    """Makes and checks password hashes; a check takes as long when there is no such user."""

    def __init__(self) -> None:
        # As the OWASP Password Storage Cheat Sheet advises; a stored hash keeps the cost that it was made with.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(AT_A_TIME, "argon2")
        self._nobodys = self._hasher.hash("the password of nobody")
        self._waiting: Counter[str] = Counter()

    async def hash(self, password: str, address: str = "") -> str:
        """The hash to store, with its salt and parameters; `address` is where it is asked for.

        Raises:
            PasswordsBusy: too many are waited for, or too many from there.
        """
        return await self._in_turn(address, self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None, address: str = "") -> bool:
        """Whether a password is the one that was hashed; `stored` is None, or empty, when there is none.

        Raises:
            PasswordsBusy: as of `hash`.
        """
        matched = await self._in_turn(address, self._verify, stored or self._nobodys, password)
        return matched and bool(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, address: str, work: Callable[..., R], *arguments: Any) -> R:
        if self._waiting.total() >= MOST_WAITING or self._waiting[address] >= MOST_OF_ONE_ADDRESS:
            raise PasswordsBusy()
        self._waiting[address] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False)
