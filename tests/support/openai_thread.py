"""The OpenAI-speaking server in a thread of its own, for tests that drive processes and run no event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.openai_server import OpenAIServer

_WITHIN = 60.0
"""Seconds for its start and its end."""


@contextmanager
def serving(server: OpenAIServer) -> Iterator[OpenAIServer]:
    """Serves while the block runs; `server.latency` and `server.stats` may be used from the block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="openai-server", daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(_WITHIN)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None), loop).result(_WITHIN)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
