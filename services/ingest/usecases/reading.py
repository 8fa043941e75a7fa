"""Reads uploaded files into texts, pages and chunks."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from coderai.ingest.v1.events_pb2 import ChangedText, DocumentsReread
from coderai.kit.errors import NotFound
from coderai.services.ingest.domain.document import Document, Project, blob_key
from coderai.services.ingest.domain.problems import DocumentNotFound, StorageFull, Unreadable
from coderai.services.ingest.domain.reading import Reading
from coderai.services.ingest.domain.storage import Quota
from coderai.services.ingest.domain.turns import SECONDS_TOGETHER
from coderai.services.ingest.usecases.documents import MOST_IDS, tell_gone
from coderai.services.ingest.usecases.ports import Expansion, Files, OpenStore, Projects, Reader, Store
from coderai.services.ingest.usecases.queueing import queue_documents, send

Outcome = Reading | Expansion | str
"""What a file says, or why it cannot be read."""

_HELD = 4 * 2**20
"""Characters of texts that wait to be saved together; more are saved at once."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The use cases of a worker."""

    open_store: OpenStore
    files: Files
    projects: Projects
    reader: Reader
    quota: Quota
    about: Callable[[Document], None] = lambda document: None
    """Has all that is logged from now on name a document."""
    clock: Callable[[], float] = time.monotonic
    """Seconds."""

    async def read(self, workspace_id: UUID, document_id: UUID, lane: str, *, is_first: bool = True) -> None:
        """Makes the documents that have their turn with this one READY, or FAILED with the reason.

        Those that are so already, were deleted since, or wait on another lane now stay as they are. Their chunks have
        the promised sizes in tokens of the model that the project has now. They stay when it takes another.

        Once SECONDS_TOGETHER have passed, those that are left wait for another turn. `is_first`: False if this was
        tried before, in vain; then each has a turn of its own, as what one of them does to a worker is not for the
        others to bear.
        """
        try:
            async with self.open_store(workspace_id) as store:
                turn = await store.begin(document_id, lane)
                if len(turn) > 1 and not is_first:
                    await store.give_back(turn, alone=True)
                    await queue_documents(store)
                    turn = ()
                await store.commit()
            if turn:
                await self._read_turn(workspace_id, turn)
        except NotFound:  # the project
            return

    async def _read_turn(self, workspace_id: UUID, turn: Sequence[Document]) -> None:
        project, until = await self.projects.project(turn[0].project_id), self.clock() + SECONDS_TOGETHER
        read: list[tuple[Document, Outcome]] = []
        held, left = 0, deque(turn)
        while left and (len(left) == len(turn) or self.clock() < until):
            document = left.popleft()
            self.about(document)
            outcome = await self._read(workspace_id, document, project)
            read.append((document, outcome))
            held += len(outcome.text) if isinstance(outcome, Reading) else 0
            if held > _HELD or not isinstance(outcome, Reading | str):
                await self._save_all(workspace_id, read)
                read, held = [], 0
        await self._save_all(workspace_id, read, left)

    async def _save_all(
        self, workspace_id: UUID, read: Sequence[tuple[Document, Outcome]], left: Sequence[Document] = ()
    ) -> None:
        """Saves what was read, as far as the workspace may keep it."""
        try:
            await self._save(workspace_id, read, left)
        except StorageFull as reason:
            if len(read) == 1:
                await self._save(workspace_id, [(read[0][0], reason.message)], left)
            else:
                for one in read:
                    await self._save_all(workspace_id, [one])
                await self._save(workspace_id, (), left)
        finally:
            for _, outcome in read:
                if not isinstance(outcome, Reading | str):
                    outcome.close()

    async def _save(
        self, workspace_id: UUID, read: Sequence[tuple[Document, Outcome]], left: Sequence[Document]
    ) -> None:
        """Saves what became of documents that are still unread; until then those with a text are PARSED.

        One that is to be read in another manner by now is read once more. Those that are `left` wait for another turn.

        Raises:
            StorageFull: the workspace may not keep the texts; nothing is saved.
        """
        parsed = [document for document, outcome in read if not isinstance(outcome, str)]
        if parsed:
            async with self.open_store(workspace_id) as store:
                await store.note_parsed(parsed)
                await store.commit()
        documents = [*(document for document, _ in read), *left]
        if not documents:
            return
        async with self.open_store(workspace_id) as store:
            await store.lock_project(documents[0].project_id)
            current = {document.id: document for document in await store.several([d.id for d in documents])}
            await store.give_back(left, alone=False)
            await _save_outcomes(store, [(document, current.get(document.id), outcome) for document, outcome in read])
            if parsed:
                self.quota.must_hold(await store.usage())
            await queue_documents(store)
            await store.commit()

    async def _read(self, workspace_id: UUID, document: Document, project: Project) -> Outcome:
        """What the file says, or why it cannot be read."""
        key = blob_key(workspace_id, document.project_id, document.id)
        try:
            data = b"".join([part async for part in self.files.read(key)])
            return await self.reader.read(data, document.name, document.manner, project, workspace_id)
        except Unreadable as reason:
            return reason.message
        except NotFound:
            return "the stored file is gone: delete the document and upload the file again"


async def _save_outcomes(store: Store, read: Sequence[tuple[Document, Document | None, Outcome]]) -> None:
    """Saves what became of documents; of each as it was when its reading began, and as it is now, if there is one."""
    texts: list[tuple[Document, Reading]] = []
    for document, current, outcome in read:
        if current is None or not current.is_unread:
            continue
        if current.manner != document.manner:
            await _send_again(store, document.id)
        elif isinstance(outcome, str):
            await store.save_failure(current, outcome)
        elif current.asked is not None:
            reread = await store.save_again(current, partial(_save_found, store, current, outcome))
            tell_gone(store, current.project_id, reread.gone)
            _tell_changed(store, current.project_id, reread.text_versions)
        elif isinstance(outcome, Reading):
            texts.append((current, outcome))
        else:
            await _save_found(store, current, outcome)
    if texts:
        await store.save_readings(texts[0][0].project_id, texts)


async def _save_found(store: Store, document: Document, found: Reading | Expansion) -> None:
    if isinstance(found, Reading):
        await store.save_readings(document.project_id, [(document, found)])
    else:
        await store.save_parts(document, found.container, found.batches())


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
