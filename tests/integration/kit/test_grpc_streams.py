"""Streams over the kit's gRPC server: whoever leaves in the middle is no failure, whoever is refused is told why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import identity, telemetry
from coderai.kit.errors import NotFound
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

    async def DownloadDocument(self, request: Any, context: Any) -> AsyncIterator[Any]:
        try:
            while True:
                self.callers.append(identity.current())
                yield pb.DownloadDocumentResponse(data=bytes(2**16))
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
