"""A connection of the HTTP API, within limits that hold before anything of a request is understood."""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from coderai.gateway.addresses import Addresses
from coderai.gateway.http.edge import CORRELATION_HEADER, SECURITY_HEADERS
from coderai.gateway.http.problems import MEDIA_TYPE, bare_problem

log = structlog.get_logger()

HEAD_BYTES = 64 * 2**10
"""Bytes of a request's line and headers; and of a body's trailers, or of what stands between its pieces."""
MOST_HEADERS = 100
LEAST_PROGRESS = 16 * 2**10
"""Bytes of a body, unless it ends, that must come while the gateway is patient."""
_PIECE = 16 * 2**10
_LINGER, _MOST_DROPPED = 1.0, 2**20
"""Seconds and bytes for which a connection is read on after its refusal, so that the client gets to read that."""


@dataclass(frozen=True, slots=True)
class Connections:
    """How many there may be, and how slow."""

    most: int
    """At a time."""
    of_one_address: int
    """Not of a proxy's, which speaks for many."""
    addresses: Addresses
    patience: float
    """Seconds that a request's head may take, and in which LEAST_PROGRESS must come of its body."""


class _Refused(Exception):
    """Stops the parser; the connection has been answered."""


class BoundedConnection(HttpToolsProtocol):
    """One connection: counted, its heads bounded in size and time, its bodies bound to make progress."""

    def __init__(self, *arguments: Any, bounds: Connections, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._bounds = bounds
        self._timer: TimerHandle | None = None
        self._unfinished = 0
        self._received = 0
        self._awaits_body = False
        self._was_behind = False
        self._is_websocket = False
        self._is_refused = False
        self._dropped = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if len(self.connections) > self._bounds.most:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, linger=0.0)
        elif not self._bounds.addresses.is_proxy(address) and self._is_crowded(address):
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS, linger=0.0)
        else:
            self._wait()

    def _is_crowded(self, address: str) -> bool:
        clients = [getattr(connection, "client", None) or ("",) for connection in self.connections]
        return [client[0] for client in clients].count(address) > self._bounds.of_one_address

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads in pieces, so that what is not a body cannot grow beyond its limit within one read."""
        for start in range(0, len(data), _PIECE):
            if self._is_refused:
                self._drop(len(data) - start)
                break
            if self._is_websocket:
                break
            piece = data[start : start + _PIECE]
            self._unfinished += len(piece)
            self._received += len(piece)
            super().data_received(piece)
            if self._unfinished > HEAD_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._timer is None and self._is_between_requests():
            self._wait()

    def _drop(self, size: int) -> None:
        """Counts what comes after a refusal; whoever sends on and on is cut off."""
        self._dropped += size
        if self._dropped > _MOST_DROPPED:
            self.transport.abort()

    def _is_between_requests(self) -> bool:
        is_over = self.cycle is None or self.cycle.response_complete
        return is_over and not self._is_websocket and not self._is_refused

    def handle_websocket_upgrade(self) -> None:
        self._is_websocket = True
        self._stop_waiting()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait()

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > MOST_HEADERS:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            raise _Refused

    def on_headers_complete(self) -> None:
        self._unfinished = 0
        super().on_headers_complete()
        self._wait()
        self._awaits_body = True

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unfinished = 0
        self._stop_waiting()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP as everything else is answered."""
        self._refuse(HTTPStatus.BAD_REQUEST)

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(self._bounds.patience, self._look)

    def _stop_waiting(self) -> None:
        self._awaits_body = False
        self._received = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Ends a request whose head is not complete by now, or whose body has hardly grown of late."""
        is_behind = self.flow.read_paused
        # After the gateway has let a client wait, the client has the whole time anew.
        if self._awaits_body and (is_behind or self._was_behind or self._received >= LEAST_PROGRESS):
            self._received = 0
            self._was_behind = is_behind
            self._timer = self.loop.call_later(self._bounds.patience, self._look)
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus, linger: float = _LINGER) -> None:
        """Answers, unless an answer has begun, and closes after `linger` seconds."""
        if self._is_refused:
            return
        self._is_refused = True
        cycle, is_being_answered = self.cycle, self._is_being_answered()
        self._stop_waiting()
        if not is_being_answered:
            identifier = str(uuid4())
            address = self.client[0] if self.client else ""
            log.info("connection_refused", address=address, status=int(status), correlation_id=identifier)
            self.transport.write(_answer(status, identifier))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if linger:
            # What still comes is read and dropped: else the answer would be lost with the connection's reset.
            self.flow.resume_reading()
            self.loop.call_later(linger, self.transport.close)
        else:
            self.transport.close()

    def _is_being_answered(self) -> bool:
        cycle = self.cycle
        return cycle is not None and cycle.response_started and (self._awaits_body or not cycle.response_complete)


def _answer(status: HTTPStatus, identifier: str) -> bytes:
    body = bare_problem(status, identifier)
    lines = [
        f"HTTP/1.1 {status} {status.phrase}",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        f"{CORRELATION_HEADER}: {identifier}",
        *(f"{name}: {value}" for name, value in SECURITY_HEADERS.items()),
        *(["Retry-After: 5"] if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS) else []),
        "Cache-Control: no-store",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
