"""Hears of deleted projects, and removes their documents."""

from __future__ import annotations

from uuid import UUID

from coderai.kit import tracing
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.message_ids import ids_of
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.ingest.usecases.documents import delete_project_documents
from coderai.services.ingest.usecases.ports import Files, OpenStore


def project_deleted(open_store: OpenStore, files: Files) -> Subscription:
    """event.projects.project_deleted -> its documents and their files are gone."""

    async def handle(envelope: Envelope) -> None:
        event = ProjectDeleted.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        project_id = UUID(event.project_id)
        await delete_project_documents(open_store, files, envelope.workspace_id, project_id)

    return Subscription("ingest__project_deleted", EVENTS, "event.projects.project_deleted", handle)
