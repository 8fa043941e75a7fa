"""The ingest service as it runs: its server, its worker and the projects service, over real Postgres and NATS."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.extractor.v1.extractor_service_pb2 import CountCodingsRequest, CountCodingsResponse
from coderai.ingest.v1 import ingest_service_pb2_grpc, upload_service_pb2_grpc
from coderai.ingest.v1.ingest_service_pb2 import (
    Document,
    DocumentStatus,
    GetDocumentRequest,
    UploadDocumentEnd,
    UploadDocumentHead,
    UploadDocumentRequest,
    UploadDocumentResponse,
)
from coderai.kit import identity
from coderai.kit.blobs import Blobs
from coderai.kit.bus import Bus, Subscription
from coderai.kit.db import Database
from coderai.kit.errors import CoderAIError
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.identity import Identity, Role, TokenKey
from coderai.kit.ids import new_id
from coderai.kit.outbox import OutboxRelay
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.projects.v1.projects_service_pb2 import CreateProjectRequest
from coderai.services.ingest.adapters.extractor_client import ExtractorClient
from coderai.services.ingest.adapters.page_sandbox import PageSandbox
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.projects_client import ProjectsClient
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.adapters.upload_store import PostgresUploads
from coderai.services.ingest.entrypoints import consumer, worker
from coderai.services.ingest.entrypoints.grpc_service import IngestServicer
from coderai.services.ingest.entrypoints.upload_service import UploadServicer
from coderai.services.ingest.usecases.resumable import ResumableUploads
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.entrypoints.grpc_service import ProjectsServicer
from tests.support.leaks import LEAKS
from tests.support.models import listed
from tests.support.stack import ServiceDatabases

KEY = TokenKey("only-for-tests-" * 3)


class Extractor(extractor_service_pb2_grpc.ExtractorServiceServicer):
    """Stands in for the extractor: what it has extracted, by workspace, is the test's to say."""

    def __init__(self) -> None:
        self.codings: dict[UUID, CountCodingsResponse | CoderAIError] = {}
        self.asked: list[CountCodingsRequest] = []

    async def CountCodings(self, request: CountCodingsRequest, context: Any) -> CountCodingsResponse:
        self.asked.append(request)
        found = self.codings.get(identity.current().workspace_id, CountCodingsResponse())
        if isinstance(found, CoderAIError):
            raise found
        return found


@dataclass
class Ingest:
    """A caller's view of the running service, and what stands behind it."""

    stub: Any
    projects: Any
    db: Database
    bus: Bus
    blobs: Blobs
    folder: Path
    extractor: Extractor
    uploads: Any
    """The stub of the uploads that go on after a break."""
    resumable: ResumableUploads
    """What stands behind that."""
    workspace_id: UUID = field(default_factory=new_id)

    def acting(self, role: Role = Role.EDITOR, workspace_id: UUID | None = None) -> Any:
        """Makes calls in the block come from a member of a workspace; from an editor of this one at first."""
        return identity.acting_as(Identity(workspace_id or self.workspace_id, new_id(), role, str(new_id())))

    async def new_project(self) -> str:
        created = await self.projects.CreateProject(CreateProjectRequest(name="Strikes"))
        return str(created.project.id)

    async def upload(
        self, project_id: str, name: str, *parts: bytes, text_column: str = "", replace: bool = False
    ) -> UploadDocumentResponse:
        head = UploadDocumentHead(project_id=project_id, name=name, text_column=text_column, replace=replace)

        data = b"".join(parts)
        LEAKS.show(data.decode(errors="replace"))
        end = UploadDocumentEnd(size=len(data), sha256=hashlib.sha256(data).hexdigest())
        return await self.send(
            UploadDocumentRequest(head=head),
            *(UploadDocumentRequest(data=part) for part in parts),
            UploadDocumentRequest(end=end),
        )

    async def send(self, *requests: UploadDocumentRequest) -> UploadDocumentResponse:
        """Sends just these parts of an upload."""

        async def stream() -> AsyncIterator[UploadDocumentRequest]:
            for request in requests:
                yield request

        response: UploadDocumentResponse = await self.stub.UploadDocument(stream())
        return response

    async def read(self, project_id: str, name: str, data: bytes, text_column: str = "") -> Document:
        """Uploads a file and waits until it is READY or FAILED."""
        return await self.finished((await self.upload(project_id, name, data, text_column=text_column)).document.id)

    async def finished(self, document_id: str) -> Document:
        async with asyncio.timeout(60):
            while True:
                answer = await self.stub.GetDocument(GetDocumentRequest(document_id=document_id))
                if answer.document.status in (
                    DocumentStatus.DOCUMENT_STATUS_READY,
                    DocumentStatus.DOCUMENT_STATUS_FAILED,
                ):
                    document: Document = answer.document
                    return document
                await asyncio.sleep(0.02)

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Waits until something holds; fails after 20 seconds."""
        async with asyncio.timeout(20):
            while not await holds():  # noqa: ASYNC110 - it becomes true in another task or process
                await asyncio.sleep(0.02)

    def stored_files(self) -> set[str]:
        """The keys of all files in the store."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


@asynccontextmanager
async def _consuming(bus: Bus, *subscriptions: Subscription) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(bus.consume(subscription)) for subscription in subscriptions]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(scope="session")
async def ingest_stack(
    service_dsns: ServiceDatabases, nats: EmbeddedNats, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ingest]:
    """The running services, for the whole session."""
    folder = tmp_path_factory.mktemp("blobs")
    blobs, bus = Blobs(folder.as_uri()), await Bus.connect(nats.url, "tests")
    db = Database(service_dsns["ingest"].application, "ingest")
    projects_db = Database(service_dsns["projects"].application, "projects")
    relays = [OutboxRelay(db, bus), OutboxRelay(projects_db, bus)]
    open_store = partial(db.session, kind=IngestStore)
    async with AsyncExitStack() as stack:
        for closing in (db.close, projects_db.close, bus.close):
            stack.push_async_callback(closing)
        for relay in relays:
            stack.callback(asyncio.ensure_future(relay.run()).cancel)
        projects = ProjectsServicer(partial(projects_db.session, kind=ProjectsStore), listed())
        add_projects = partial(projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server, projects)
        port = await stack.enter_async_context(serving("projects", "127.0.0.1:0", KEY, add_projects, []))
        to_projects = await stack.enter_async_context(PeerChannel("projects", f"127.0.0.1:{port}", KEY))
        extractor = Extractor()
        add_extractor = partial(extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server, extractor)
        port = await stack.enter_async_context(serving("extractor", "127.0.0.1:0", KEY, add_extractor, []))
        to_extractor = await stack.enter_async_context(PeerChannel("extractor", f"127.0.0.1:{port}", KEY))
        pages = await stack.enter_async_context(PageSandbox(Limits(seconds=20), 2))
        peers = (ProjectsClient(to_projects), ExtractorClient(to_extractor))
        servicer = IngestServicer(open_store, blobs, *peers, pages)
        resumable = ResumableUploads(partial(db.session, kind=PostgresUploads), open_store, blobs, *peers)

        def add_ingest(server: Any) -> None:
            ingest_service_pb2_grpc.add_IngestServiceServicer_to_server(servicer, server)
            upload_service_pb2_grpc.add_UploadServiceServicer_to_server(UploadServicer(resumable), server)

        port = await stack.enter_async_context(serving("ingest", "127.0.0.1:0", KEY, add_ingest, []))
        to_ingest = await stack.enter_async_context(PeerChannel("ingest", f"127.0.0.1:{port}", KEY))
        sandbox = await stack.enter_async_context(Sandbox(Limits(seconds=20), size=6, ready=1))
        subscriptions = (
            worker.parse_document(open_store, blobs, ProjectsClient(to_projects), sandbox, 2),
            consumer.project_deleted(open_store, blobs),
        )
        await stack.enter_async_context(_consuming(bus, *subscriptions))
        stubs: tuple[Callable[[Any], Any], ...] = (
            ingest_service_pb2_grpc.IngestServiceStub,
            projects_service_pb2_grpc.ProjectsServiceStub,
            upload_service_pb2_grpc.UploadServiceStub,
        )
        of_ingest, of_projects, of_uploads = stubs[0](to_ingest), stubs[1](to_projects), stubs[2](to_ingest)
        yield Ingest(of_ingest, of_projects, db, bus, blobs, folder, extractor, of_uploads, resumable)


@pytest.fixture
async def ingest(ingest_stack: Ingest) -> AsyncIterator[Ingest]:
    """The running service, with calls from an editor of a new workspace."""
    mine = replace(ingest_stack, workspace_id=new_id())
    with mine.acting():
        yield mine
