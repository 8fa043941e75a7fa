"""Counts what is open at a time, by who opened it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from coderai.kit.errors import LimitReached


class TooManyOpen(LimitReached):
    """Too many calls and event streams are open at the same time; close some."""


class OpenCalls:
    """Calls and event streams of one gateway, so many for each at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def hold(self, who: str) -> Iterator[None]:
        """Counts one as open while the block runs.

        Raises:
            TooManyOpen: they have as many open as they may.
        """
        if self._open[who] >= self._most:
            raise TooManyOpen()
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]
