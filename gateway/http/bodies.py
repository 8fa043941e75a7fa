"""Keeps request bodies within their limits, counted as they arrive."""

from __future__ import annotations

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

JSON_LIMIT = 2**20
"""Bytes of a JSON body."""


class BoundedRoute(APIRoute):
    """A route that takes bodies of up to JSON_LIMIT bytes; a larger one is answered 413."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request of this route."""
        await super().handle(scope, bounded(receive, JSON_LIMIT), send)


def bounded(receive: Receive, limit: int) -> Receive:
    """Receives as `receive` does; raises HTTPException 413 once there are more than `limit` bytes."""
    size = 0

    async def receive_bounded() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413)
        return message

    return receive_bounded
