"""Sweeps for exports of all workspaces whose time is over, and for files that ended exports have left."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import and_, func, or_, select

from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import CoderAIError
from coderai.kit.ids import new_id
from coderai.kit.outbox import sweep_forever
from coderai.services.export.adapters.tables import exports
from coderai.services.export.domain.export import Status
from coderai.services.export.usecases.ending import clean_up
from coderai.services.export.usecases.ports import Files, Store

log = structlog.get_logger()

SWEEP_EVERY = timedelta(minutes=1)
BATCH = 500
_WITHOUT_FILES = (Status.FAILED, Status.CANCELLED, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Expiry:
    """Finds such exports under the sweeper's role, which sees no more than when they end; each is changed in its own
    workspace."""

    db: Database
    open_store: Callable[[UUID], AbstractAsyncContextManager[Store]]
    files: Files

    async def sweep(self) -> int:
        """Cleans up after as many as it can; returns how many were found."""
        columns = exports.c
        over = and_(columns.status == Status.COMPLETE, columns.expires_at < func.now())
        left = and_(columns.may_have_files, columns.status.in_(_WITHOUT_FILES))
        wanted = select(columns.id, columns.workspace_id).where(or_(over, left)).limit(BATCH)
        async with self.db.sweep() as connection:
            found = (await connection.execute(wanted)).all()
        for row in found:
            with identity.acting_as(identity.worker_identity(row.workspace_id, str(new_id()))):
                await self._clean_up(row.workspace_id, row.id)
        return len(found)

    async def _clean_up(self, workspace_id: UUID, export_id: UUID) -> None:
        try:
            await clean_up(partial(self.open_store, workspace_id), self.files, export_id)
            log.info("export_cleaned_up", export_id=str(export_id))
        except CoderAIError as error:
            # Its turn comes again with the next sweep, and the others' comes now.
            log.warning("export_not_cleaned_up", export_id=str(export_id), error=error)

    async def sweep_forever(self) -> None:
        """Sweeps every minute until cancelled."""
        await sweep_forever(self.sweep, SWEEP_EVERY, "exports that have ended")
