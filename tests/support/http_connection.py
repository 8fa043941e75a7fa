"""The least of HTTP/1.1 that a test server needs: one request at a time on a connection, which it may also reset."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast

import httptools


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request that has been read whole."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response that is sent whole."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = field(default=())

    def encode(self) -> bytes:
        """The bytes that go over the wire."""
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"content-type: {self.content_type}",
            f"content-length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


class ResetMidway(Exception):
    """Raised by what gives a streamed body, to have the connection reset in the middle of it."""


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """A response whose body is sent chunk by chunk, as it is made."""

    body: AsyncIterator[bytes]
    content_type: str = "text/event-stream"

    def head(self) -> bytes:
        """The bytes before the body."""
        lines = ["HTTP/1.1 200 OK", f"content-type: {self.content_type}", "transfer-encoding: chunked"]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


Handler = Callable[[HttpRequest], Awaitable[HttpResponse | StreamedResponse | None]]


class HttpConnection(asyncio.Protocol):
    """Reads requests with httptools and writes what the handler returns; None resets the connection."""

    def __init__(self, handler: Handler, open_connections: "set[HttpConnection]") -> None:
        self._handler = handler
        self._open_connections = open_connections
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._answering: asyncio.Task[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        self._open_connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open_connections.discard(self)
        if self._answering:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._write(HttpResponse(400, b"", content_type="text/plain"))
            assert self._transport
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """Called by the parser, with a part of the URL at a time."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser for each header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        """Called by the parser, with a part of the body at a time."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """Called by the parser at the end of a request."""
        path = self._url.decode("latin-1").partition("?")[0]
        request = HttpRequest(self._parser.get_method().decode(), path, self._headers, b"".join(self._body))
        self._begin()
        self._answering = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: HttpRequest) -> None:
        response = await self._handler(request)
        assert self._transport
        if response is None:
            self._reset()
        elif isinstance(response, StreamedResponse):
            await self._stream(response)
        else:
            self._write(response)

    async def _stream(self, response: StreamedResponse) -> None:
        assert self._transport
        self._transport.write(response.head())
        try:
            async for chunk in response.body:
                self._transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        except ResetMidway:
            self._reset()
        else:
            self._transport.write(b"0\r\n\r\n")

    def _reset(self) -> None:
        assert self._transport
        # Closing a socket that lingers for no time sends RST, not FIN.
        no_linger = struct.pack("ii", 1, 0)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self._transport.abort()

    def _write(self, response: HttpResponse) -> None:
        assert self._transport
        self._transport.write(response.encode())

    async def close(self) -> None:
        """Drops the connection and what is being answered on it."""
        assert self._transport
        self._transport.abort()
        if self._answering:
            self._answering.cancel()
            await asyncio.gather(self._answering, return_exceptions=True)
