"""Loops that end by cancellation only do so, also when something swallows that or comes in the same moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from coderai.kit.bus import wait_for_ring
from coderai.kit.outbox import sweep_forever


async def is_cancelled(task: asyncio.Task[None]) -> bool:
    await asyncio.wait([task], timeout=20)
    return task.cancelled()


async def test_a_sweep_that_swallows_a_cancellation_is_the_last() -> None:
    begun = asyncio.Event()

    async def sweep() -> None:
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    sweeping = asyncio.create_task(sweep_forever(sweep, timedelta(0), "test"))
    await begun.wait()
    sweeping.cancel()
    assert await is_cancelled(sweeping)


async def test_a_ring_in_the_moment_of_a_cancellation_does_not_hide_it() -> None:
    rung, waiting = asyncio.Event(), asyncio.Event()

    async def listen() -> None:
        while True:
            waiting.set()
            await wait_for_ring(rung)
            rung.clear()

    listening = asyncio.create_task(listen())
    await waiting.wait()
    rung.set()
    await asyncio.sleep(0)
    listening.cancel()
    assert await is_cancelled(listening)
