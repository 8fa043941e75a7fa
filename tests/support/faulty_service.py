"""A process of a service that fails on what it handles, with errors that quote it; it ends when it has failed so often.

Run as `python -m tests.support.faulty_service SENTENCE`, with the settings of the projects service in the environment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.ingest.v1.work_pb2 import ParseDocument
from coderai.kit import identity, process, tracing
from coderai.kit.bus import WORK, Envelope, Subscription
from coderai.kit.db import Session
from coderai.kit.errors import CoderAIError
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.message_ids import ids_of
from coderai.kit.settings import ProcessSettings

WORKSPACE, PROJECT, DOCUMENT = UUID(int=1), UUID(int=2), UUID(int=3)


class Ingest(ingest_service_pb2_grpc.IngestServiceServicer):
    """Fails in each kind of call."""

    def __init__(self, said: str) -> None:
        self._said = said

    async def GetDocument(self, request: Any, context: Any) -> Any:
        raise ValueError(self._said)

    async def DownloadDocument(self, request: Any, context: Any) -> AsyncIterator[Any]:
        yield pb.DownloadDocumentResponse(data=b"some")
        raise ValueError(self._said)

    async def UploadDocument(self, request_iterator: Any, context: Any) -> Any:
        async for _ in request_iterator:
            raise ValueError(self._said)


async def main(said: str) -> None:
    settings = ProcessSettings.from_env("projects")
    async with process.running("projects", settings) as held:
        await _fail_in_calls(held.key, said)
        await _fail_on_a_message(held, said)


async def _fail_in_calls(key: identity.TokenKey, said: str) -> None:
    register = partial(ingest_service_pb2_grpc.add_IngestServiceServicer_to_server, Ingest(said))
    async with (
        serving("ingest", "127.0.0.1:0", key, register, []) as port,
        PeerChannel("ingest", f"127.0.0.1:{port}", key) as channel,
    ):
        stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
        document = str(DOCUMENT)

        async def download() -> None:
            async for _ in stub.DownloadDocument(pb.DownloadDocumentRequest(document_id=document)):
                continue

        async def sent() -> AsyncIterator[pb.UploadDocumentRequest]:
            yield pb.UploadDocumentRequest(head=pb.UploadDocumentHead(project_id=str(PROJECT), name=said))

        calls = (stub.GetDocument(pb.GetDocumentRequest(document_id=document)), download(), stub.UploadDocument(sent()))
        with identity.acting_as(identity.Identity(WORKSPACE, None, identity.Role.OWNER, "request-1")):
            for call in calls:
                try:
                    await call
                except CoderAIError:
                    continue


async def _fail_on_a_message(held: process.Process, said: str) -> None:
    given_up = asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        message = ParseDocument.FromString(envelope.payload)
        tracing.about(**ids_of(message))
        async with held.db.session(envelope.workspace_id, Session) as session:
            await session.execute(text("select cast(cast(:said as text) as integer)"), {"said": said})

    async def give_up(_: Envelope, __: Exception) -> None:
        given_up.set()

    subject = f"work.test.{uuid4().hex}"
    name = f"test__{uuid4().hex}"
    consuming = asyncio.create_task(held.bus.consume(Subscription(name, WORK, subject, handle, give_up, attempts=1)))
    payload = ParseDocument(document_id=str(DOCUMENT), project_id=str(PROJECT)).SerializeToString()
    await held.bus.publish(Envelope(uuid4(), subject, payload, WORKSPACE, "request-2"))
    await asyncio.wait_for(given_up.wait(), 20)
    consuming.cancel()
    await asyncio.wait([consuming])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
