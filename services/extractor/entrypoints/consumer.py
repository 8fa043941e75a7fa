"""Hears that projects, documents or their texts are gone, and removes what was extracted from them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from coderai.ingest.v1.events_pb2 import DocumentsDeleted, DocumentsReread
from coderai.kit import tracing
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.message_ids import ids_of
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.usecases.rereading import forget_earlier_texts

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


def project_deleted(open_store: OpenStore) -> Subscription:
    """event.projects.project_deleted -> its jobs, with all that they gave, are gone."""

    async def handle(envelope: Envelope) -> None:
        event = ProjectDeleted.FromString(envelope.payload)
        tracing.about(**ids_of(event))
        project_id = UUID(event.project_id)
        async with open_store(envelope.workspace_id) as store:
            await store.remove_project(project_id)
            await store.commit()

    return Subscription("extractor__project_deleted", EVENTS, "event.projects.project_deleted", handle)


def documents_deleted(open_store: OpenStore) -> Subscription:
    """event.ingest.documents_deleted -> their extractions are gone; the jobs' logs and receipts stay."""

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
