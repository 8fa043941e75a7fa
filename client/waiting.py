"""When to look whether something that is waited for has happened."""

from __future__ import annotations

import time
from collections.abc import Iterator

from coderai.client.errors import WaitedTooLong

_FIRST_LOOK, _SLOWEST_LOOK = 0.05, 2.0
"""Seconds between two looks at something that is waited for: they double from the first to the second."""


def looks(timeout: float | None, what: str) -> Iterator[None]:
    """Yields at the times to look whether something has happened.

    Raises:
        WaitedTooLong: after `timeout` seconds.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    delay = _FIRST_LOOK
    while True:
        yield
        if deadline is not None and time.monotonic() + delay > deadline:
            raise WaitedTooLong(f"waited {timeout:g} seconds for {what}")
        time.sleep(delay)
        delay = min(2 * delay, _SLOWEST_LOOK)
