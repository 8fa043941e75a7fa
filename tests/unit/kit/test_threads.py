"""Work in a thread ends before whoever waits for it does, however often that is cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from coderai.kit.threads import in_thread


async def test_it_returns_and_raises_as_the_work_does() -> None:
    assert await in_thread(lambda: None, lambda number: number + 1, 1) == 2
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: None, lambda: 1 / 0)


@pytest.mark.parametrize("times", [1, 3])
async def test_whoever_is_cancelled_waits_until_the_work_has_stopped(times: int) -> None:
    begun, stopped, may_end, ended = (threading.Event() for _ in range(4))

    def work() -> None:
        begun.set()
        assert stopped.wait(30)
        assert may_end.wait(30)
        ended.set()
        raise ValueError

    waiting = asyncio.ensure_future(in_thread(stopped.set, work))
    assert await asyncio.to_thread(begun.wait, 30)
    for _ in range(times):
        waiting.cancel()
        await asyncio.wait([waiting], timeout=0.01)
        assert not waiting.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()
