"""Streams a file from its service to the client: the head gives name and size, the bytes follow unread."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from google.protobuf.message import Message

from coderai.gateway.http.streams import Stream
from coderai.ingest.v1.ingest_service_pb2 import Document
from coderai.kit.errors import Internal

_MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\"]')


async def download(request: Message, parts: AsyncGenerator[Any]) -> Stream:
    """The answer that sends a file; `parts` are the replies to the request: a head, then data.

    Raises:
        CoderAIError: what the service raised before the first byte.
    """
    first = await anext(parts, None)
    if first is None or first.WhichOneof("part") != "head":
        raise Internal("the service sent a file without a head")
    name, size = _name_and_size(request, first.head)
    headers = {"Content-Disposition": content_disposition(name)}
    if size is not None:
        headers["Content-Length"] = str(size)
    media_type = _MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    return Stream(_data(parts), media_type, headers)


def content_disposition(name: str) -> str:
    """The header that has a file saved under its name, whatever the name holds (RFC 6266, RFC 8187)."""
    safe = _UNSAFE.sub("_", name) or "download"
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def _name_and_size(request: Any, head: Any) -> tuple[str, int | None]:
    if isinstance(head, Document):
        return head.name, head.size
    # An export's size is that of the dataset, not of the codebook beside it.
    return (head.codebook_file_name, None) if request.codebook else (head.file_name, head.size)


async def _data(parts: AsyncGenerator[Any]) -> AsyncGenerator[bytes]:
    async with aclosing(parts):
        async for part in parts:
            yield part.data
