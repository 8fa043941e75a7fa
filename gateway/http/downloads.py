"""Streams a file from its service to the client: the head gives name and size, the bytes follow unread."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any
from urllib.parse import quote

from coderai.gateway.http.streams import Stream
from coderai.ingest.v1.ingest_service_pb2 import Document
from coderai.kit.contract import media_type
from coderai.kit.errors import Internal

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\"]')


async def download(parts: AsyncGenerator[Any]) -> Stream:
    """The answer that sends a file; `parts` are the replies: a head, then data.

    Raises:
        CoderAIError: what the service raised before the first byte.
    """
    first = await anext(parts, None)
    if first is None or first.WhichOneof("part") != "head":
        raise Internal("the service sent a file without a head")
    name, size, kind = _described(first.head)
    headers = {"Content-Disposition": content_disposition(name)}
    if size is not None:
        headers["Content-Length"] = str(size)
    return Stream(_data(parts), kind or "application/octet-stream", headers)


def content_disposition(name: str) -> str:
    """The header that has a file saved under its name, whatever the name holds (RFC 6266, RFC 8187)."""
    safe = _UNSAFE.sub("_", name) or "download"
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def _described(head: Any) -> tuple[str, int | None, str]:
    """The file's name, size in bytes and media type, where they are known."""
    if isinstance(head, Document):
        return head.name, head.size, media_type(head)
    return head.name, head.size or None, head.media_type


async def _data(parts: AsyncGenerator[Any]) -> AsyncGenerator[bytes]:
    async with aclosing(parts):
        async for part in parts:
            yield part.data
