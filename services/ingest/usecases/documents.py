"""Takes uploads in, and deletes documents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from uuid import UUID

from coderai.ingest.v1.events_pb2 import DocumentDeleted
from coderai.ingest.v1.work_pb2 import ParseDocument

from kit.identity import Identity
from services.ingest.domain.document import LARGEST_FILE, Document, blob_key, clean_name
from services.ingest.domain.problems import FileEmpty, ReadByOtherColumn
from services.ingest.usecases.ports import Files, OpenStore, Projects, Written


async def upload_document(
    open_store: OpenStore,
    files: Files,
    projects: Projects,
    who: Identity,
    document_id: UUID,
    project_id: UUID,
    name: str,
    parts: AsyncIterable[bytes],
    text_column: str = "",
) -> UUID:
    """Keeps a file and has it read; returns the id of the document that the project has with these bytes.

    That is `document_id` for a new file; for one that the project had, nothing changes.

    Raises:
        UploadInvalid, FileEmpty, TooLarge, ReadByOtherColumn, Forbidden; NotFound: there is no such project.
    """
    who.must_edit()
    name = clean_name(name)
    await projects.must_exist(project_id)
    key = blob_key(who.workspace_id, project_id, document_id)
    kept = None
    try:
        written = await _write(files, key, parts)
        if not written.size:
            raise FileEmpty(f"{name} is empty: there is nothing to read in it")
        document = Document(document_id, project_id, name, written.size, written.sha256, text_column)
        kept = await _add(open_store, who, document)
    finally:
        if kept is None or kept.id != document_id:
            await files.delete(key)
    if text_column not in ("", kept.text_column):
        raise ReadByOtherColumn()
    return kept.id


async def _write(files: Files, key: str, parts: AsyncIterable[bytes]) -> Written:
    """Keeps a file. A write whose caller is gone ends first, as what is still being written cannot be removed."""
    writing = asyncio.ensure_future(files.write(key, parts, LARGEST_FILE))
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.gather(writing, return_exceptions=True)
        raise


async def _add(open_store: OpenStore, who: Identity, document: Document) -> Document:
    async with open_store(who.workspace_id) as store:
        kept = await store.add(document)
        if kept.id == document.id:
            store.emit("work.ingest.parse", ParseDocument(document_id=str(document.id)))
            await store.commit()
    return kept


async def delete_document(open_store: OpenStore, files: Files, who: Identity, document_id: UUID) -> None:
    """Removes a document with its parts; what was extracted from them goes too. Raises DocumentNotFound, Forbidden."""
    who.must_edit()
    async with open_store(who.workspace_id) as store:
        document = await store.document(document_id)
        for removed_id in await store.remove(document):
            event = DocumentDeleted(project_id=str(document.project_id), document_id=str(removed_id))
            store.emit("event.ingest.document_deleted", event)
        await store.commit()
    await files.delete(blob_key(who.workspace_id, document.project_id, document.id))


async def delete_project_documents(open_store: OpenStore, files: Files, workspace_id: UUID, project_id: UUID) -> None:
    """Removes all that is held of a deleted project; the files first, so that a second try still knows them."""
    async with open_store(workspace_id) as store:
        file_ids = await store.file_ids(project_id)
    await files.delete(*(blob_key(workspace_id, project_id, file_id) for file_id in file_ids))
    async with open_store(workspace_id) as store:
        await store.remove_project(project_id)
        await store.commit()
