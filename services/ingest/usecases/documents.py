"""Deletes documents."""

from __future__ import annotations

from uuid import UUID

from coderai.ingest.v1.events_pb2 import DocumentDeleted
from coderai.kit.identity import Identity
from coderai.services.ingest.domain.document import Document, blob_key
from coderai.services.ingest.usecases.ports import Files, OpenStore, Store


async def delete_document(open_store: OpenStore, files: Files, who: Identity, document_id: UUID) -> None:
    """Removes a document with its parts; what was extracted from them goes too. Raises DocumentNotFound."""
    async with open_store(who.workspace_id) as store:
        document = await store.document(document_id)
        await remove(store, document)
        await store.commit()
    await files.delete(blob_key(who.workspace_id, document.project_id, document.id))


async def remove(store: Store, document: Document) -> None:
    """Removes a document with its parts, all but the file, and has the others hear of each."""
    for removed_id in await store.remove(document):
        event = DocumentDeleted(project_id=str(document.project_id), document_id=str(removed_id))
        store.emit("event.ingest.document_deleted", event)


async def delete_project_documents(open_store: OpenStore, files: Files, workspace_id: UUID, project_id: UUID) -> None:
    """Removes all that is held of a deleted project; the files first, so that a second try still knows them."""
    async with open_store(workspace_id) as store:
        file_ids = await store.file_ids(project_id)
    await files.delete(*(blob_key(workspace_id, project_id, file_id) for file_id in file_ids))
    async with open_store(workspace_id) as store:
        await store.remove_project(project_id)
        await store.commit()
