"""The store of uploads that go on after a break, in Postgres."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from coderai.kit.db import Session
from coderai.services.ingest.adapters.tables import uploads
from coderai.services.ingest.domain.resumable import Refusal, ResumableUpload, UploadNotFound, UploadState
from coderai.services.ingest.usecases.resumable import Unfinished

_BEGUN = ("id", "project_id", "name", "length", "text_column", "replace", "note", "created_at", "expires_at")
_is_receiving = uploads.c.state == UploadState.RECEIVING


class PostgresUploads(Session):
    """usecases.resumable.UploadStore over one tenant transaction."""

    async def unfinished(self) -> Unfinished:
        lock = func.pg_advisory_xact_lock(func.hashtextextended(f"uploads {self.workspace_id}", 0))
        await self.execute(select(lock))
        size = func.coalesce(func.sum(uploads.c.length), 0).label("bytes")
        counted = select(func.count().label("uploads"), size).where(_is_receiving)
        row = (await self.execute(counted)).one()
        return Unfinished(row.uploads, int(row.bytes))

    async def begin(self, upload: ResumableUpload) -> None:
        row = {name: getattr(upload, name) for name in _BEGUN}
        await self.execute(insert(uploads).values(workspace_id=self.workspace_id, **row))

    async def upload(self, upload_id: UUID, now: datetime) -> ResumableUpload:
        return await self._found(_of(upload_id, now))

    async def locked(self, upload_id: UUID, now: datetime) -> ResumableUpload:
        return await self._found(_of(upload_id, now).with_for_update())

    async def take(self, upload_id: UUID, writer: UUID) -> None:
        await self._set(upload_id, writer=writer)

    async def grow(self, upload: ResumableUpload, writer: UUID, now: datetime) -> bool:
        is_mine = (uploads.c.id == upload.id, uploads.c.writer == writer, _is_receiving)
        kept = {"received": upload.offset, "parts": list(upload.parts), "expires_at": upload.expires_at}
        grown = update(uploads).where(*is_mine, uploads.c.expires_at > now).values(kept)
        return (await self.execute(grown)).rowcount == 1

    async def hold(self, upload_id: UUID, until: datetime | None) -> None:
        await self._set(upload_id, held_until=until)

    async def settle(self, upload: ResumableUpload) -> None:
        refusal = None if upload.refusal is None else asdict(upload.refusal)
        became = {"document_id": upload.document_id, "created": upload.created, "reread": upload.reread}
        settled = update(uploads).where(uploads.c.id == upload.id, _is_receiving)
        await self.execute(settled.values(state=upload.state, refusal=refusal, **became))

    async def expire(self, upload_id: UUID, now: datetime) -> None:
        await self._set(upload_id, expires_at=now)

    async def remove(self, upload_id: UUID) -> None:
        await self.execute(delete(uploads).where(uploads.c.id == upload_id))

    async def _set(self, upload_id: UUID, **values: Any) -> None:
        await self.execute(update(uploads).where(uploads.c.id == upload_id).values(values))

    async def _found(self, wanted: Select[Any]) -> ResumableUpload:
        row = (await self.execute(wanted)).one_or_none()
        if row is None:
            raise UploadNotFound()
        return _upload(row)


def _of(upload_id: UUID, now: datetime) -> Select[Any]:
    return select(uploads).where(uploads.c.id == upload_id, uploads.c.expires_at > now)


def _upload(row: Any) -> ResumableUpload:
    return ResumableUpload(
        **{name: getattr(row, name) for name in _BEGUN},
        offset=row.received,
        parts=tuple(row.parts),
        state=UploadState(row.state),
        held_until=row.held_until,
        document_id=row.document_id,
        created=row.created,
        reread=row.reread,
        refusal=None if row.refusal is None else Refusal(**row.refusal),
    )
