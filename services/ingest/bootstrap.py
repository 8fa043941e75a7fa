"""Builds the ingest service's concrete things and wires them; the only place that does."""

from __future__ import annotations

import asyncio
from functools import partial

from grpc.aio import Server

from coderai.ingest.v1 import (
    ingest_service_pb2,
    ingest_service_pb2_grpc,
    upload_service_pb2,
    upload_service_pb2_grpc,
)
from coderai.kit.audit_service import AUDIT_SERVICE, add_audit
from coderai.kit.blobs import Blobs
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.process import running, until_stopped
from coderai.services.ingest.adapters.extractor_client import ExtractorClient
from coderai.services.ingest.adapters.page_sandbox import PAGE_MEMORY_MIB, PAGE_SECONDS, PageSandbox
from coderai.services.ingest.adapters.parsers.ocr import usable_languages
from coderai.services.ingest.adapters.privileges import hide_memory
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.projects_client import ProjectsClient
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.adapters.upload_store import PostgresUploads
from coderai.services.ingest.domain.isolation import measures
from coderai.services.ingest.domain.storage import Quota
from coderai.services.ingest.domain.turns import LANES
from coderai.services.ingest.entrypoints import consumer, worker
from coderai.services.ingest.entrypoints.grpc_service import IngestServicer
from coderai.services.ingest.entrypoints.upload_service import UploadServicer
from coderai.services.ingest.entrypoints.upload_sweep import UploadSweep
from coderai.services.ingest.settings import IngestSettings, ReadingSettings
from coderai.services.ingest.usecases.resumable import ResumableUploads

SERVICE = "ingest"
_FILES = (ingest_service_pb2, upload_service_pb2)
_OWN = [service.full_name for file in _FILES for service in file.DESCRIPTOR.services_by_name.values()]
_NAMES = [*_OWN, AUDIT_SERVICE]


async def serve() -> None:
    """Serves gRPC, draws pages, hears events, has forgotten files read and left uploads ended, until stopped."""
    hide_memory()  # the processes that draw pages may be of the same user
    settings = IngestSettings.from_env(SERVICE)
    files = Blobs(settings.blob_url)
    async with (
        running(SERVICE, settings) as process,
        PageSandbox(page_limits(settings), settings.page_processes) as pages,
        PeerChannel("projects", settings.projects_address, process.key) as to_projects,
        PeerChannel("extractor", settings.extractor_address, process.key) as to_extractor,
    ):
        open_store = partial(process.db.session, kind=IngestStore)
        peers = (ProjectsClient(to_projects), ExtractorClient(to_extractor))
        servicer = IngestServicer(open_store, files, *peers, pages, _quota(settings))
        open_uploads = partial(process.db.session, kind=PostgresUploads)
        limits = (_quota(settings), settings.most_unfinished_uploads)
        uploads = ResumableUploads(open_uploads, open_store, files, *peers, *limits)

        def register(server: Server) -> None:
            ingest_service_pb2_grpc.add_IngestServiceServicer_to_server(servicer, server)
            upload_service_pb2_grpc.add_UploadServiceServicer_to_server(UploadServicer(uploads), server)
            add_audit(server, process.db)

        async with serving(SERVICE, settings.listen, process.key, register, _NAMES, settings.grpc_reflection):
            await until_stopped(
                partial(process.bus.consume, consumer.project_deleted(open_store, files)),
                worker.lost_documents(process.db, open_store).sweep_forever,
                UploadSweep(process.db, uploads).sweep_forever,
            )


async def work() -> None:
    """Reads uploaded files until stopped.

    Raises:
        NotIsolated: this host lacks a measure of isolation that the settings ask for.
    """
    hide_memory()  # the reading processes may be of the same user
    settings = IngestSettings.from_env(SERVICE)
    files = Blobs(settings.blob_url)
    limits = await reading_limits(settings)
    async with (
        running(SERVICE, settings, works=True) as process,
        PeerChannel("projects", settings.projects_address, process.key) as peer,
        Sandbox(limits, len(LANES) * settings.concurrency, ready=1) as reader,
    ):
        open_store = partial(process.db.session, kind=IngestStore)
        queue = worker.parse_document(
            open_store, files, ProjectsClient(peer), reader, settings.concurrency, _quota(settings)
        )
        await until_stopped(partial(process.bus.consume, queue))


def _quota(settings: IngestSettings) -> Quota:
    return Quota(settings.most_documents, settings.most_gib * 2**30)


def page_limits(settings: ReadingSettings) -> Limits:
    """What drawing a page may take."""
    required = measures(settings.required_isolation)
    return Limits(PAGE_SECONDS, min(settings.reading_memory_mib, PAGE_MEMORY_MIB) * 2**20, required=required)


async def reading_limits(settings: ReadingSettings) -> Limits:
    """What reading a file may take. Raises LanguageMissing: tesseract is installed without one of the languages."""
    return Limits(
        settings.reading_seconds,
        settings.reading_memory_mib * 2**20,
        await asyncio.to_thread(usable_languages, settings.ocr_languages),
        settings.ocr_pages,
        measures(settings.required_isolation),
    )
