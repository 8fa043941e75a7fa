"""Streamed answers that end for certain when the client leaves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class Stream(StreamingResponse):
    """A streamed answer that closes its source when it ends, also when the client leaves in the middle."""

    def __init__(
        self, source: AsyncGenerator[bytes], media_type: str, headers: Mapping[str, str], status: int = 200
    ) -> None:
        super().__init__(source, status, headers, media_type)
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._source.aclose()
