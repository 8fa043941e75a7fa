"""Streams over the kit's gRPC server: whoever leaves in the middle is no failure, whoever is refused is told why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import grpc_channel, grpc_server, identity, telemetry
from coderai.kit.errors import NotFound, Unavailable
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id

KEY = identity.TokenKey("k" * 32)
DOWNLOAD = "/coderai.ingest.v1.IngestService/DownloadDocument"


class Files(ingest_service_pb2_grpc.IngestServiceServicer):
    """Sends without end, and refuses what it is sent."""

    def __init__(self) -> None:
        self.callers: list[identity.Identity] = []
        self.left = asyncio.Event()
        self.is_silent = False
        """Whether it sends nothing after the first part."""

    async def DownloadDocument(self, request: Any, context: Any) -> AsyncIterator[Any]:
        try:
            while True:
                self.callers.append(identity.current())
                yield pb.DownloadDocumentResponse(data=bytes(2**16))
                if self.is_silent:
                    await asyncio.Event().wait()
        finally:
            self.left.set()

    async def UploadDocument(self, request_iterator: Any, context: Any) -> Any:
        await anext(request_iterator)
        raise NotFound("there is no such project", code="project_not_found")


@pytest.fixture
async def files() -> AsyncIterator[tuple[Files, Any]]:
    """The servicer, and a stub of it."""
    servicer = Files()
    register = partial(ingest_service_pb2_grpc.add_IngestServiceServicer_to_server, servicer)
    async with (
        serving("ingest", "127.0.0.1:0", KEY, register, []) as port,
        PeerChannel("ingest", f"127.0.0.1:{port}", KEY) as channel,
    ):
        yield servicer, ingest_service_pb2_grpc.IngestServiceStub(channel)


async def test_a_client_that_leaves_a_stream_is_no_failure(files: tuple[Files, Any]) -> None:
    servicer, stub = files
    failures = telemetry.GRPC_REQUESTS.labels(DOWNLOAD, "INTERNAL")._value.get()
    with identity.acting_as(identity.Identity(new_id(), new_id(), identity.Role.VIEWER, "x")) as who:
        replies = stub.DownloadDocument(pb.DownloadDocumentRequest(document_id="d"))
        await anext(replies)
        await replies.aclose()

    await asyncio.wait_for(servicer.left.wait(), 20)
    assert set(servicer.callers) == {who}
    assert telemetry.GRPC_REQUESTS.labels(DOWNLOAD, "INTERNAL")._value.get() == failures


async def test_a_client_that_is_still_sending_hears_the_refusal(files: tuple[Files, Any]) -> None:
    _, stub = files

    async def requests() -> AsyncIterator[pb.UploadDocumentRequest]:
        for _ in range(100):
            yield pb.UploadDocumentRequest(data=bytes(2**17))

    with identity.acting_as(identity.Identity(new_id(), new_id(), identity.Role.OWNER, "x")):
        for _ in range(20):
            with pytest.raises(NotFound) as raised:
                await stub.UploadDocument(requests())
            assert raised.value.code == "project_not_found"


class Line:
    """A connection to the server that can go dead: nothing more comes through it, and neither side is told."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: list[asyncio.Task[None]] = []
        self.port = 0
        self.is_dead = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Line]:
        async with await asyncio.start_server(self._connected, "127.0.0.1", 0) as listening:
            self.port = listening.sockets[0].getsockname()[1]
            yield self
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        pairs = ((reader, far_writer), (far_reader, writer))
        self._tasks += [asyncio.create_task(self._passed_on(*pair)) for pair in pairs]

    async def _passed_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(2**16):
                if not self.is_dead:
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()


async def test_both_sides_of_a_stream_notice_that_the_other_is_gone_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("grpc.keepalive_time_ms", "grpc.keepalive_timeout_ms", "grpc.http2.ping_timeout_ms")
    soon = [(name, 300) for name in names]
    monkeypatch.setattr(grpc_server, "OPTIONS", [*soon, *grpc_server.OPTIONS])
    monkeypatch.setattr(grpc_channel, "_OPTIONS", [*soon, *grpc_channel._OPTIONS])
    servicer = Files()
    servicer.is_silent = True
    register = partial(ingest_service_pb2_grpc.add_IngestServiceServicer_to_server, servicer)
    async with (
        serving("ingest", "127.0.0.1:0", KEY, register, []) as port,
        Line(port).open() as line,
        PeerChannel("ingest", f"127.0.0.1:{line.port}", KEY) as channel,
    ):
        stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
        with identity.acting_as(identity.Identity(new_id(), new_id(), identity.Role.VIEWER, "x")):
            replies = stub.DownloadDocument(pb.DownloadDocumentRequest(document_id="d"))
            await anext(replies)
            line.is_dead = True
            async with asyncio.timeout(20):
                with pytest.raises(Unavailable):
                    await anext(replies)
                await servicer.left.wait()
