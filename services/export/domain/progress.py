"""How far the reading and writing of a dataset are, for whoever waits for them."""

from __future__ import annotations

from collections.abc import Callable

OnProgress = Callable[[int, int], None]
"""Told how many of how many are done, in the thread that does the work; what it raises ends that work."""


def unwatched(done: int, of: int) -> None:
    """Nobody waits."""
