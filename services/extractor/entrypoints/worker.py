"""The work queue: one message a task, and a sweep that queues again what a lost message would have done."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import case

from coderai.extractor.v1.work_pb2 import ExtractDocument
from coderai.kit import tracing
from coderai.kit.bus import WORK, Envelope, Subscription
from coderai.kit.db import Database
from coderai.kit.lost_work import LostWork
from coderai.kit.message_ids import ids_of
from coderai.services.extractor.adapters.tables import tasks
from coderai.services.extractor.domain.jobs.job import TaskStatus
from coderai.services.extractor.usecases.ports import OpenStore
from coderai.services.extractor.usecases.queueing import FIRST, FIRST_DOCUMENTS, REST, SUBJECT, queue_task
from coderai.services.extractor.usecases.tasks import Tasks

CONSUMER = "extractor__extract_document"
PATIENCE = 32
"""Deliveries of a task while a model or a service is away: about half an hour, then its job is paused."""


def extract_document(use: Tasks, concurrency: int) -> Subscription:
    """work.extractor.extract -> a coded document."""

    async def handle(envelope: Envelope) -> None:
        await use.run(envelope.workspace_id, _read(envelope))

    async def give_up(envelope: Envelope, error: Exception) -> None:
        await use.give_up(envelope.workspace_id, _read(envelope), error)

    return Subscription(
        name=CONSUMER,
        stream=WORK,
        subject=SUBJECT,
        handle=handle,
        give_up=give_up,
        concurrency=concurrency,
        lanes=(FIRST, REST),
        patience=PATIENCE,
        own_trace=True,
    )


def lost_tasks(db: Database, open_store: OpenStore) -> LostWork:
    """Queues tasks again that are in the queue for too long."""

    async def send_again(workspace_id: UUID, task_id: UUID) -> None:
        async with open_store(workspace_id) as store:
            if found := await store.queued(task_id):
                task, job = found
                await store.save_task(task)
                queue_task(store, job, task)
                await store.commit()

    lane = case((tasks.c.position < FIRST_DOCUMENTS, FIRST), else_=REST)
    waits = tasks.c.status == TaskStatus.QUEUED
    return LostWork(db, tasks, waits, tasks.c.changed_at, send_again, CONSUMER, (FIRST, REST), lane)


def _read(envelope: Envelope) -> UUID:
    """The task's id; all that is logged about this delivery from now on names its job, document and project."""
    message = ExtractDocument.FromString(envelope.payload)
    tracing.about(**ids_of(message))
    return UUID(message.task_id)
