"""Reads multipart/form-data as it arrives: one part after the other, never a whole one in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass

from pydantic import TypeAdapter
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from coderai.gateway.http.models import Text
from coderai.kit.errors import InvalidInput


class MalformedMultipart(InvalidInput):
    """The body is not well-formed multipart/form-data."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A part that is no file, complete."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FileBegun:
    """A part that is a file begins; its bytes follow."""

    field: str
    file_name: str


@dataclass(frozen=True, slots=True)
class FileEnded:
    """The file is complete."""


Event = FormField | FileBegun | FileEnded | bytes

_TEXT = TypeAdapter[str](Text)
_LONGEST_VALUE = 4096
"""Bytes of a form field's value."""
_MOST_FIELDS = 16
"""Parts that are no files."""


async def multipart_events(content_type: str, body: AsyncIterable[bytes]) -> AsyncGenerator[Event]:
    """What the body holds, as it arrives: each form field, and for each file its begin, its bytes in pieces, its end.

    Raises:
        MalformedMultipart: the header names no boundary, or the body does not keep to it, or breaks off; or
            a form field is no text of 4 KiB at most, there are more than 16, or a part has more than 8 headers, or
            one of more than 4 KiB.
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
        self._fields = 0
        self._field: tuple[str, bytearray] | None = None
        callbacks = {
            "on_header_field": self._on_header_name,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
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
        if file_name:
            self._events.append(FileBegun(field, file_name))
            return
        self._fields += 1
        if self._fields > _MOST_FIELDS:
            raise MalformedMultipart(f"the body has more than {_MOST_FIELDS} form fields")
        self._field = (field, bytearray())

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            self._events.append(data[start:end])
            return
        name, value = self._field
        value += data[start:end]
        if len(value) > _LONGEST_VALUE:
            raise MalformedMultipart(f"the form field {name!r} is longer than {_LONGEST_VALUE} bytes")

    def _on_part_end(self) -> None:
        if self._field is None:
            self._events.append(FileEnded())
            return
        name, value = self._field
        self._field = None
        try:
            self._events.append(FormField(name, _TEXT.validate_python(value.decode())))
        except ValueError as error:
            raise MalformedMultipart(f"the form field {name!r} is not text in UTF-8") from error

    def _on_end(self) -> None:
        self.is_complete = True
