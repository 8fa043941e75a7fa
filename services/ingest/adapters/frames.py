"""What the reading process and its parent say to each other: values and files, each after its kind and length.

The values are MessagePack, decoded into the types that each kind has: nothing that arrives can be run, and what is not
of its type is refused.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, Protocol

import msgspec

from coderai.services.ingest.adapters.sent import SentPart, SentReading, whole_parts, whole_reading
from coderai.services.ingest.domain.pages import PageSpans, Picture, PictureSize, Region
from coderai.services.ingest.domain.problems import AnswerRefused, Unreadable, unreadable
from coderai.services.ingest.domain.reading import Container

_HEAD = struct.Struct(">BQ")
_PIECE = 2**20
"""Bytes of a file that wait to be sent."""
_SMALL = 64 * 2**10


class Kind(IntEnum):
    """What a frame holds."""

    READY = 1
    """The process has started; which measures of isolation this host does not have, and why."""
    REQUEST = 2
    """What is to be read; its bytes follow."""
    PARTS = 3
    READING = 4
    CONTAINER = 5
    UNREADABLE = 6
    ALIVE = 7
    """It takes long, but goes on."""
    DATA = 8
    DRAW = 9
    """A page to draw; the file follows."""
    PICTURE = 10
    LOCATE = 11
    """Passages to find on pages; the file follows."""
    PLACES = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file cannot be read: an Unreadable's class and message."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read."""

    data: bytes
    name: str
    text_column: str = ""
    model: str = ""
    """The one that will code the text, as provider:model; its tokens are counted."""
    whole: bool = False
    """Whether nothing is left out as being a menu, a running header or the like."""
    language: str = ""
    """That the project says its documents are in, ISO 639-1; empty when it names none, or several."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A file of which pages are asked."""

    key: str
    """Tells the file from all others."""
    data: bytes
    """Empty when the process has the file from the request before."""
    path: str = ""
    """Of an archive or mail: the file in it that is meant."""
    sha256: str = ""
    """That file's."""


@dataclass(frozen=True, slots=True)
class Drawing(PageRequest):
    """A page to draw."""

    page: int = 1
    size: PictureSize = field(default_factory=PictureSize)


@dataclass(frozen=True, slots=True)
class Locating(PageRequest):
    """Spans of pages' texts that are to be found on them."""

    pages: Sequence[PageSpans] = ()


_REQUESTS = {Request: Kind.REQUEST, Drawing: Kind.DRAW, Locating: Kind.LOCATE}
_TYPES: Mapping[Kind, Any] = {
    Kind.READY: dict[str, str],
    Kind.REQUEST: Request,
    Kind.PARTS: list[SentPart],
    Kind.READING: SentReading,
    Kind.CONTAINER: Container,
    Kind.UNREADABLE: Problem,
    Kind.ALIVE: None,
    Kind.DRAW: Drawing,
    Kind.PICTURE: Picture,
    Kind.LOCATE: Locating,
    Kind.PLACES: list[list[list[Region]]],
}
_DECODERS = {kind: msgspec.msgpack.Decoder(type) for kind, type in _TYPES.items()}
_ENCODER = msgspec.msgpack.Encoder()
_LONGEST = {
    Kind.READY: _SMALL,
    Kind.PARTS: 256 * 2**20,
    Kind.READING: 256 * 2**20,
    Kind.CONTAINER: 64 * 2**20,
    Kind.UNREADABLE: _SMALL,
    Kind.ALIVE: _SMALL,
    Kind.PICTURE: 32 * 2**20,
    Kind.PLACES: 16 * 2**20,
}
"""Bytes of what the reading process may send; a text has 100 MiB at most, the metadata beside it less."""
_LONGEST_MESSAGE = 4_000
"""Characters of a reason; the rest is left out."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message; its value is decoded when it is asked for."""

    kind: Kind
    body: bytes

    @property
    def value(self) -> Any:
        """What was sent, of the kind's type. Raises AnswerRefused when it is not."""
        try:
            value = _whole(_DECODERS[self.kind].decode(self.body))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise AnswerRefused.because(f"{self.kind.name}: {type(error).__name__}") from error
        return value

    @property
    def packed(self) -> bytes:
        """The frame as bytes."""
        return _HEAD.pack(self.kind, len(self.body)) + self.body


def _whole(sent: Any) -> Any:
    """What was sent, as the domain knows it."""
    match sent:
        case SentReading():
            return whole_reading(sent)
        case [SentPart(), *_]:
            return whole_parts(sent)
        case Problem(name, message):
            return unreadable(name, clipped(message))
    return sent


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def pack(kind: Kind, value: Any) -> bytes:
    """A value of the kind's type as the bytes of one frame.

    Raises UnicodeEncodeError, OverflowError or TypeError when it has what MessagePack cannot hold.
    """
    if isinstance(value, Unreadable):
        value = Problem(type(value).__name__, clipped(value.message))
    return Frame(kind, _ENCODER.encode(value)).packed


def clipped(message: str) -> str:
    """A reason that is no longer than it may be and can be sent, whatever the file made its reader say."""
    return message[:_LONGEST_MESSAGE].replace("\0", "").encode("utf-8", "replace").decode()


def read(stream: _Source) -> Frame | None:
    """The next frame from a source that is trusted; None at the end."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    return Frame(Kind(kind), stream.read(length))


async def send_request(stream: asyncio.StreamWriter, request: Request | PageRequest) -> None:
    """Sends what to do, the bytes as they are and a piece at a time: no copies of a large file are made.

    Raises OSError when the other side is gone.
    """
    stream.write(pack(_REQUESTS[type(request)], replace(request, data=b"")))
    stream.write(_HEAD.pack(Kind.DATA, len(request.data)))
    for start in range(0, len(request.data), _PIECE):
        stream.write(memoryview(request.data)[start : start + _PIECE])
        await stream.drain()


def read_request(stream: _Source) -> Any:
    """The next Request, Drawing or Locating, whichever the process is for; None at the end."""
    head, data = read(stream), read(stream)
    return replace(head.value, data=data.body) if head and data else None


async def receive(stream: asyncio.StreamReader) -> Frame:
    """The next frame from the reading process.

    Raises:
        asyncio.IncompleteReadError: the other side is gone.
        AnswerRefused: it is of a kind that a reading process does not send, or longer than any of that kind.
    """
    kind, length = _HEAD.unpack(await stream.readexactly(_HEAD.size))
    if length > _LONGEST.get(kind, -1):
        raise AnswerRefused.because(f"a frame of kind {kind} and {length} bytes")
    return Frame(Kind(kind), await stream.readexactly(length))
