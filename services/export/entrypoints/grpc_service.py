"""The service's RPCs: each opens a tenant session, calls a use case or a query, and answers with its message."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from coderai.export.v1 import export_service_pb2 as pb
from coderai.export.v1 import export_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.blobs import Blobs
from coderai.kit.ids import new_id, parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import enum_names, from_plain, to_plain
from coderai.services.export import queries
from coderai.services.export.adapters.store import ExportsStore
from coderai.services.export.domain.export import ExportFile
from coderai.services.export.domain.problems import ExportInvalid, NoSuchBytes
from coderai.services.export.usecases import ending, exports
from coderai.services.export.usecases.downloading import tell_download
from coderai.services.export.usecases.ports import Files, Jobs

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExportsStore]]


class ExportServicer(export_service_pb2_grpc.ExportServiceServicer):
    """coderai.export.v1.ExportService."""

    def __init__(self, open_store: OpenStore, jobs: Jobs, blobs: Blobs, files: Files) -> None:
        self._open_store = open_store
        self._jobs = jobs
        self._blobs = blobs
        self._files = files

    def _store(self) -> AbstractAsyncContextManager[ExportsStore]:
        return self._open_store(identity.current().workspace_id)

    async def CreateExport(self, request: pb.CreateExportRequest, context: Any) -> pb.CreateExportResponse:
        project_id, export_id = parse_id(request.project_id, "project"), new_id()
        if not enum_names(pb.ExportFormat.DESCRIPTOR).get(request.format):
            message = f"must be one of {', '.join(filter(None, enum_names(pb.ExportFormat.DESCRIPTOR).values()))}"
            raise ExportInvalid(f"the export's format {message}", fields={"format": message})
        await exports.create_export(self._store, self._jobs, export_id, project_id, to_plain(request))
        async with self._store() as store:
            return pb.CreateExportResponse(export=await queries.get_export(store, export_id))

    async def ListExports(self, request: pb.ListExportsRequest, context: Any) -> pb.ListExportsResponse:
        project_id = parse_id(request.project_id, "project")
        async with self._store() as store:
            found = await queries.list_exports(store, project_id, read_page(request.page_size, request.page_token))
        if not found.items:
            # The extractor refuses a project that there is not; one with exports is known to exist.
            await anext(self._jobs.jobs(project_id), None)
        return found

    async def GetExport(self, request: pb.GetExportRequest, context: Any) -> pb.GetExportResponse:
        async with self._store() as store:
            export = await queries.get_export(store, parse_id(request.export_id, "export"))
            return pb.GetExportResponse(export=export)

    async def CancelExport(self, request: pb.CancelExportRequest, context: Any) -> pb.CancelExportResponse:
        export_id = parse_id(request.export_id, "export")
        await ending.cancel_export(self._store, export_id, partial(datetime.now, UTC))
        async with self._store() as store:
            return pb.CancelExportResponse(export=await queries.get_export(store, export_id))

    async def DeleteExport(self, request: pb.DeleteExportRequest, context: Any) -> pb.DeleteExportResponse:
        export_id = parse_id(request.export_id, "export")
        await ending.delete_export(self._store, self._files, export_id, partial(datetime.now, UTC))
        return pb.DeleteExportResponse()

    async def DownloadExport(
        self, request: pb.DownloadExportRequest, context: Any
    ) -> AsyncIterator[pb.DownloadExportResponse]:
        export_id = parse_id(request.export_id, "export")
        async with self._store() as store:
            file = await queries.get_file(store, export_id, request.file, codebook=request.codebook)
        plain = {name: value for name, value in asdict(file).items() if name != "key"}
        _must_have(file, request)
        head = pb.DownloadExportResponse(head=from_plain(pb.ExportFile, plain))
        if request.head_only:
            yield head
            return
        async with aclosing(self._blobs.read(file.key, request.offset, request.length)) as parts:
            # Before the head: that the file is gone is an answer, not the end of one that has begun.
            first = await anext(parts, b"")
            await tell_download(self._store, export_id, file)
            yield head
            yield pb.DownloadExportResponse(data=first)
            async for data in parts:
                yield pb.DownloadExportResponse(data=data)


def _must_have(file: ExportFile, request: pb.DownloadExportRequest) -> None:
    """Raises NoSuchBytes where the range that is asked for does not begin in the file."""
    if request.offset < 0 or request.length < 0:
        raise NoSuchBytes("offset and length must be 0 or more")
    # Of files from before their size was kept it is 0.
    if request.offset and request.offset >= file.size:
        message = f"must be less than {file.size}, the bytes of {file.name}"
        raise NoSuchBytes(f"the offset {message}", fields={"offset": message})
