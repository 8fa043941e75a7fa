"""The work queue: one message a task, and a sweep that queues again what a lost message would have done."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog
from coderai.extractor.v1.work_pb2 import ExtractDocument
from sqlalchemy import func, select

from kit import identity
from kit.bus import WORK, Envelope, Subscription
from kit.db import Database
from kit.ids import new_id
from services.extractor.adapters.tables import tasks
from services.extractor.domain.job import TaskStatus
from services.extractor.usecases.jobs import FIRST, REST, subject
from services.extractor.usecases.ports import OpenStore
from services.extractor.usecases.tasks import Tasks

log = structlog.get_logger()

SUBJECT = "work.extractor.extract"
PATIENCE = 32
"""Deliveries of a task while a model or a service is away: about half an hour, then its job is paused."""
LOST_AFTER = timedelta(minutes=15)
SWEEP_EVERY = timedelta(minutes=1)
_BATCH = 500


def extract_document(use: Tasks, concurrency: int) -> Subscription:
    """work.extractor.extract -> a coded document."""

    async def handle(envelope: Envelope) -> None:
        await use.run(envelope.workspace_id, _task_id(envelope))

    async def give_up(envelope: Envelope, error: Exception) -> None:
        await use.give_up(envelope.workspace_id, _task_id(envelope), error)

    return Subscription(
        name="extractor__extract_document",
        stream=WORK,
        subject=SUBJECT,
        handle=handle,
        give_up=give_up,
        concurrency=concurrency,
        lanes=(FIRST, REST),
        patience=PATIENCE,
    )


async def sweep_forever(db: Database, open_store: OpenStore) -> None:
    """Queues tasks again whose message was lost: JetStream acknowledges before it is on disk."""
    while True:
        await asyncio.sleep(SWEEP_EVERY.total_seconds())
        try:
            await sweep(db, open_store, LOST_AFTER)
        except Exception as error:  # noqa: BLE001 - Postgres away: the next round tries again
            log.warning("task_sweep_failed", error=str(error))


async def sweep(db: Database, open_store: OpenStore, lost_after: timedelta) -> int:
    """Sends the messages of tasks again that are queued for longer than `lost_after`; returns how many."""
    async with db.sweep() as connection:
        wanted = (
            select(tasks.c.id, tasks.c.workspace_id, tasks.c.job_id)
            .where(tasks.c.status == TaskStatus.QUEUED, tasks.c.changed_at < func.now() - lost_after)
            .limit(_BATCH)
        )
        lost = (await connection.execute(wanted)).all()
    for task in lost:
        with identity.acting_as(identity.worker_identity(task.workspace_id, str(new_id()))):
            async with open_store(task.workspace_id) as store:
                found = await store.task(task.id)
                if found is None or found.status is not TaskStatus.QUEUED:
                    continue
                await store.save_task(found)
                store.emit(subject(found.position), ExtractDocument(job_id=str(task.job_id), task_id=str(task.id)))
                await store.commit()
    return len(lost)


def _task_id(envelope: Envelope) -> UUID:
    return UUID(ExtractDocument.FromString(envelope.payload).task_id)
