"""Streams a file from its service to the client: the head gives name and size, the bytes follow unread."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.responses import Response
from google.protobuf.message import Message

from coderai.gateway.http.ranges import Range, wanted_range
from coderai.gateway.http.streams import Stream
from coderai.ingest.v1.ingest_service_pb2 import Document
from coderai.kit.contract import media_type
from coderai.kit.errors import Internal

_ANY = "application/octet-stream"
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\"]')


Ask = Callable[[Message], AsyncGenerator[Any]]
"""Sends a request for a file; the replies are a head, then data."""


async def download(ask: Ask, request: Message) -> Stream:
    """The answer that sends a whole file.

    Raises:
        CoderAIError: what the service raised before the first byte.
    """
    parts = ask(request)
    file = _described(await _head(parts))
    return Stream(_data(parts), file.media_type, file.headers())


async def download_in_parts(ask: Ask, request: Any, method: str, headers: Mapping[str, str]) -> Response:
    """The same for a file of which a part can be had: the one that the headers ask for, and with HEAD none.

    The head is asked for by itself where it decides what is sent: that of one export's file is always the same.

    Raises:
        HTTPException: 416.
    """
    if method != "HEAD" and "range" not in headers:
        return await download(ask, request)
    request.head_only = True
    async with aclosing(ask(request)) as parts:
        file = _described(await _head(parts))
    if method == "HEAD":
        answer = Response(headers=file.headers(), media_type=file.media_type)
        if file.size is None:
            # Of the empty body; the file's is not known.
            del answer.headers["content-length"]
        return answer
    part = wanted_range(headers, file.size or 0, file.etag) if file.etag else None
    request.head_only = False
    if part is None:
        return await download(ask, request)
    request.offset, request.length = part.first, part.length
    data = ask(request)
    await _head(data)
    return Stream(_data(data), file.media_type, file.headers(part), HTTPStatus.PARTIAL_CONTENT)


def content_disposition(name: str) -> str:
    """The header that has a file saved under its name, whatever the name holds (RFC 6266, RFC 8187)."""
    safe = _UNSAFE.sub("_", name) or "download"
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


@dataclass(frozen=True, slots=True)
class _File:
    """What is known of a file."""

    name: str
    size: int | None
    """Bytes."""
    media_type: str
    etag: str = ""
    """Of one that can be had in parts; it is about its bytes, so that the same have the same."""

    def headers(self, part: Range | None = None) -> dict[str, str]:
        """What the answer with the file, or with a part of it, says of it."""
        size = self.size if part is None else part.length
        said = {
            "Content-Disposition": content_disposition(self.name),
            "Content-Length": None if size is None else str(size),
            "Content-Range": part and part.content_range,
            "Accept-Ranges": "bytes" if self.etag else None,
            "ETag": self.etag,
        }
        return {name: value for name, value in said.items() if value}


async def _head(parts: AsyncGenerator[Any]) -> Any:
    first = await anext(parts, None)
    if first is None or first.WhichOneof("part") != "head":
        raise Internal("the service sent a file without a head")
    return first.head


def _described(head: Any) -> _File:
    if isinstance(head, Document):
        return _File(head.name, head.size, media_type(head) or _ANY)
    etag = f'"{head.sha256}"' if head.sha256 else ""
    return _File(head.name, head.size if etag else head.size or None, head.media_type or _ANY, etag)


async def _data(parts: AsyncGenerator[Any]) -> AsyncGenerator[bytes]:
    async with aclosing(parts):
        async for part in parts:
            yield part.data
