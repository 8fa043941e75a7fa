"""The service's work queue: writes exports' files, and sends those to it again whose message was lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from coderai.export.v1.work_pb2 import WriteExport
from coderai.kit import tracing
from coderai.kit.bus import WORK, Envelope, Subscription
from coderai.kit.db import Database
from coderai.kit.lost_work import LostWork
from coderai.kit.message_ids import ids_of
from coderai.services.export.adapters import tables
from coderai.services.export.domain.export import Status
from coderai.services.export.usecases import exports
from coderai.services.export.usecases.ports import Files, Sources, Store

CONSUMER = "export__write_export"
PATIENCE = 32
"""Deliveries while the extractor or the files are away: about half an hour, then whoever waits is told to ask again."""

OpenTenantStore = Callable[[UUID], AbstractAsyncContextManager[Store]]


def write_export(
    open_store: OpenTenantStore, sources: Sources, files: Files, keep: timedelta = timedelta(0)
) -> Subscription:
    """work.export.write -> the export's files, kept for so long; one at a time, because writing takes a processor."""
    clock = partial(datetime.now, UTC)

    async def handle(envelope: Envelope) -> None:
        of_tenant = partial(open_store, envelope.workspace_id)
        await exports.write_export(of_tenant, sources, files, *_ids(envelope), clock, keep)

    async def give_up(envelope: Envelope, error: Exception) -> None:
        of_tenant = partial(open_store, envelope.workspace_id)
        await exports.fail_export(of_tenant, files, *_ids(envelope), error, clock)

    return Subscription(CONSUMER, WORK, "work.export.write", handle, give_up, patience=PATIENCE)


def lost_exports(db: Database, open_store: OpenTenantStore) -> LostWork:
    """Has exports written that wait for it for too long."""

    async def again(workspace_id: UUID, export_id: UUID) -> None:
        await exports.send_again(partial(open_store, workspace_id), export_id)

    waits = tables.exports.c.status == Status.PENDING
    return LostWork(db, tables.exports, waits, tables.exports.c.sent_at, again, CONSUMER)


def _ids(envelope: Envelope) -> tuple[UUID, UUID]:
    """The project's and the export's id; all that is logged about this delivery from now on names them and the job."""
    message = WriteExport.FromString(envelope.payload)
    tracing.about(**ids_of(message))
    return UUID(message.project_id), UUID(message.export_id)
