"""Builds the extractor's concrete things and wires them; the only place that does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from coderai.extractor.v1 import extractor_service_pb2, extractor_service_pb2_grpc

from kit.db import Session
from kit.grpc_channel import PeerChannel
from kit.grpc_server import serving
from kit.ids import new_id
from kit.process import Backbone, backbone
from services.extractor.adapters.engines import Engines
from services.extractor.adapters.peers import IngestPeer, ProjectsPeer
from services.extractor.adapters.store import ExtractorStore
from services.extractor.entrypoints import consumer, worker
from services.extractor.entrypoints.grpc_service import ExtractorServicer
from services.extractor.entrypoints.watch import Watch
from services.extractor.settings import ExtractorSettings
from services.extractor.usecases.jobs import Jobs
from services.extractor.usecases.tasks import Tasks

SERVICE = "extractor"
_NAME = extractor_service_pb2.DESCRIPTOR.services_by_name["ExtractorService"].full_name

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


async def serve() -> None:
    """Serves gRPC, hears events and queues lost tasks again, until stopped."""
    settings = ExtractorSettings.from_env(SERVICE)
    async with backbone(SERVICE, settings) as bone:
        open_store: OpenStore = partial(bone.db.session, kind=ExtractorStore)
        jobs = Jobs(
            open_store=open_store,
            codebooks=ProjectsPeer(PeerChannel("projects", settings.projects_address, bone.key)),
            documents=_documents(settings, bone),
            window=settings.window,
            new_id=new_id,
            now=_now,
        )
        watch = Watch(bone.bus, partial(bone.db.session, kind=Session))
        servicer = ExtractorServicer(open_store, jobs, watch)
        register = partial(extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server, servicer)
        async with serving(SERVICE, settings.listen, bone.key, register, [_NAME]):
            await bone.run(
                partial(bone.bus.consume, consumer.project_deleted(open_store)),
                partial(bone.bus.consume, consumer.document_deleted(open_store)),
                partial(worker.sweep_forever, bone.db, open_store),
            )


async def work() -> None:
    """Codes documents off the queue until stopped; replicas share nothing but Postgres and NATS."""
    settings = ExtractorSettings.from_env(SERVICE)
    async with backbone(SERVICE, settings) as bone:
        tasks = Tasks(
            open_store=partial(bone.db.session, kind=ExtractorStore),
            documents=_documents(settings, bone),
            open_engine=Engines().open,
            window=settings.window,
            now=_now,
        )
        await bone.run(partial(bone.bus.consume, worker.extract_document(tasks, settings.concurrency)))


def _documents(settings: ExtractorSettings, bone: Backbone) -> IngestPeer:
    return IngestPeer(PeerChannel("ingest", settings.ingest_address, bone.key))


def _now() -> datetime:
    return datetime.now(UTC)
