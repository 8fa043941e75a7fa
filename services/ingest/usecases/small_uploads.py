"""Takes in many small files at once, where there is nothing to say of them but that they are stored."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.ingest.domain.document import Document, blob_key, clean_name
from coderai.services.ingest.domain.problems import StorageFull, UploadInvalid
from coderai.services.ingest.domain.storage import GENEROUS, Quota
from coderai.services.ingest.usecases.ports import Files, OpenStore, Projects
from coderai.services.ingest.usecases.queueing import queue_documents
from coderai.services.ingest.usecases.uploads import Kept, to_its_end


@dataclass(frozen=True, slots=True)
class SmallFile:
    """A file that has come whole, and the id that its document is to have."""

    document_id: UUID
    name: str
    data: bytes


async def upload_small_documents(
    open_store: OpenStore,
    files: Files,
    projects: Projects,
    who: Identity,
    project_id: UUID,
    text_column: str,
    small: Sequence[SmallFile],
    quota: Quota = GENEROUS,
) -> Sequence[Kept | None]:
    """Keeps files of a project and has them read; what upload_document would say of each.

    None for a file that takes more than being kept: it has no name or no bytes, the workspace has no room for all, or
    it is a table that would be read again by this text column. upload_document does that, or says what is wrong.

    Raises:
        NotFound: there is no such project.
    """
    await projects.must_exist(project_id)
    new = {file.document_id: _document(file, project_id, text_column) for file in small}
    wanted = [document for document in new.values() if document is not None]
    if not wanted:
        return [None] * len(small)
    keys = {document.id: blob_key(who.workspace_id, project_id, document.id) for document in wanted}
    written = {keys[file.document_id]: file.data for file in small if file.document_id in keys}
    ours: Sequence[UUID] = ()
    try:
        await _write(files, written)
        ours = [*keys]  # also if the answer to the commit is lost: a file without a document harms nobody
        kept = await _keep(open_store, quota, who, wanted)
        ours = [document.id for document in kept if document.id in keys]
    except StorageFull:
        ours = ()
        return [None] * len(small)
    finally:
        await files.delete(*(key for document_id, key in keys.items() if document_id not in ours))
    became = dict(zip(keys, kept, strict=True))
    return [_kept(became.get(file.document_id), text_column) for file in small]


def _document(file: SmallFile, project_id: UUID, text_column: str) -> Document | None:
    try:
        name = clean_name(file.name)
    except UploadInvalid:
        return None
    digest = hashlib.sha256(file.data).hexdigest()
    return Document(file.document_id, project_id, name, len(file.data), digest, text_column) if file.data else None


def _kept(document: Document | None, text_column: str) -> Kept | None:
    return None if document is None or document.would_differ_by(text_column) else Kept(document.id)


async def _write(files: Files, data: Mapping[str, bytes]) -> None:
    """Keeps files; all writes have ended before one's failure is raised."""
    writing = (files.write(key, _whole(content)) for key, content in data.items())
    outcomes = await to_its_end(asyncio.gather(*writing, return_exceptions=True))
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _keep(open_store: OpenStore, quota: Quota, who: Identity, new: Sequence[Document]) -> Sequence[Document]:
    async with open_store(who.workspace_id) as store:
        kept = await store.add_all(new)
        if any(document is same for document, same in zip(kept, new, strict=True)):
            quota.must_hold(await store.usage())
            await queue_documents(store)
            await store.commit()
    return kept
