"""Hears that projects are deleted, and removes their refinements."""

from __future__ import annotations

from uuid import UUID

from coderai.kit import tracing
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.message_ids import ids_of
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.copilot.usecases.ports import OpenTenantStore


def project_deleted(open_store: OpenTenantStore) -> Subscription:
    """event.projects.project_deleted -> no refinements of it."""

    async def handle(envelope: Envelope) -> None:
        event = ProjectDeleted.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        async with open_store(envelope.workspace_id) as store:
            await store.remove_project(UUID(event.project_id))
            await store.commit()

    return Subscription("copilot__project_deleted", EVENTS, "event.projects.project_deleted", handle)
