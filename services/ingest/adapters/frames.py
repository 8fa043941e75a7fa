"""What the reading process and its parent say to each other: pickled values, each after its kind and length."""

from __future__ import annotations

import asyncio
import pickle
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

_HEAD = struct.Struct(">BQ")


class Kind(IntEnum):
    """What a frame holds."""

    READY = 1
    """The process has started."""
    REQUEST = 2
    PARTS = 3
    LAST = 4


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


async def receive(stream: asyncio.StreamReader) -> Frame:
    """The next frame. Raises asyncio.IncompleteReadError when the other side is gone."""
    kind, length = _HEAD.unpack(await stream.readexactly(_HEAD.size))
    return Frame(Kind(kind), await stream.readexactly(length))
