"""HTTP as only an attacker writes it: bytes on a socket, from an address of one's choice."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """The last thing that a connection was answered before it was closed."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        content: dict[str, Any] = json.loads(self.body)
        assert content["status"] == self.status
        assert content["correlation_id"] == self.headers["x-correlation-id"]
        return content


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection to a server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Writes; what a server that has closed does not take is lost."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> Answer | None:
        """What comes until the server closes; None when that is nothing."""
        async with asyncio.timeout(30):
            try:
                data = await self.reader.read()
            except ConnectionError:
                return None
        return _parsed(data) if data else None

    def close(self) -> None:
        self.writer.close()


async def connect(url: str, address: str = "127.0.0.1") -> Connection:
    """Connects from a loopback address."""
    server = urlsplit(url)
    return Connection(*await asyncio.open_connection(server.hostname, server.port, local_addr=(address, 0)))


async def ask(url: str, data: bytes, address: str = "127.0.0.1") -> Answer | None:
    """What the server answers to these bytes before it closes."""
    connection = await connect(url, address)
    try:
        await connection.send(data)
        return await connection.answer()
    finally:
        connection.close()


def _parsed(data: bytes) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value for name, value in pairs}, body)
