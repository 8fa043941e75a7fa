"""Runs what takes a processor in a thread that does not outlive whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(stop: Callable[[], object], work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns or raises. When this is cancelled, it calls `stop`, which `work` must heed, and waits for it,
    however often it is cancelled again.

    asyncio.to_thread alone would leave the thread at work, on files that whoever waited then removes.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop()
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        running.exception()  # Nobody else asks for it.
        raise
