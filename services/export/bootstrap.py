"""Builds the export service's concrete things and wires them; the only place that does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from grpc.aio import Server

from coderai.export.v1 import export_service_pb2, export_service_pb2_grpc
from coderai.kit.audit_service import AUDIT_SERVICE, add_audit
from coderai.kit.blobs import Blobs
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.process import running, until_stopped
from coderai.services.export.adapters.extractor_client import ExtractorClient
from coderai.services.export.adapters.files import ExportFiles
from coderai.services.export.adapters.ingest_client import IngestClient
from coderai.services.export.adapters.provenance_client import ProvenanceClient
from coderai.services.export.adapters.quality_client import QualityClient
from coderai.services.export.adapters.store import ExportsStore
from coderai.services.export.entrypoints import consumer, worker
from coderai.services.export.entrypoints.expiry import Expiry
from coderai.services.export.entrypoints.grpc_service import ExportServicer
from coderai.services.export.settings import ExportSettings
from coderai.services.export.usecases.ports import Sources

SERVICE = "export"
_NAMES = [export_service_pb2.DESCRIPTOR.services_by_name["ExportService"].full_name, AUDIT_SERVICE]


async def serve() -> None:
    """Serves gRPC, hears events, has forgotten exports written and expired ones removed, until stopped."""
    settings = ExportSettings.from_env(SERVICE)
    blobs = Blobs(settings.blob_url)
    async with (
        running(SERVICE, settings) as process,
        PeerChannel("extractor", settings.extractor_address, process.key) as channel,
    ):
        open_store = partial(process.db.session, kind=ExportsStore)
        files = ExportFiles(blobs, settings.work_folder)
        servicer = ExportServicer(open_store, ExtractorClient(channel, settings.work_folder), blobs, files)

        def register(server: Server) -> None:
            export_service_pb2_grpc.add_ExportServiceServicer_to_server(servicer, server)
            add_audit(server, process.db)

        deletions = consumer.project_deleted(open_store, files)
        async with serving(SERVICE, settings.listen, process.key, register, _NAMES, settings.grpc_reflection):
            await until_stopped(
                partial(process.bus.consume, deletions),
                worker.lost_exports(process.db, open_store).sweep_forever,
                Expiry(process.db, open_store, files).sweep_forever,
            )


async def work() -> None:
    """Writes files until stopped."""
    settings = ExportSettings.from_env(SERVICE)
    async with (
        running(SERVICE, settings, works=True) as process,
        PeerChannel("extractor", settings.extractor_address, process.key) as extractor,
        PeerChannel("ingest", settings.ingest_address, process.key) as ingest,
    ):
        open_store = partial(process.db.session, kind=ExportsStore)
        folder = settings.work_folder
        sources = Sources(
            ExtractorClient(extractor, folder),
            QualityClient(extractor),
            IngestClient(ingest, folder),
            ProvenanceClient(extractor, folder),
        )
        files = ExportFiles(Blobs(settings.blob_url), folder)
        writing = worker.write_export(open_store, sources, files, timedelta(days=settings.keep_days))
        await until_stopped(partial(process.bus.consume, writing))
