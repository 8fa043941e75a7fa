"""Reads an uploaded file into text, pages and chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from coderai.ingest.v1.events_pb2 import ChangedText, DocumentsReread
from coderai.kit.errors import NotFound
from coderai.services.ingest.domain.document import Document, Project, blob_key
from coderai.services.ingest.domain.problems import DocumentNotFound, StorageFull, Unreadable
from coderai.services.ingest.domain.reading import Reading
from coderai.services.ingest.domain.storage import Quota
from coderai.services.ingest.usecases.documents import MOST_IDS, tell_gone
from coderai.services.ingest.usecases.ports import Expansion, Files, OpenStore, Projects, Reader, Store
from coderai.services.ingest.usecases.queueing import queue_documents, send


@dataclass(frozen=True, slots=True)
class Readings:
    """The use cases of a worker."""

    open_store: OpenStore
    files: Files
    projects: Projects
    reader: Reader
    quota: Quota

    async def read(self, workspace_id: UUID, document_id: UUID, lane: str) -> None:
        """Makes a document READY, or FAILED with the reason.

        One that is so already, was deleted since, or waits on another lane now stays as it is. Its chunks have the
        promised sizes in tokens of the model that the project has now. They stay when it takes another.
        """
        try:
            async with self.open_store(workspace_id) as store:
                document = await store.begin(document_id, lane)
                await store.commit()
            if document is None:
                return
            outcome = await self._read(workspace_id, document, await self.projects.project(document.project_id))
            try:
                await self._save(workspace_id, document, outcome)
            except StorageFull as reason:
                await self._save(workspace_id, document, reason.message)
            finally:
                if not isinstance(outcome, Reading | str):
                    outcome.close()
        except NotFound:  # the document, or its project with it
            return

    async def _save(self, workspace_id: UUID, document: Document, outcome: Reading | Expansion | str) -> None:
        """Saves what became of a document that is still unread; until then one with a text is PARSED.

        One that is to be read in another manner by now is read once more.

        Raises:
            StorageFull: the workspace may not keep the text; nothing is saved.
        """
        if not isinstance(outcome, str):
            async with self.open_store(workspace_id) as store:
                await store.note_parsed(document)
                await store.commit()
        async with self.open_store(workspace_id) as store:
            await store.lock_project(document.project_id)
            current = await store.document(document.id)
            if current.is_unread and current.manner != document.manner:
                await _send_again(store, document.id)
            elif current.is_unread:
                await _save_outcome(store, current, outcome)
                if not isinstance(outcome, str):
                    self.quota.must_hold(await store.usage())
                await queue_documents(store)
            await store.commit()

    async def _read(self, workspace_id: UUID, document: Document, project: Project) -> Reading | Expansion | str:
        """What the file says, or why it cannot be read."""
        key = blob_key(workspace_id, document.project_id, document.id)
        try:
            data = b"".join([part async for part in self.files.read(key)])
            return await self.reader.read(data, document.name, document.manner, project, workspace_id)
        except Unreadable as reason:
            return reason.message
        except NotFound:
            return "the stored file is gone: delete the document and upload the file again"


async def _save_outcome(store: Store, document: Document, outcome: Reading | Expansion | str) -> None:
    if isinstance(outcome, str):
        await store.save_failure(document, outcome)
    elif document.asked is None:
        await _save(store, document, outcome)
    else:
        reread = await store.save_again(document, partial(_save, store, document, outcome))
        tell_gone(store, document.project_id, reread.gone)
        _tell_changed(store, document.project_id, reread.text_versions)


async def _save(store: Store, document: Document, outcome: Reading | Expansion) -> None:
    if isinstance(outcome, Reading):
        await store.save_reading(document, outcome)
    else:
        await store.save_parts(document, outcome.container, outcome.batches())


def _tell_changed(store: Store, project_id: UUID, text_versions: Mapping[UUID, int]) -> None:
    """Has the other services hear of documents whose texts have changed."""
    texts = [ChangedText(document_id=str(key), text_version=version) for key, version in text_versions.items()]
    for start in range(0, len(texts), MOST_IDS):
        event = DocumentsReread(project_id=str(project_id), texts=texts[start : start + MOST_IDS])
        store.emit("event.ingest.documents_reread", event)


async def _send_again(store: Store, document_id: UUID) -> bool:
    if turn := await store.sent_again(document_id):
        send(store, turn)
    return turn is not None


async def send_again(open_store: OpenStore, workspace_id: UUID, document_id: UUID) -> None:
    """Has a document read that still waits for it, as the message that asked for it was lost."""
    try:
        async with open_store(workspace_id) as store:
            if await _send_again(store, document_id):
                await store.commit()
    except DocumentNotFound:
        return


async def record_failure(open_store: OpenStore, workspace_id: UUID, document_id: UUID, error: Exception) -> None:
    """Makes a document FAILED that could not be read for a reason that is not its own."""
    try:
        async with open_store(workspace_id) as store:
            document = await store.document(document_id)
            reason = f"reading failed on our side ({type(error).__name__}): delete the document and upload it again"
            if document.is_unread:
                await store.save_failure(document, reason)
                await queue_documents(store)
                await store.commit()
    except DocumentNotFound:
        return
