"""What the reading process and its parent say to each other: values and files, each after its kind and length."""

from __future__ import annotations

import asyncio
import pickle
import struct
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Protocol

_HEAD = struct.Struct(">BQ")
_PIECE = 2**20
"""Bytes of a file that wait to be sent."""


class Kind(IntEnum):
    """What a frame holds."""

    READY = 1
    """The process has started."""
    REQUEST = 2
    """What is to be read; its bytes follow."""
    PARTS = 3
    LAST = 4
    ALIVE = 5
    """It takes long, but goes on."""
    DATA = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """One message; its value is unpickled when it is asked for."""

    kind: Kind
    body: bytes

    @property
    def value(self) -> Any:
        """What was sent."""
        return pickle.loads(self.body)  # noqa: S301 - from our own process

    @property
    def packed(self) -> bytes:
        """The frame as bytes."""
        return _HEAD.pack(self.kind, len(self.body)) + self.body


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read."""

    data: bytes
    name: str
    text_column: str = ""
    model: str = ""
    """The one that will code the text, as provider:model; its tokens are counted."""


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def pack(kind: Kind, value: Any) -> bytes:
    """A value as the bytes of one frame."""
    return Frame(kind, pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)).packed


def read(stream: _Source) -> Frame | None:
    """The next frame; None at the end."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    return Frame(Kind(kind), stream.read(length))


async def send_request(stream: asyncio.StreamWriter, request: Request) -> None:
    """Sends what to read, the bytes as they are and a piece at a time: no copies of a large file are made.

    Raises OSError when the other side is gone.
    """
    stream.write(pack(Kind.REQUEST, replace(request, data=b"")))
    stream.write(_HEAD.pack(Kind.DATA, len(request.data)))
    for start in range(0, len(request.data), _PIECE):
        stream.write(memoryview(request.data)[start : start + _PIECE])
        await stream.drain()


def read_request(stream: _Source) -> Request | None:
    """The next file to read; None at the end."""
    head, data = read(stream), read(stream)
    return replace(head.value, data=data.body) if head and data else None


async def receive(stream: asyncio.StreamReader) -> Frame:
    """The next frame. Raises asyncio.IncompleteReadError when the other side is gone."""
    kind, length = _HEAD.unpack(await stream.readexactly(_HEAD.size))
    return Frame(Kind(kind), await stream.readexactly(length))
