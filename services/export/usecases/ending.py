"""Cancels exports, deletes them, and removes the files of those whose time is over or whose project is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.kit.audit import Fact
from coderai.kit.errors import Unavailable
from coderai.services.export.domain.export import Export, Status
from coderai.services.export.domain.problems import ExportNotFound
from coderai.services.export.usecases.ports import Files, OpenStore, Store

log = structlog.get_logger()

Clock = Callable[[], datetime]


async def cancel_export(open_store: OpenStore, export_id: UUID, clock: Clock) -> None:
    """Makes a pending export CANCELLED, which ends the worker that writes it; others stay as they are.

    Raises:
        ExportNotFound
    """
    async with open_store() as store:
        if (await _found(store, export_id)).status is Status.PENDING:
            await store.cancel(export_id, clock())
            await store.commit()


async def delete_export(open_store: OpenStore, files: Files, export_id: UUID, clock: Clock) -> None:
    """Removes an export with its files. Where those cannot be removed now it has ended, and can be deleted again.

    Raises:
        ExportNotFound, kit.blobs.BlobsAway
    """
    async with open_store() as store:
        export = await _found(store, export_id)
        if export.status is Status.PENDING:
            await store.cancel(export_id, clock())
        elif export.status is Status.COMPLETE:
            await store.expire(export_id)
        await store.commit()
    await files.remove(export.project_id, export_id)
    async with open_store() as store:
        if await store.export(export_id) is not None:
            await store.remove(export_id)
            await store.record(Fact(audit.AUDIT_KIND_EXPORT_DELETED, export.project_id, export_id, export.format))
            await store.commit()


async def clean_up(open_store: OpenStore, files: Files, export_id: UUID) -> None:
    """Makes a complete export EXPIRED, and removes the files of one that has ended in any way.

    Raises:
        kit.blobs.BlobsAway
    """
    async with open_store() as store:
        export = await store.export(export_id)
        if export is None or export.status is Status.PENDING:
            return
        if export.status is Status.COMPLETE:
            await store.expire(export_id)
            await store.commit()
    await _remove(open_store, files, export.project_id, export_id)


async def remove_files(open_store: OpenStore, files: Files, project_id: UUID, export_id: UUID) -> None:
    """Removes the files of an export that ended without any; where that cannot be done now, a sweep does it later."""
    try:
        await _remove(open_store, files, project_id, export_id)
    except Unavailable as error:
        log.warning("files_not_removed", error=error)


async def remove_project(open_store: OpenStore, files: Files, project_id: UUID, clock: Clock) -> None:
    """Removes a deleted project's exports and their files.

    They are failed first: a worker that is writing one of them sees that and removes what it wrote.
    """
    async with open_store() as store:
        exports = await store.project_exports(project_id)
        for export in exports:
            await store.fail(export.id, "the project was deleted", clock())
        await store.commit()
    for export in exports:
        await files.remove(project_id, export.id)
    async with open_store() as store:
        await store.remove_project(project_id)
        await store.commit()


async def _found(store: Store, export_id: UUID) -> Export:
    export = await store.export(export_id)
    if export is None:
        raise ExportNotFound()
    return export


async def _remove(open_store: OpenStore, files: Files, project_id: UUID, export_id: UUID) -> None:
    await files.remove(project_id, export_id)
    async with open_store() as store:
        await store.note_files_removed(export_id)
        await store.commit()
