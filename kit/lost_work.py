"""Measures the work that waits, and sends again what waits in vain: JetStream may lose it, Postgres knows of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Table, func, literal, select

from coderai.kit import identity, telemetry, tracing
from coderai.kit.db import Database
from coderai.kit.ids import new_id
from coderai.kit.outbox import sweep_forever

log = structlog.get_logger()

LOST_AFTER = timedelta(minutes=15)
"""Work that waits longer is sent again. If it only waited, it is done once, as the second finds it done."""
SWEEP_EVERY = timedelta(minutes=1)
BATCH = 500
_ONE_LANE = literal("")


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
    consumer: str
    """What takes the work: the name of its subscription."""
    lanes: tuple[str, ...] = ("",)
    lane: ColumnElement[str] = _ONE_LANE
    """On which of the lanes a row's work waits."""

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

    async def measure(self) -> None:
        """Counts what waits on each lane, and since when, for the metrics."""
        age = func.extract("epoch", func.now() - func.min(self.sent_at))
        waiting = select(self.lane.label("lane"), func.count(), age).where(self.waits).group_by("lane")
        async with self.db.sweep() as connection:
            found = {lane: (count, oldest) for lane, count, oldest in await connection.execute(waiting)}
        for lane in self.lanes:
            count, oldest = found.get(lane, (0, 0))
            telemetry.QUEUE_LENGTH.labels(self.consumer, lane).set(count)
            telemetry.QUEUE_OLDEST.labels(self.consumer, lane).set(oldest)

    async def sweep_forever(self) -> None:
        """Sweeps every minute, and measures more often, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sweep_forever(self.sweep, SWEEP_EVERY, self.table.name))
            tasks.create_task(sweep_forever(self.measure, telemetry.MEASURE_EVERY, f"{self.table.name}_waiting"))
