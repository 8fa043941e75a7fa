"""What attacks do to others: the gateway's memory, and how long an unrelated caller waits, during each of them."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from urllib.parse import urlsplit
from uuid import uuid4

import grpc
import httpx
import psutil

from benchmarks.line import report
from coderai.deploy.stack import LocalStack
from coderai.projects.v1.projects_service_pb2 import CreateProjectRequest

LONGEST = 60.0
"""Seconds after which an attack is broken off."""
HELD = 5.0
"""Seconds that connections are held open, and for which shorter attacks are made again and again."""
P95_MILLISECONDS, MEMORY_MIB = 200.0, 200.0
"""The goals: how long the unrelated caller may wait, and how much the gateway may grow."""
_MIB = 2**20
_CREATE = "/coderai.projects.v1.ProjectsService/CreateProject"
_UNKNOWN = json.dumps({f"name{number}": 1 for number in range(60_000)}).encode()
_PARTS = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n' * 300_000 + b"--edge--\r\n"
_FROM = "127.66.6.6"
"""Where the attacks come from: an address of their own on this machine."""


class _Bystander:
    """Somebody at another address who lists their projects, five times a second."""

    def __init__(self, stack: LocalStack, token: str) -> None:
        self._process = psutil.Process(stack.processes["gateway"])
        self._url = stack.url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._over = threading.Event()
        self.waited: list[float] = []
        """Milliseconds of each request."""
        self.most = self.before = self._process.memory_info().rss

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Asks while the block runs, and once before its end at least."""
        threads = [threading.Thread(target=self._ask), threading.Thread(target=self._weigh)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _ask(self) -> None:
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=LONGEST) as http:
            while not self._over.is_set() or not self.waited:
                started = time.monotonic()
                http.get("/v1/projects").raise_for_status()
                self.waited.append((time.monotonic() - started) * 1000)
                self._over.wait(0.2)

    def _weigh(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, self._process.memory_info().rss)

    @property
    def p95(self) -> float:
        """In milliseconds."""
        return sorted(self.waited)[ceil(0.95 * len(self.waited)) - 1]


async def huge_messages(stack: LocalStack, token: str) -> str:
    """Six gRPC messages of 100 MB, from strangers and from somebody who is signed in."""

    async def send(metadata: tuple[tuple[str, str], ...]) -> str:
        options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(stack.grpc, options=options) as channel:
            try:
                await channel.unary_unary(_CREATE)(message, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                return error.code().name
            return "OK"

    message = CreateProjectRequest(name="x" * 100_000_000).SerializeToString()
    callers = [(), (("authorization", f"Bearer {token}"),)] * 3
    return ", ".join(sorted(set(await asyncio.gather(*map(send, callers)))))


async def unknown_fields(stack: LocalStack, token: str) -> str:
    """A body of 60,000 unknown fields."""
    headers = {"Content-Type": "application/json"}
    async with _http(stack, token) as http:
        answer = await http.post("/v1/projects", content=_UNKNOWN, headers=headers)
    return f"{answer.status_code}, {len(answer.content):,} bytes"


async def long_headers(stack: LocalStack, token: str) -> str:
    """A request with 200 MB of headers."""
    sent = 0
    _, writer = await _connect(stack)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    with suppress(ConnectionError):
        while sent < 200_000_000:
            writer.write(b"X-Y: " + b"z" * 60_000 + b"\r\n")
            await writer.drain()
            sent += 60_007
    writer.close()
    return f"cut off after {sent / _MIB:.1f} MiB"


async def half_open_requests(stack: LocalStack, token: str) -> str:
    """1,500 requests of one address whose heads are never completed, held for 5 s."""
    opened = [await _connect(stack) for _ in range(1500)]
    for _, writer in opened:
        with suppress(ConnectionError):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    await asyncio.sleep(HELD)
    left = sum(await asyncio.gather(*(_is_open(reader) for reader, _ in opened)))
    for _, writer in opened:
        writer.close()
    return f"{left} of 1,500 left open"


async def many_parts(stack: LocalStack, token: str) -> str:
    """An upload of 300,000 parts."""
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    async with _http(stack, token) as http:
        answer = await http.post("/v1/projects/p1/documents", content=_PARTS, headers=headers)
    return f"{answer.status_code}, {len(answer.content):,} bytes"


async def huge_patterns(stack: LocalStack, token: str) -> str:
    """Ten variables at a time, each with a pattern of 1 MB."""
    body = {"name": "place", "type": "TEXT", "validation_rules": {"pattern": "(a|aa)+" * 150_000}}
    async with _http(stack, token) as http:
        project = (await http.post("/v1/projects", json={"name": "patterns"})).json()["id"]
        answers = await asyncio.gather(*(http.post(f"/v1/projects/{project}/variables", json=body) for _ in range(10)))
    return ", ".join(sorted({str(answer.status_code) for answer in answers}))


ATTACKS: tuple[Callable[[LocalStack, str], Awaitable[str]], ...] = (
    huge_messages,
    unknown_fields,
    long_headers,
    half_open_requests,
    many_parts,
    huge_patterns,
)


def main() -> None:
    """Prints the measurements."""
    with (
        patch.dict(os.environ, {"CODERAI_GATEWAY_LOG_LEVEL": "WARNING"}),
        TemporaryDirectory() as folder,
        LocalStack(Path(folder), http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
    ):
        attacker, other = _registered(stack), _registered(stack)
        for attack in ATTACKS:
            bystander = _Bystander(stack, other)
            with bystander.watching():
                outcome = asyncio.run(_bounded(attack, stack, attacker))
            grown = (bystander.most - bystander.before) / _MIB
            how = f"{(attack.__doc__ or '').rstrip('.')}: {outcome}"
            name, count = f"attacks.{attack.__name__}", len(bystander.waited)
            report(f"{name}.p95", bystander.p95, "ms", f"{how}; {count} requests", P95_MILLISECONDS, at_least=False)
            report(f"{name}.memory", grown, "MiB more", how, MEMORY_MIB, at_least=False)


async def _bounded(attack: Callable[[LocalStack, str], Awaitable[str]], stack: LocalStack, token: str) -> str:
    started, times = time.monotonic(), 0
    try:
        async with asyncio.timeout(LONGEST):
            while time.monotonic() - started < HELD:
                outcome = await attack(stack, token)
                times += 1
    except TimeoutError:
        return f"broken off after {LONGEST:g} s"
    return f"{times} times, {outcome}"


async def _is_open(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(0.1):
            await reader.read(1)
    except TimeoutError:
        return True
    except ConnectionError:
        return False
    return False


def _registered(stack: LocalStack) -> str:
    """The access token of somebody new."""
    body = {"email": f"bench-{uuid4()}@example.org", "password": "a password of a benchmark"}
    answer = httpx.post(f"{stack.url}/v1/auth/register", json=body).raise_for_status()
    return str(answer.json()["access_token"])


def _http(stack: LocalStack, token: str) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(local_address=_FROM)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=LONGEST, transport=transport)


async def _connect(stack: LocalStack) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    server = urlsplit(stack.url)
    return await asyncio.open_connection(server.hostname, server.port, local_addr=(_FROM, 0))


if __name__ == "__main__":
    main()
