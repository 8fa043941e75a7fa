"""Publishes what transactions left in the outbox: right after the commit, and by a sweep whatever that missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import structlog
from nats.errors import Error as NatsError
from sqlalchemy import delete, func, select

from coderai.kit import telemetry
from coderai.kit.bus import Bus, Envelope
from coderai.kit.db import Database, outbox

log = structlog.get_logger()

BATCH = 500
SWEEP_EVERY = timedelta(seconds=5)
LEFT_BEHIND_AFTER = timedelta(seconds=10)
"""Older rows were left by a process that died between commit and publish."""
FLUSH_WITHIN = timedelta(seconds=5)


class OutboxRelay:
    """Moves committed messages from Postgres to JetStream; each at least once, deduplicated there by its id."""

    def __init__(self, db: Database, bus: Bus) -> None:
        self._db = db
        self._bus = bus
        self._fresh: asyncio.Queue[Envelope] = asyncio.Queue()
        db.relay = self

    def publish_soon(self, envelopes: Sequence[Envelope]) -> None:
        """Takes over messages whose rows are committed."""
        for envelope in envelopes:
            self._fresh.put_nowait(envelope)

    async def ring(self, doorbell: str) -> None:
        """Wakes whoever waits at a doorbell; they look again by themselves when NATS is away."""
        with suppress(NatsError):
            await self._bus.ring(doorbell)

    async def run(self) -> None:
        """Publishes until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish_fresh())
            tasks.create_task(self._sweep_forever())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Publishes while the block runs; leaving it publishes what the block committed, as far as NATS is there."""
        publishing = asyncio.create_task(self.run())
        try:
            yield
            with suppress(TimeoutError):
                await asyncio.wait_for(self._fresh.join(), FLUSH_WITHIN.total_seconds())
        finally:
            publishing.cancel()
            await asyncio.wait([publishing])

    async def sweep(self, older_than: timedelta = LEFT_BEHIND_AFTER) -> int:
        """Publishes what other processes left behind, oldest first; returns how many.

        Two replicas may send the same message; JetStream keeps one.
        """
        async with self._db.sweep() as connection:
            rows = await connection.execute(
                select(outbox).where(outbox.c.created_at < func.now() - older_than).order_by(outbox.c.id).limit(BATCH)
            )
            left = [Envelope(r.id, r.subject, r.payload, r.workspace_id, r.correlation_id) for r in rows]
        return await self._publish(left, "sweep") if left else 0

    async def _publish_fresh(self) -> None:
        while True:
            batch = [await self._fresh.get()]
            while not self._fresh.empty() and len(batch) < BATCH:
                batch.append(self._fresh.get_nowait())
            try:
                await self._publish(batch, "commit")
            except Exception as error:  # noqa: BLE001 - the rows stay in the outbox: the sweep sends them later
                log.warning("outbox_publish_failed", error=str(error), messages=len(batch))
            for _ in batch:
                self._fresh.task_done()

    async def _publish(self, batch: Sequence[Envelope], way: str) -> int:
        published = await self._send(batch, way)
        async with self._db.sweep() as connection:
            await connection.execute(delete(outbox).where(outbox.c.id.in_(published)))
            await connection.commit()
        return len(published)

    async def _send(self, batch: Sequence[Envelope], way: str) -> list[UUID]:
        results = await asyncio.gather(*(self._bus.publish(e) for e in batch), return_exceptions=True)
        published = [e.id for e, result in zip(batch, results, strict=True) if not isinstance(result, BaseException)]
        telemetry.OUTBOX_PUBLISHED.labels(way).inc(len(published))
        if len(published) < len(batch):
            log.warning("outbox_messages_unpublished", messages=len(batch) - len(published), way=way)
        return published

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_EVERY.total_seconds())
            try:
                while await self.sweep() == BATCH:
                    pass
            except Exception as error:  # noqa: BLE001 - Postgres or NATS away: the next round tries again
                log.warning("outbox_sweep_failed", error=str(error))
