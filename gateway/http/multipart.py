"""Reads multipart/form-data as it arrives: one part after the other, never a whole one in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from coderai.kit.errors import InvalidInput


class MalformedMultipart(InvalidInput):
    """The body is not well-formed multipart/form-data."""


@dataclass(frozen=True, slots=True)
class PartBegun:
    """A part begins; its bytes follow."""

    field: str
    file_name: str
    """Empty when the part is no file."""


@dataclass(frozen=True, slots=True)
class PartEnded:
    """The part is complete."""


Event = PartBegun | PartEnded | bytes


async def multipart_events(content_type: str, body: AsyncIterable[bytes]) -> AsyncGenerator[Event]:
    """What the body holds, as it arrives: for each part its begin, its bytes in pieces, its end.

    Raises:
        MalformedMultipart: the header names no boundary, or the body does not keep to it, or breaks off.
    """
    parser = _Parser(content_type)
    async for piece in body:
        for event in parser.events(piece):
            yield event
    if not parser.is_complete:
        raise MalformedMultipart("the multipart body ends in the middle")


class _Parser:
    """Collects what the library's callbacks tell while it reads one piece."""

    def __init__(self, content_type: str) -> None:
        _, options = parse_options_header(content_type)
        if not options.get(b"boundary"):
            raise MalformedMultipart("the Content-Type multipart/form-data must name a boundary")
        self.is_complete = False
        self._events: list[Event] = []
        self._name, self._value, self._disposition = b"", b"", b""
        callbacks = {
            "on_header_field": self._on_header_name,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
            "on_part_end": lambda: self._events.append(PartEnded()),
            "on_end": self._on_end,
        }
        try:
            self._parser = MultipartParser(options[b"boundary"], callbacks)  # type: ignore[arg-type]
        except FormParserError as error:
            raise MalformedMultipart(str(error)) from error

    def events(self, piece: bytes) -> list[Event]:
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise MalformedMultipart(f"the body is not well-formed multipart/form-data: {error}") from error
        events, self._events = self._events, []
        return events

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._disposition = b""
        field, file_name = (options.get(name, b"").decode(errors="replace") for name in (b"name", b"filename"))
        self._events.append(PartBegun(field, file_name))

    def _on_end(self) -> None:
        self.is_complete = True
