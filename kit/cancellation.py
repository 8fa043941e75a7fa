"""Ends tasks whose cancellation a library has swallowed."""

from __future__ import annotations

import asyncio


def raise_if_cancelled() -> None:
    """Raises CancelledError in a task that was cancelled, and got a result instead of that.

    In Python 3.11, asyncio.wait_for loses a cancellation that comes together with what it waits for
    (https://github.com/python/cpython/issues/86296), and libraries use it. A loop that ends by cancellation only calls
    this in each round. Own code waits in asyncio.timeout, which loses none.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
