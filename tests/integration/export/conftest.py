"""The export service over real gRPC, Postgres, NATS and files, beside an extractor that tests can shape and break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.export.v1 import export_service_pb2 as pb
from coderai.export.v1 import export_service_pb2_grpc
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.extractor.v1 import (
    extractor_service_pb2_grpc,
    provenance_service_pb2,
    provenance_service_pb2_grpc,
    quality_service_pb2,
    quality_service_pb2_grpc,
)
from coderai.ingest.v1.ingest_service_pb2_grpc import add_IngestServiceServicer_to_server
from coderai.kit import identity
from coderai.kit.blobs import Blobs
from coderai.kit.bus import Bus, Subscription
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.outbox import OutboxRelay
from coderai.kit.wire import from_plain
from coderai.projects.v1.codebook_pb2 import Codebook
from coderai.services.export.adapters.extractor_client import ExtractorClient
from coderai.services.export.adapters.files import ExportFiles
from coderai.services.export.adapters.ingest_client import IngestClient
from coderai.services.export.adapters.provenance_client import ProvenanceClient
from coderai.services.export.adapters.quality_client import QualityClient
from coderai.services.export.adapters.store import ExportsStore
from coderai.services.export.entrypoints import consumer, worker
from coderai.services.export.entrypoints.grpc_service import ExportServicer
from coderai.services.export.usecases.ports import Sources
from tests.integration.export.reading_peer import ReadingPeer
from tests.support.packed_rows import DocumentRows, packed
from tests.support.stack import ServiceDatabases

SECRET = "k" * 32
KEY = identity.TokenKey(SECRET)
PAGE = 2
"""Most jobs of a page."""
SOON = (timedelta(milliseconds=20),)


@dataclass
class Peer(
    extractor_service_pb2_grpc.ExtractorServiceServicer,
    quality_service_pb2_grpc.QualityServiceServicer,
    provenance_service_pb2_grpc.ProvenanceServiceServicer,
):
    """An extractor with one project's jobs."""

    project_id: UUID = field(default_factory=new_id)
    workspace_id: UUID | None = None
    """Whose the project is; everybody's when None."""
    jobs: list[extractor_pb.Job] = field(default_factory=list)
    """Newest first."""
    documents: list[DocumentRows] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    """What the next streams raise after the head."""
    hold: asyncio.Event | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a stream began."""
    streamed: int = 0
    quality: quality_service_pb2.GetQualityResponse = field(default_factory=quality_service_pb2.GetQualityResponse)
    """What is estimated of the project's dataset."""
    provenance: list[provenance_service_pb2.StreamProvenanceResponse] = field(default_factory=list)
    """How the values of each job, and of the project's dataset, came about."""
    asked_for_weights: list[bool] = field(default_factory=list)
    """Of each stream."""
    filters: list[list[str]] = field(default_factory=list)
    """Of each stream; what they leave is in `documents`."""
    refusal: str = ""
    """What is wrong with filters."""
    variables: Sequence[str] = ("place", "injured")
    """Names of those of the project."""
    unit: Mapping[str, str] = field(default_factory=dict)

    def add_job(self, processed: int = 2, **fields: Any) -> extractor_pb.Job:
        plain = {"id": new_id(), "project_id": self.project_id, "kind": "FULL", "status": "COMPLETE", **fields}
        self.jobs.insert(0, from_plain(extractor_pb.Job, {**plain, "documents_processed": processed}))
        return self.jobs[0]

    def add_document(self, name: str, **values: Any) -> None:
        self.add_coded(name, [{"variable": v, "value": value, "confidence": 0.9} for v, value in values.items()])

    def add_coded(self, name: str, extractions: Sequence[dict[str, Any]]) -> None:
        """Adds a document with its extractions, field by field."""
        rows = [{"status": "EXTRACTED", **fields} for fields in extractions]
        found = [from_plain(extractor_pb.Extraction, row) for row in rows]
        self.documents.append(DocumentRows(str(new_id()), name, extractions=found))

    async def GetJob(self, request: Any, context: Any) -> Any:
        return extractor_pb.GetJobResponse(job=self._job(request.job_id))

    async def ListJobs(self, request: Any, context: Any) -> Any:
        is_mine = self.workspace_id in (None, identity.current().workspace_id)
        if not is_mine or request.project_id != str(self.project_id):
            raise NotFound("there is no such project", code="project_not_found")
        start = int(request.page_token or 0)
        end = start + min(request.page_size, PAGE)
        token = str(end) if end < len(self.jobs) else ""
        return extractor_pb.ListJobsResponse(items=self.jobs[start:end], next_page_token=token)

    async def StreamRows(self, request: Any, context: Any) -> AsyncIterator[extractor_pb.StreamRowsResponse]:
        """A job's rows; without one the project's dataset, which has the same documents."""
        job = self._job(request.job_id) if request.job_id else None
        if job is None and request.project_id != str(self.project_id):
            raise NotFound("there is no such project", code="project_not_found")
        self.streamed += 1
        self.asked_for_weights.append(request.weights)
        self.filters.append(list(request.filter))
        if request.filter and self.refusal:
            raise InvalidInput(self.refusal, fields={"filter": self.refusal})
        self.started.set()
        known = [
            {"name": "place", "type": "TEXT", "active_prompt": {"version": 2, "text": "Where did it happen?"}},
            {"name": "injured", "type": "NUMBER"},
        ]
        plain = {"hash": "abc", "project_name": "Public events", "unit": self.unit}
        plain["variables"] = [one for one in known if one["name"] in self.variables]
        codebook = from_plain(Codebook, plain)
        yield extractor_pb.StreamRowsResponse(head=extractor_pb.RowsHead(job=job, codebook=codebook, rows=1234))
        if self.hold is not None:
            await self.hold.wait()
        for document in self.documents:
            if self.faults:
                raise self.faults.pop()
            yield extractor_pb.StreamRowsResponse(page=packed([document]))

    async def GetQuality(self, request: Any, context: Any) -> Any:
        if request.project_id != str(self.project_id):
            raise NotFound("there is no such project", code="project_not_found")
        return self.quality

    async def StreamProvenance(
        self, request: Any, context: Any
    ) -> AsyncIterator[provenance_service_pb2.StreamProvenanceResponse]:
        if request.project_id != str(self.project_id):
            raise NotFound("there is no such project", code="project_not_found")
        for part in self.provenance:
            yield part

    def _job(self, job_id: str) -> extractor_pb.Job:
        for job in self.jobs:
            if job.id == job_id:
                return job
        raise NotFound("there is no such job")


@dataclass
class Caller:
    """Calls the service as the current identity."""

    stub: Any

    async def create(self, peer: Peer, **fields: Any) -> pb.Export:
        plain = {"project_id": peer.project_id, "format": "CSV", **fields}
        made = await self.stub.CreateExport(from_plain(pb.CreateExportRequest, plain))
        return made.export  # type: ignore[no-any-return]

    async def get(self, export_id: str) -> pb.Export:
        return (await self.stub.GetExport(pb.GetExportRequest(export_id=export_id))).export  # type: ignore[no-any-return]

    async def listed(self, peer: Peer) -> Sequence[pb.Export]:
        request = pb.ListExportsRequest(project_id=str(peer.project_id))
        return (await self.stub.ListExports(request)).items  # type: ignore[no-any-return]

    async def settled(self, export_id: str) -> pb.Export:
        """The export once it has ended."""
        return await self.until(export_id, lambda export: export.status != pb.EXPORT_STATUS_PENDING)

    async def until(self, export_id: str, holds: Callable[[pb.Export], bool]) -> pb.Export:
        """The export once this holds of it."""
        async with asyncio.timeout(60):
            while True:
                found = await self.get(export_id)
                if holds(found):
                    return found
                await asyncio.sleep(0.02)

    async def cancel(self, export_id: str) -> pb.Export:
        return (await self.stub.CancelExport(pb.CancelExportRequest(export_id=export_id))).export  # type: ignore[no-any-return]

    async def delete(self, export_id: str) -> None:
        await self.stub.DeleteExport(pb.DeleteExportRequest(export_id=export_id))

    async def download(self, export_id: str, codebook: bool = False, file: str = "") -> tuple[pb.ExportFile, bytes]:
        parts = [
            part
            async for part in self.stub.DownloadExport(
                pb.DownloadExportRequest(export_id=export_id, codebook=codebook, file=file)
            )
        ]
        return parts[0].head, b"".join(part.data for part in parts[1:])


@dataclass
class Exports(Caller):
    """The service in this process."""

    db: Database
    bus: Bus
    client: ExtractorClient
    sources: Sources
    blobs: Blobs
    blob_folder: Path

    def files(self) -> list[str]:
        """What the blob store holds."""
        return sorted(path.name for path in self.blob_folder.rglob("*") if path.is_file())

    @asynccontextmanager
    async def working(self, attempts: int = 5, keep: timedelta = timedelta(0)) -> AsyncIterator[None]:
        """Runs the worker and the consumer of events while the block lasts; what they have in hand is finished."""
        open_store = partial(self.db.session, kind=ExportsStore)
        files = ExportFiles(self.blobs, str(self.blob_folder.parent))
        subscriptions: Sequence[Subscription] = (
            worker.write_export(open_store, self.sources, files, keep),
            consumer.project_deleted(open_store, files),
        )
        quick = [replace(s, retry_delays=SOON, attempts=attempts, patience=attempts) for s in subscriptions]
        async with running(*(partial(self.bus.consume, s) for s in quick)):
            yield


@asynccontextmanager
async def running(*parts: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(part()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def peer_address() -> AsyncIterator[tuple[Peer, str]]:
    peer = Peer()  # type: ignore[abstract]

    def register(server: Any) -> None:
        extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server(peer, server)
        quality_service_pb2_grpc.add_QualityServiceServicer_to_server(peer, server)
        provenance_service_pb2_grpc.add_ProvenanceServiceServicer_to_server(peer, server)

    names = [f"coderai.extractor.v1.{name}" for name in ("ExtractorService", "QualityService", "ProvenanceService")]
    async with serving("extractor", "127.0.0.1:0", KEY, register, names) as port:
        yield peer, f"127.0.0.1:{port}"


@pytest.fixture
def peer(peer_address: tuple[Peer, str]) -> Peer:
    """The extractor."""
    return peer_address[0]


@pytest.fixture
async def reading_address() -> AsyncIterator[tuple[ReadingPeer, str]]:
    peer = ReadingPeer()
    register = partial(add_IngestServiceServicer_to_server, peer)
    async with serving("ingest", "127.0.0.1:0", KEY, register, ["coderai.ingest.v1.IngestService"]) as port:
        yield peer, f"127.0.0.1:{port}"


@pytest.fixture
def reading(reading_address: tuple[ReadingPeer, str]) -> ReadingPeer:
    """Ingest."""
    return reading_address[0]


@pytest.fixture
async def exports(
    service_dsns: ServiceDatabases,
    nats: EmbeddedNats,
    peer_address: tuple[Peer, str],
    reading_address: tuple[ReadingPeer, str],
    tmp_path: Path,
) -> AsyncIterator[Exports]:
    """The service; its stub's calls act as the current identity."""
    db = Database(service_dsns["export"].application, "export")
    bus = await Bus.connect(nats.url, "tests")
    blobs = Blobs((tmp_path / "blobs").as_uri())
    async with (
        PeerChannel("extractor", peer_address[1], KEY) as to_extractor,
        PeerChannel("ingest", reading_address[1], KEY) as to_ingest,
    ):
        client = ExtractorClient(to_extractor, str(tmp_path))
        folder = str(tmp_path)
        provenance = ProvenanceClient(to_extractor, folder)
        sources = Sources(client, QualityClient(to_extractor), IngestClient(to_ingest, folder), provenance)
        files = ExportFiles(blobs, folder)
        servicer = ExportServicer(partial(db.session, kind=ExportsStore), client, blobs, files)
        register = partial(export_service_pb2_grpc.add_ExportServiceServicer_to_server, servicer)
        async with (
            running(OutboxRelay(db, bus).run),
            serving("export", "127.0.0.1:0", KEY, register, ["coderai.export.v1.ExportService"]) as port,
            PeerChannel("export", f"127.0.0.1:{port}", KEY) as channel,
        ):
            stub = export_service_pb2_grpc.ExportServiceStub(channel)
            yield Exports(stub, db, bus, client, sources, blobs, tmp_path / "blobs")
    await bus.close()
    await db.close()


def person(role: identity.Role = identity.Role.OWNER) -> identity.Identity:
    return identity.Identity(new_id(), new_id(), role, "test")


@pytest.fixture
def signed_in() -> Iterator[identity.Identity]:
    """Acts as the owner of a fresh workspace."""
    with identity.acting_as(person()) as who:
        yield who
