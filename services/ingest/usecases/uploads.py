"""Takes uploads in: each whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.ingest.domain.document import LARGEST_FILE, Document, Manner, blob_key, clean_name
from coderai.services.ingest.domain.problems import FileEmpty, StorageFull, UploadCutOff, UploadDamaged, UploadInvalid
from coderai.services.ingest.domain.storage import GENEROUS, Quota
from coderai.services.ingest.usecases.ports import CodingsOf, Files, OpenStore, Projects, Written
from coderai.services.ingest.usecases.queueing import queue_documents
from coderai.services.ingest.usecases.rereading import ask_again

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender says in the end that it has sent in all."""

    size: int
    sha256: str
    """Empty when it does not say."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way in."""

    project_id: UUID
    name: str
    parts: AsyncIterable[bytes | Sent]
    """The bytes in order, then what they were."""
    text_column: str = ""
    replace: bool = False
    """Whether a table that the project has is read by another text column though that costs what was extracted."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The document that a project has with an upload's bytes."""

    document_id: UUID
    is_reread: bool = False
    """Whether it was there already, and is read again by another text column."""


async def upload_document(
    open_store: OpenStore,
    files: Files,
    projects: Projects,
    codings_of: CodingsOf,
    who: Identity,
    document_id: UUID,
    upload: Upload,
    quota: Quota = GENEROUS,
) -> Kept:
    """Keeps a file and has it read, under `document_id`.

    Nothing changes for bytes that the project has already, unless they are a table and another text column is named
    now: then the table that it has is read again by that.

    Raises:
        UploadInvalid, UploadCutOff, UploadDamaged, FileEmpty, TooLarge, StorageFull
        CodingsWouldBeLost: the table is coded, and the upload does not say that it may be read again all the same.
        NotFound: there is no such project.
    """
    name = clean_name(upload.name)
    await projects.must_exist(upload.project_id)
    async with open_store(who.workspace_id) as store:
        quota.must_hold(await store.usage())
    key = blob_key(who.workspace_id, upload.project_id, document_id)
    is_ours = False
    try:
        incoming = _Incoming(upload.parts)
        written = await to_its_end(files.write(key, incoming, LARGEST_FILE))
        incoming.must_be(written)
        if not written.size:
            raise FileEmpty(f"{name} is empty: there is nothing to read in it")
        document = Document(document_id, upload.project_id, name, written.size, written.sha256, upload.text_column)
        is_ours = True  # also if the answer to the commit is lost: a file without a document harms nobody
        kept = await _keep(open_store, quota, who, document)
        is_ours = kept.document_id == document_id
    except StorageFull:
        is_ours = False
        raise
    finally:
        if not is_ours:
            await files.delete(key)
    if is_ours:
        return kept
    return replace(kept, is_reread=await _reread(open_store, codings_of, who, kept.document_id, upload))


class _Incoming:
    """An upload's bytes, which end well only if they are as many as their sender says that it has sent."""

    def __init__(self, parts: AsyncIterable[bytes | Sent]) -> None:
        self._parts = parts
        self._sent: Sent | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Raises UploadCutOff, UploadDamaged, UploadInvalid."""
        size = 0
        async for part in self._parts:
            if self._sent is not None:
                raise UploadInvalid("nothing may follow the end of an upload")
            if isinstance(part, Sent):
                self._sent = part
                if part.size != size:
                    raise UploadDamaged(f"{size:,} bytes have come of the {part.size:,} sent: send the file again")
            else:
                size += len(part)
                yield part
        if self._sent is None:
            raise UploadCutOff()

    def must_be(self, written: Written) -> None:
        """Raises UploadDamaged: what is stored is not what the sender says that it has sent."""
        if self._sent is not None and self._sent.sha256 not in ("", written.sha256):
            raise UploadDamaged(f"the {written.size:,} bytes that have come are not those sent: send the file again")


async def to_its_end(write: Awaitable[T]) -> T:
    """What a write gives. One whose caller is gone ends first, as what is still being written cannot be removed."""
    writing = asyncio.ensure_future(write)
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.gather(writing, return_exceptions=True)
        raise


async def _keep(open_store: OpenStore, quota: Quota, who: Identity, document: Document) -> Kept:
    async with open_store(who.workspace_id) as store:
        kept = await store.add(document)
        if kept.id == document.id:
            quota.must_hold(await store.usage())
            await queue_documents(store)
            await store.commit()
    return Kept(kept.id)


async def _reread(
    open_store: OpenStore, codings_of: CodingsOf, who: Identity, document_id: UUID, upload: Upload
) -> bool:
    """Has the document that a project has with an upload's bytes read by the upload's text column, if it is another."""

    def manner(document: Document) -> Manner | None:
        column = upload.text_column
        return Manner(column, document.manner.whole) if document.would_differ_by(column) else None

    async with open_store(who.workspace_id) as store:
        if manner(await store.document(document_id)) is None:
            return False
    return await ask_again(open_store, codings_of, who, document_id, manner, replace=upload.replace)
