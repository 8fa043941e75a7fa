"""Publishes what transactions left in the outbox: right after the commit, and by a sweep whatever that missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from nats.errors import Error as NatsError
from sqlalchemy import delete, func, select

from coderai.kit import telemetry
from coderai.kit.bus import Bus, Envelope
from coderai.kit.cancellation import raise_if_cancelled
from coderai.kit.db import Database, outbox

log = structlog.get_logger()

BATCH = 500
SWEEP_EVERY = timedelta(seconds=5)
LEFT_BEHIND_AFTER = timedelta(seconds=10)
"""Older rows were left by a process that died between commit and publish."""
FLUSH_WITHIN = timedelta(seconds=5)


async def sweep_forever(sweep: Callable[[], Awaitable[Any]], every: timedelta, what: str) -> None:
    """Sweeps every so often until cancelled; where Postgres or NATS is away, the next round tries again."""
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            await sweep()
        except Exception as error:  # noqa: BLE001 - whatever it is, what is left is still there next time
            log.warning("sweep_failed", what=what, error=error)
        raise_if_cancelled()


class OutboxRelay:
    """Moves committed messages from Postgres to JetStream; each at least once, deduplicated there by its id."""

    def __init__(self, db: Database, bus: Bus) -> None:
        self._db = db
        self._bus = bus
        self._fresh: asyncio.Queue[Envelope] = asyncio.Queue()
        db.relay = self
        telemetry.expect(telemetry.OUTBOX_PUBLISHED, telemetry.OUTBOX_WAYS)

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
            tasks.create_task(sweep_forever(self.sweep, SWEEP_EVERY, "outbox"))
            tasks.create_task(sweep_forever(self.measure, telemetry.MEASURE_EVERY, "outbox_lag"))

    async def measure(self) -> None:
        """Counts what waits in the outbox, and since when, for the metrics."""
        age = func.extract("epoch", func.now() - func.min(outbox.c.created_at))
        async with self._db.sweep() as connection:
            count, oldest = (await connection.execute(select(func.count(), age).select_from(outbox))).one()
        telemetry.OUTBOX_MESSAGES.labels(self._db.service).set(count)
        telemetry.OUTBOX_OLDEST.labels(self._db.service).set(oldest or 0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Publishes while the block runs; leaving it publishes what the block committed, as far as NATS is there."""
        publishing = asyncio.create_task(self.run())
        try:
            yield
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_WITHIN.total_seconds()):
                    await self._fresh.join()
        finally:
            publishing.cancel()
            await asyncio.wait([publishing])

    async def sweep(self, older_than: timedelta = LEFT_BEHIND_AFTER) -> int:
        """Publishes what other processes left behind, oldest first, as far as it can be; returns how many.

        Two replicas may send the same message; JetStream keeps one.
        """
        wanted = select(outbox).where(outbox.c.created_at < func.now() - older_than).order_by(outbox.c.id).limit(BATCH)
        total, sent = 0, BATCH
        while sent == BATCH:
            async with self._db.sweep() as connection:
                rows = await connection.execute(wanted)
                left = [
                    Envelope(r.id, r.subject, r.payload, r.workspace_id, r.correlation_id, traceparent=r.traceparent)
                    for r in rows
                ]
            sent = await self._publish(left, "sweep")
            total += sent
        return total

    async def _publish_fresh(self) -> None:
        while True:
            batch = [await self._fresh.get()]
            while not self._fresh.empty() and len(batch) < BATCH:
                batch.append(self._fresh.get_nowait())
            try:
                await self._publish(batch, "commit")
            except Exception as error:  # noqa: BLE001 - the rows stay in the outbox: the sweep sends them later
                log.warning("outbox_publish_failed", error=error, messages=len(batch))
            for _ in batch:
                self._fresh.task_done()
            raise_if_cancelled()

    async def _publish(self, batch: Sequence[Envelope], way: str) -> int:
        """Publishes what can be and removes that from the outbox; returns how many."""
        results = await asyncio.gather(*(self._bus.publish(e) for e in batch), return_exceptions=True)
        published = [e.id for e, result in zip(batch, results, strict=True) if not isinstance(result, BaseException)]
        if len(published) < len(batch):
            log.warning("outbox_messages_unpublished", messages=len(batch) - len(published), way=way)
        if published:
            async with self._db.sweep() as connection:
                await connection.execute(delete(outbox).where(outbox.c.id.in_(published)))
                await connection.commit()
            telemetry.OUTBOX_PUBLISHED.labels(way).inc(len(published))
        return len(published)
