"""Tells that a file is downloaded, before its first byte is sent."""

from __future__ import annotations

from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.kit.audit import Fact
from coderai.services.export.domain.export import ExportFile
from coderai.services.export.domain.problems import ExportNotFound
from coderai.services.export.usecases.ports import OpenStore


async def tell_download(open_store: OpenStore, export_id: UUID, file: ExportFile) -> None:
    """Records it, also of a part of the file. Raises ExportNotFound."""
    async with open_store() as store:
        export = await store.export(export_id)
        if export is None:
            raise ExportNotFound()
        await store.record(Fact(audit.AUDIT_KIND_EXPORT_DOWNLOADED, export.project_id, export_id, file.name))
        await store.commit()
