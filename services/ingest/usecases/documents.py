"""Deletes documents, and with a project the uploads to it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.ingest.v1.events_pb2 import DocumentsDeleted
from coderai.kit.audit import Fact
from coderai.kit.identity import Identity
from coderai.services.ingest.domain.document import Document, blob_folder, blob_key
from coderai.services.ingest.usecases.ports import Files, OpenStore, Store
from coderai.services.ingest.usecases.queueing import queue_documents

MOST_IDS = 10_000
"""Documents that one event names: 400 KB, of the 1 MB that a message may have."""


async def delete_document(open_store: OpenStore, files: Files, who: Identity, document_id: UUID) -> None:
    """Removes a document with its parts; what was extracted from them goes too. Raises DocumentNotFound."""
    async with open_store(who.workspace_id) as store:
        document = await store.document(document_id)
    async with open_store(who.workspace_id) as store:
        gone = await store.remove(document)
        tell_gone(store, document.project_id, gone)
        if gone:
            await store.record(_deleted(document, len(gone)))
        await queue_documents(store)
        await store.commit()
    await files.delete(blob_key(who.workspace_id, document.project_id, document.id))


def _deleted(document: Document, count: int) -> Fact:
    """`count`: it and those that it held."""
    changes = {"documents": (count, 0)} if count > 1 else {}
    return Fact(audit.AUDIT_KIND_DOCUMENT_DELETED, document.project_id, document.id, document.name, changes)


def tell_gone(store: Store, project_id: UUID, document_ids: Sequence[UUID]) -> None:
    """Has the other services hear of documents that are gone."""
    gone = [str(document_id) for document_id in document_ids]
    for start in range(0, len(gone), MOST_IDS):
        event = DocumentsDeleted(project_id=str(project_id), document_ids=gone[start : start + MOST_IDS])
        store.emit("event.ingest.documents_deleted", event)


async def delete_project_documents(open_store: OpenStore, files: Files, workspace_id: UUID, project_id: UUID) -> None:
    """Removes all that is held of a deleted project."""
    async with open_store(workspace_id) as store:
        await store.remove_uploads(project_id)  # first, so that no more of them is kept
        await store.commit()
    await files.delete_folder(blob_folder(workspace_id, project_id))
    async with open_store(workspace_id) as store:
        await store.remove_project(project_id)
        await queue_documents(store)
        await store.commit()
