"""Serves the HTTP API by uvicorn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI

from coderai.gateway.http.connections import BoundedConnection, Connections

_CLIENTS_MESSAGE = 64 * 2**10
"""Bytes of a message that a client sends by WebSocket, where it has nothing to say."""
_STOP_WITHIN = 5
"""Seconds that requests in hand have when the gateway stops."""


async def serve_http(app: FastAPI, listen: str, stopping: asyncio.Event, connections: Connections) -> None:
    """Serves the HTTP API on host:port until cancelled; then sets `stopping` and lets requests in hand finish.

    Raises:
        SystemExit: the address is in use.
    """
    host, _, port = listen.rpartition(":")
    config = uvicorn.Config(
        app,
        host or "127.0.0.1",
        int(port),
        http=partial(BoundedConnection, bounds=connections),  # type: ignore[arg-type]
        ws="websockets-sansio",
        ws_max_size=_CLIENTS_MESSAGE,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_WITHIN,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        stopping.set()
        server.should_exit = True
        await running
        raise


class _Server(uvicorn.Server):
    """Leaves signals to kit.process, which stops all parts in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield
