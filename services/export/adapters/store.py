"""The store of exports in Postgres."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from coderai.kit import tracing
from coderai.kit.audit_entries import RecordingSession
from coderai.services.export.adapters.tables import exports
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.export import (
    CODEBOOK_ENDING,
    Export,
    ExportFile,
    FileRole,
    Layout,
    Options,
    Status,
    Written,
)


class ExportsStore(RecordingSession):
    """usecases.ports.Store over one tenant transaction."""

    async def add_export(self, export: Export) -> None:
        owned = {"workspace_id": self.workspace_id, **asdict(tracing.cause())}
        await self.execute(insert(exports).values(**owned, **asdict(export)))

    async def export(self, export_id: UUID) -> Export | None:
        rows = await self.execute(select(exports).where(exports.c.id == export_id).with_for_update())
        row = rows.one_or_none()
        return None if row is None else export_from(row)

    async def pending(self) -> int:
        key = func.hashtextextended(f"pending exports {self.workspace_id}", 0)
        await self.execute(select(func.pg_advisory_xact_lock(key)))
        found = await self.execute(select(func.count()).select_from(exports).where(exports.c.status == Status.PENDING))
        return int(found.scalar_one())

    async def note_sent(self, export_id: UUID) -> None:
        await self._change(export_id, sent_at=func.now())

    async def note_progress(self, export_id: UUID, percent: float) -> bool:
        is_wanted = (exports.c.id == export_id) & (exports.c.status == Status.PENDING)
        furthest = func.greatest(exports.c.progress, percent)
        # What is being written is not lost (kit.lost_work).
        noted = update(exports).where(is_wanted).values(progress=furthest, sent_at=func.now()).returning(exports.c.id)
        return (await self.execute(noted)).first() is not None

    async def complete(self, written: Written) -> None:
        dataset = written.files[0]
        named = [file.name for file in written.files if file.name.endswith(CODEBOOK_ENDING)]
        await self._change(
            written.export_id,
            status=Status.COMPLETE,
            file_name=dataset.name,
            size=dataset.size,
            codebook_file_name="".join(named),
            files=[asdict(file) for file in written.files],
            notes=list(written.notes),
            row_count=written.row_count,
            progress=100.0,
            finished_at=written.finished_at,
            expires_at=written.expires_at,
        )

    async def fail(self, export_id: UUID, error: str, now: datetime) -> None:
        await self._change(export_id, status=Status.FAILED, error=error, finished_at=now)

    async def cancel(self, export_id: UUID, now: datetime) -> None:
        await self._change(export_id, status=Status.CANCELLED, finished_at=now)

    async def expire(self, export_id: UUID) -> None:
        await self._change(export_id, status=Status.EXPIRED)

    async def note_files_removed(self, export_id: UUID) -> None:
        await self._change(export_id, may_have_files=False)

    async def remove(self, export_id: UUID) -> None:
        await self.execute(delete(exports).where(exports.c.id == export_id))

    async def project_exports(self, project_id: UUID) -> list[Export]:
        rows = await self.execute(select(exports).where(exports.c.project_id == project_id).with_for_update())
        return [export_from(row) for row in rows]

    async def remove_project(self, project_id: UUID) -> None:
        await self.execute(delete(exports).where(exports.c.project_id == project_id))

    async def _change(self, export_id: UUID, **values: Any) -> None:
        await self.execute(update(exports).where(exports.c.id == export_id).values(**values))


def export_from(row: Any) -> Export:
    """The export in a row of the table."""
    return Export(
        id=row.id,
        project_id=row.project_id,
        job_id=row.job_id,
        format=row.format,
        layout=Layout(row.layout),
        options=Options.stored(row.options),
        choice=Choice.stored(row.choice),
        status=Status(row.status),
        error=row.error,
        files=tuple(ExportFile(**{**file, "role": FileRole(file["role"])}) for file in row.files),
    )
