"""Hears that projects are deleted, and removes their exports."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from coderai.kit import tracing
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.message_ids import ids_of
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.export.entrypoints.worker import OpenTenantStore
from coderai.services.export.usecases.ending import remove_project
from coderai.services.export.usecases.ports import Files


def project_deleted(open_store: OpenTenantStore, files: Files) -> Subscription:
    """event.projects.project_deleted -> no exports of it."""
    clock = partial(datetime.now, UTC)

    async def handle(envelope: Envelope) -> None:
        event = ProjectDeleted.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        project_id = UUID(event.project_id)
        await remove_project(partial(open_store, envelope.workspace_id), files, project_id, clock)

    return Subscription("export__project_deleted", EVENTS, "event.projects.project_deleted", handle)
