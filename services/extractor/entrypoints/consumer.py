"""Hears that projects, documents or their texts are gone, or codebooks have changed, and acts on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from coderai.ingest.v1.events_pb2 import DocumentsDeleted, DocumentsReread
from coderai.kit import identity, tracing
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.db import Database
from coderai.kit.ids import new_id
from coderai.kit.message_ids import ids_of
from coderai.projects.v1.events_pb2 import CodebookChanged, ProjectDeleted
from coderai.services.extractor.adapters.dataset_codebooks import projects_behind
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.usecases.applying import Codebooks
from coderai.services.extractor.usecases.rereading import forget_earlier_texts

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


def project_deleted(open_store: OpenStore) -> Subscription:
    """event.projects.project_deleted -> its dataset and its jobs, with all that they gave, are gone."""

    async def handle(envelope: Envelope) -> None:
        event = ProjectDeleted.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        project_id = UUID(event.project_id)
        async with open_store(envelope.workspace_id) as store:
            await store.remove_project(project_id)
            await store.commit()

    return Subscription("extractor__project_deleted", EVENTS, "event.projects.project_deleted", handle)


def documents_deleted(open_store: OpenStore) -> Subscription:
    """event.ingest.documents_deleted -> they are gone from the dataset and the jobs, whose logs and receipts stay."""

    async def handle(envelope: Envelope) -> None:
        event = DocumentsDeleted.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        async with open_store(envelope.workspace_id) as store:
            await store.remove_documents(UUID(event.project_id), [UUID(one) for one in event.document_ids])
            await store.commit()

    return Subscription("extractor__documents_deleted", EVENTS, "event.ingest.documents_deleted", handle)


def documents_reread(open_store: OpenStore, now: Callable[[], datetime]) -> Subscription:
    """event.ingest.documents_reread -> what models extracted from the documents' earlier texts is gone."""

    async def handle(envelope: Envelope) -> None:
        event = DocumentsReread.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        texts = {UUID(text.document_id): text.text_version for text in event.texts}
        await forget_earlier_texts(open_store, envelope.workspace_id, UUID(event.project_id), texts, now())

    return Subscription("extractor__documents_reread", EVENTS, "event.ingest.documents_reread", handle)


def codebook_changed(use: Codebooks) -> Subscription:
    """event.projects.codebook_changed -> the dataset shows what its settings make of what was extracted."""

    async def handle(envelope: Envelope) -> None:
        event = CodebookChanged.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        await use.apply(envelope.workspace_id, UUID(event.project_id))

    return Subscription("extractor__codebook_changed", EVENTS, "event.projects.codebook_changed", handle)


async def apply_missed_changes(use: Codebooks, db: Database) -> None:
    """Applies what was not heard of to the end: a job that starts learns of its project's codebook, too."""
    for workspace_id, project_id in await projects_behind(db):
        with identity.acting_as(identity.worker_identity(workspace_id, str(new_id()))):
            await use.apply(workspace_id, project_id)
