"""Sends work again whose message was lost: JetStream acknowledges before it is on disk, Postgres knows what waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Table, func, select

from coderai.kit import identity, tracing
from coderai.kit.db import Database
from coderai.kit.ids import new_id
from coderai.kit.outbox import sweep_forever

log = structlog.get_logger()

LOST_AFTER = timedelta(minutes=15)
"""Work that waits longer is sent again. If it only waited, it is done once, as the second finds it done."""
SWEEP_EVERY = timedelta(minutes=1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class LostWork:
    """Rows of all workspaces that wait for work, and how to send that work again."""

    db: Database
    table: Table
    """With id, workspace_id, and the correlation_id and traceparent of what asked for the work, empty when not known.

    The service's sweeper may select what is used of it here.
    """
    waits: ColumnElement[bool]
    """Holds for a row whose work is not done."""
    sent_at: ColumnElement[datetime]
    """When its work was last sent."""
    send_again: Callable[[UUID, UUID], Awaitable[Any]]
    """Takes a row's workspace and id; sends its work again if it still waits, and notes the time."""

    async def sweep(self, lost_after: timedelta = LOST_AFTER) -> int:
        """Sends work again that was sent longer ago than `lost_after`, oldest first; returns of how many rows."""
        columns = self.table.c
        wanted = (
            select(columns.id, columns.workspace_id, columns.correlation_id, columns.traceparent)
            .where(self.waits, self.sent_at < func.now() - lost_after)
            .order_by(self.sent_at)
            .limit(BATCH)
        )
        async with self.db.sweep() as connection:
            lost = (await connection.execute(wanted)).all()
        for row in lost:
            correlation_id = row.correlation_id or str(new_id())
            actor = identity.worker_identity(row.workspace_id, correlation_id)
            with identity.acting_as(actor), tracing.caused_by(row.traceparent):
                await self.send_again(row.workspace_id, row.id)
        if lost:
            log.warning("work_sent_again", table=self.table.name, rows=len(lost))
        return len(lost)

    async def sweep_forever(self) -> None:
        """Sweeps every minute until cancelled."""
        await sweep_forever(self.sweep, SWEEP_EVERY, self.table.name)
