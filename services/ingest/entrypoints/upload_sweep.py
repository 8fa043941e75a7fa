"""Sweeps for uploads of all workspaces whose time is over, and for whole ones that nobody has stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, func, or_, select

from coderai.kit.db import Database
from coderai.kit.errors import CoderAIError
from coderai.kit.identity import acting_as, worker_identity
from coderai.kit.ids import new_id
from coderai.kit.outbox import sweep_forever
from coderai.services.ingest.adapters.tables import uploads
from coderai.services.ingest.domain.resumable import KEPT_FOR, UploadState
from coderai.services.ingest.usecases.resumable import ResumableUploads

log = structlog.get_logger()

SWEEP_EVERY = timedelta(minutes=1)
BATCH = 500
LEFT_AFTER = timedelta(minutes=1)
"""So long after its last byte a whole upload is left to whoever has sent it."""


@dataclass(frozen=True, slots=True)
class UploadSweep:
    """Finds such uploads under the sweeper's role; each is changed in its own workspace."""

    db: Database
    uploads: ResumableUploads

    async def sweep(self, left_after: timedelta = LEFT_AFTER) -> int:
        """Stores or removes as many as it can; returns how many were found."""
        columns, now = uploads.c, self.uploads.clock()
        is_over = columns.expires_at <= now
        is_left = and_(
            columns.state == UploadState.RECEIVING,
            columns.received == columns.length,
            columns.expires_at < now + KEPT_FOR - left_after,
            func.coalesce(columns.held_until, now) <= now,
        )
        found = await self._found(or_(is_over, is_left))
        for row in found:
            with acting_as(worker_identity(row.workspace_id, str(new_id()))) as worker:
                try:
                    if row.is_over:
                        await self.uploads.clean_up(worker.workspace_id, row.project_id, row.id)
                    else:
                        await self.uploads.resume(worker, row.id)
                except CoderAIError as error:
                    # A refusal is noted; another fault's turn comes again with the next sweep.
                    log.warning("upload_swept_in_vain", upload_id=str(row.id), error=error)
        return len(found)

    async def _found(self, wanted: ColumnElement[bool]) -> Any:
        is_over = (uploads.c.expires_at <= self.uploads.clock()).label("is_over")
        named = (uploads.c.id, uploads.c.workspace_id, uploads.c.project_id)
        rows = select(*named, is_over).where(wanted).limit(BATCH)
        async with self.db.sweep() as connection:
            return (await connection.execute(rows)).all()

    async def sweep_forever(self) -> None:
        """Sweeps every minute until cancelled."""
        await sweep_forever(self.sweep, SWEEP_EVERY, "uploads")
