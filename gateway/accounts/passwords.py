"""Hashes passwords with Argon2id (RFC 9106), a few at a time and off the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_A_TIME = 2
"""Each hash takes 19 MiB and a processor for some 30 ms."""


class Passwords:
    """Makes and checks password hashes; a check takes as long when there is no such user."""

    def __init__(self) -> None:
        # As the OWASP Password Storage Cheat Sheet advises; a stored hash keeps the cost that it was made with.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(AT_A_TIME, "argon2")
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """The hash to store, with its salt and parameters."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether a password is the one that was hashed; `stored` is None when there is no such user."""
        check = (stored or self._nobodys, password)
        matched = await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, *check)
        return matched and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False)
