"""Takes uploads in that go on after a break: part by part, by any replica, and stores them once all has come."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog

from coderai.kit.errors import AlreadyExists, Conflict, InvalidInput, NotFound, TooLarge, Unavailable
from coderai.kit.identity import Identity
from coderai.kit.ids import new_id
from coderai.services.ingest.domain.document import LARGEST_FILE, clean_name
from coderai.services.ingest.domain.problems import FileEmpty, UploadInvalid
from coderai.services.ingest.domain.resumable import (
    KEPT_FOR,
    FileTooLarge,
    PartsLost,
    Refusal,
    ResumableUpload,
    TooManyUploads,
    UploadState,
    parts_folder,
)
from coderai.services.ingest.domain.storage import GENEROUS, Quota, Usage
from coderai.services.ingest.usecases.ports import CodingsOf, Files, OpenStore, Projects
from coderai.services.ingest.usecases.receiving import Receiving
from coderai.services.ingest.usecases.uploads import Kept, Sent, Upload, to_its_end, upload_document

log = structlog.get_logger()

MOST_UNFINISHED = 200
HELD_FOR = timedelta(seconds=30)
"""So long nobody else stores an upload; two that do all the same give one document, as their bytes are the same."""
_FINAL = (InvalidInput, TooLarge, NotFound, Conflict, AlreadyExists)
"""Errors of a file that it would meet again."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a workspace has of uploads that are neither stored nor refused."""

    count: int
    bytes: int
    """Of the whole files."""


class UploadStore(Protocol):
    """One transaction in one workspace; nothing is kept without commit()."""

    async def unfinished(self) -> Unfinished:
        """Counts; until the end of the transaction no other begins an upload in the workspace."""
        ...

    async def begin(self, upload: ResumableUpload) -> None: ...

    async def upload(self, upload_id: UUID, now: datetime) -> ResumableUpload:
        """Raises UploadNotFound: there is none, or its time is over."""
        ...

    async def locked(self, upload_id: UUID, now: datetime) -> ResumableUpload:
        """The same, locked until the end of the transaction."""
        ...

    async def take(self, upload_id: UUID, writer: UUID) -> None:
        """From now on only this writer's parts are kept."""
        ...

    async def grow(self, upload: ResumableUpload, writer: UUID, now: datetime) -> bool:
        """Notes what is kept now; False, and nothing is noted, if the upload is another writer's, or is gone."""
        ...

    async def hold(self, upload_id: UUID, until: datetime | None) -> None: ...

    async def settle(self, upload: ResumableUpload) -> None:
        """Notes what an upload has become, unless that is noted already."""
        ...

    async def expire(self, upload_id: UUID, now: datetime) -> None: ...

    async def remove(self, upload_id: UUID) -> None: ...

    async def commit(self) -> None: ...


OpenUploads = Callable[[UUID], AbstractAsyncContextManager[UploadStore]]
"""Opens a store of uploads on a workspace."""


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a sender says of a file before its first byte."""

    project_id: UUID
    name: str
    length: int
    text_column: str = ""
    replace: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ResumableUploads:
    """What is done with them."""

    open_uploads: OpenUploads
    open_store: OpenStore
    files: Files
    projects: Projects
    codings_of: CodingsOf
    quota: Quota = GENEROUS
    most_unfinished: int = MOST_UNFINISHED
    clock: Callable[[], datetime] = utc_now

    async def begin(self, who: Identity, upload_id: UUID, file: Beginning) -> ResumableUpload:
        """Begins an upload.

        Raises:
            UploadInvalid, FileEmpty, FileTooLarge, StorageFull, TooManyUploads
            NotFound: there is no such project.
        """
        now, name = self.clock(), clean_name(file.name)
        _must_be_length(name, file.length)
        await self.projects.must_exist(file.project_id)
        async with self.open_store(who.workspace_id) as documents:
            usage = await documents.usage()
        about = (file.project_id, name, file.length, file.text_column, file.replace, file.note)
        upload = ResumableUpload(upload_id, *about, created_at=now, expires_at=now + KEPT_FOR)
        async with self.open_uploads(who.workspace_id) as store:
            others = await store.unfinished()
            if others.count >= self.most_unfinished:
                raise TooManyUploads()
            self.quota.must_hold(Usage(usage.documents + 1, usage.bytes + others.bytes + file.length))
            await store.begin(upload)
            await store.commit()
        return upload

    async def receive(self, who: Identity, upload_id: UUID, offset: int, data: AsyncIterable[bytes]) -> ResumableUpload:
        """Takes the bytes from `offset` on; what has come is kept in parts, the last one when `data` ends.

        Raises:
            UploadNotFound, OffsetWrong, UploadTakenOver, UploadOverrun, UploadBusy
            CoderAIError: all has come, and the file is refused.
        """
        writer = new_id()
        async with self.open_uploads(who.workspace_id) as store:
            upload = await store.locked(upload_id, self.clock())
            upload.must_go_on_at(offset)
            await store.take(upload_id, writer)
            await store.commit()

        async def keep(grown: ResumableUpload) -> bool:
            now = self.clock()
            async with self.open_uploads(who.workspace_id) as store:
                is_kept = await store.grow(replace(grown, expires_at=now + KEPT_FOR), writer, now)
                await store.commit()
            return is_kept

        await Receiving(self.files, _folder(who, upload), upload).run(data, keep)
        return await self.resume(who, upload_id)

    async def resume(self, who: Identity, upload_id: UUID) -> ResumableUpload:
        """An upload as it is; one that is whole is stored first.

        Raises:
            UploadNotFound, UploadBusy
            CoderAIError: the file is refused.
        """
        upload = await self.get(who, upload_id)
        if upload.is_whole:
            upload = await to_its_end(self._store(who, upload_id))
        upload.must_not_be_refused()
        return upload

    async def get(self, who: Identity, upload_id: UUID) -> ResumableUpload:
        """An upload as it is. Raises UploadNotFound."""
        async with self.open_uploads(who.workspace_id) as store:
            return await store.upload(upload_id, self.clock())

    async def delete(self, who: Identity, upload_id: UUID) -> None:
        """Forgets an upload, and removes its parts. Raises UploadNotFound."""
        now = self.clock()
        async with self.open_uploads(who.workspace_id) as store:
            upload = await store.locked(upload_id, now)
            await store.expire(upload_id, now)  # nothing more is kept; a sweep goes on if the files are away
            await store.commit()
        await self.clean_up(who.workspace_id, upload.project_id, upload_id)

    async def clean_up(self, workspace_id: UUID, project_id: UUID, upload_id: UUID) -> None:
        """Removes an upload whose time is over."""
        await self.files.delete_folder(parts_folder(workspace_id, project_id, upload_id))
        async with self.open_uploads(workspace_id) as store:
            await store.remove(upload_id)
            await store.commit()

    async def _store(self, who: Identity, upload_id: UUID) -> ResumableUpload:
        """Makes an upload that is whole a document."""
        now = self.clock()
        async with self.open_uploads(who.workspace_id) as store:
            upload = await store.locked(upload_id, now)
            if not upload.is_whole:
                return upload
            upload.must_be_free(now)
            await store.hold(upload_id, now + HELD_FOR)
            await store.commit()
        settled = await self._settled(who, upload)
        async with self.open_uploads(who.workspace_id) as store:
            await store.settle(settled)
            await store.commit()
        await self._remove_parts(who, upload)
        return await self.get(who, upload_id)

    async def _settled(self, who: Identity, upload: ResumableUpload) -> ResumableUpload:
        """What an upload becomes."""
        try:
            document_id = new_id()
            kept = await self._document(who, upload, document_id)
        except _FINAL as error:
            return replace(upload, state=UploadState.REFUSED, refusal=Refusal.of(error))
        except BaseException:
            async with self.open_uploads(who.workspace_id) as store:
                await store.hold(upload.id, None)
                await store.commit()
            raise
        is_new = kept.document_id == document_id
        stored = replace(upload, state=UploadState.STORED, document_id=kept.document_id)
        return replace(stored, created=is_new, reread=kept.is_reread)

    async def _document(self, who: Identity, upload: ResumableUpload, document_id: UUID) -> Kept:
        parts = self._sent(_folder(who, upload), upload)
        file = Upload(upload.project_id, upload.name, parts, upload.text_column, upload.replace)
        ports = (self.open_store, self.files, self.projects, self.codings_of)
        return await upload_document(*ports, who, document_id, file, self.quota)

    async def _sent(self, folder: str, upload: ResumableUpload) -> AsyncIterator[bytes | Sent]:
        for part in upload.parts:
            try:
                async for piece in self.files.read(f"{folder}/{part}"):
                    yield piece
            except NotFound as error:
                raise PartsLost() from error
        yield Sent(upload.length, "")

    async def _remove_parts(self, who: Identity, upload: ResumableUpload) -> None:
        try:
            await self.files.delete_folder(_folder(who, upload))
        except Unavailable as error:
            # The sweep removes them when the upload's time is over.
            log.warning("parts_not_removed", upload_id=str(upload.id), error=error)


def _folder(who: Identity, upload: ResumableUpload) -> str:
    return parts_folder(who.workspace_id, upload.project_id, upload.id)


def _must_be_length(name: str, length: int) -> None:
    if length < 0:
        raise UploadInvalid("say how many bytes the file has", fields={"length": "0 or more"})
    if length == 0:
        raise FileEmpty(f"{name} is empty: there is nothing to read in it")
    if length > LARGEST_FILE:
        raise FileTooLarge()
