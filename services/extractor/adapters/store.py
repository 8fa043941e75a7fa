"""The store of jobs, tasks and extractions in Postgres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.codebook.variable import Variable
from coderai.kit import identity, tracing
from coderai.kit.audit_entries import RecordingSession
from coderai.kit.db import Database, Relay, any_of
from coderai.kit.ids import new_id
from coderai.kit.model_replies import Usage
from coderai.kit.models import EVERY_MODEL, OFFLINE, ModelList
from coderai.kit.wire import rfc3339
from coderai.services.extractor.adapters import (
    dataset,
    dataset_codebooks,
    metrics,
    removing,
    rows,
    spending,
    statements,
)
from coderai.services.extractor.adapters.accepting import AcceptingStore
from coderai.services.extractor.adapters.casting import recast
from coderai.services.extractor.adapters.feedback import FeedbackStore
from coderai.services.extractor.adapters.known_entities import entities_known, of_another_unit, rows_found_by
from coderai.services.extractor.adapters.staleness import stale_variables
from coderai.services.extractor.adapters.tables import extractions, job_events, jobs, tasks
from coderai.services.extractor.adapters.texts import outdate
from coderai.services.extractor.adapters.units import UnitStore
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.extraction import Extraction, Receipt
from coderai.services.extractor.domain.jobs.job import (
    ACTIVE,
    RUNNING,
    Event,
    EventType,
    Job,
    JobKind,
    JobStatus,
    TaskStatus,
)
from coderai.services.extractor.domain.jobs.spending import Purpose, Taken
from coderai.services.extractor.domain.jobs.tried import Sample
from coderai.services.extractor.usecases.jobs import JobActive, JobNotFound
from coderai.services.extractor.usecases.ports import Known, MeasuredJob, Queued, Task

_PROGRESS = (
    "status",
    "status_reason",
    "documents_processed",
    "documents_failed",
    "consecutive_failures",
    "tokens_in",
    "tokens_out",
    "tokens_cached",
    "cost",
    "progress",
    "eta_seconds",
    "started_at",
    "finished_at",
)
_CHANGING = ("status", "attempts", "vanished", "error", "text_version")
"""Of a task."""
_MEASURED = 200
"""Documents of a job that are measured: enough for a mean."""


class ExtractorStore(FeedbackStore, AcceptingStore, UnitStore, RecordingSession):
    """usecases.ports.Store over one tenant transaction; what it saves is counted once it has committed."""

    def __init__(
        self, connection: AsyncConnection, workspace_id: UUID, relay: Relay | None, models: ModelList = EVERY_MODEL
    ) -> None:
        """`models`: the operator's list, by whose patterns dollars are counted."""
        super().__init__(connection, workspace_id, relay)
        self._models = models
        self._counts: list[Callable[[], None]] = []

    async def commit(self) -> None:
        """Commits as every session does, then counts."""
        await super().commit()
        counts, self._counts = self._counts, []
        for count in counts:
            count()

    async def lock_jobs(self, project_id: UUID) -> None:
        key = func.hashtextextended(f"extractor jobs {project_id}", 0)
        await self.execute(select(func.pg_advisory_xact_lock(key)))
        active = select(jobs.c.id).where(jobs.c.project_id == project_id, jobs.c.status.in_(ACTIVE))
        if (await self.execute(active.limit(1))).first() is not None:
            raise JobActive()

    async def add_job(self, job: Job, snapshot: Mapping[str, Any]) -> None:
        values = {**rows.job_values(job), "workspace_id": self.workspace_id, "codebook": snapshot}
        try:
            await self.execute(insert(jobs).values(**values))
        except IntegrityError as error:
            raise JobActive() from error

    async def add_tasks(self, added: Sequence[Task]) -> None:
        values = [{**rows.task_values(task), "workspace_id": self.workspace_id} for task in added]
        await self.execute(insert(tasks), values)

    async def job(self, job_id: UUID) -> Job:
        # Not the stronger lock: rows that refer to the job share its key, and two who wrote some would deadlock.
        row = (
            await self.execute(select(*rows.JOB).where(jobs.c.id == job_id).with_for_update(key_share=True))
        ).one_or_none()
        if row is None:
            raise JobNotFound()
        return rows.read_job(row)

    async def snapshot(self, job_id: UUID) -> Mapping[str, Any]:
        found = (await self.execute(select(jobs.c.codebook).where(jobs.c.id == job_id))).scalar_one_or_none()
        if found is None:
            raise JobNotFound()
        snapshot: Mapping[str, Any] = found
        return snapshot

    async def samples(self, project_id: UUID) -> list[Sample]:
        complete = select(jobs.c.id, jobs.c.codebook).where(
            jobs.c.project_id == project_id, jobs.c.kind == JobKind.SAMPLE, jobs.c.status == JobStatus.COMPLETE
        )
        found = (await self.execute(complete.where(statements.HAS_ANSWERS))).all()
        answered = select(extractions.c.job_id, extractions.c.variable_id).distinct().where(statements.IS_ANSWER)
        of_jobs = defaultdict[UUID, set[str]](set)
        for row in await self.execute(answered.where(extractions.c.job_id.in_([job.id for job in found]))):
            of_jobs[row.job_id].add(str(row.variable_id))
        return [Sample(read_codebook(job.codebook), frozenset(of_jobs[job.id])) for job in found]

    async def active_jobs(self) -> int:
        active = select(func.count()).select_from(jobs).where(jobs.c.status.in_(ACTIVE))
        return int((await self.execute(active)).scalar_one())

    async def taken(self, project_id: UUID, now: datetime) -> Taken:
        return await spending.taken(self, project_id, now)

    async def lock_spending(self) -> None:
        await spending.lock(self)

    async def book(self, project_id: UUID, day: date, purpose: Purpose, model: str, used: Usage, cost: float) -> None:
        await spending.book(self, project_id, day, purpose, model, used, cost)
        self._counts.append(partial(metrics.DOLLARS.labels(self._models.label(model), purpose).inc, cost))

    async def hold(self, project_id: UUID, tokens: int, now: datetime) -> UUID:
        return await spending.hold(self, project_id, tokens, now)

    async def release(self, reservation_id: UUID) -> bool:
        return await spending.release(self, reservation_id)

    async def workspace_budget(self) -> int:
        return await spending.workspace_budget(self)

    async def set_workspace_budget(self, tokens_a_month: int) -> None:
        await spending.set_workspace_budget(self, tokens_a_month)

    async def measured(self, project_id: UUID, model: str) -> MeasuredJob | None:
        newest = (
            select(jobs.c.id, jobs.c.kind, jobs.c.codebook, jobs.c.documents_total)
            .add_columns((jobs.c.pace_seconds / func.nullif(jobs.c.pace_documents, 0)).label("pace"))
            .where(jobs.c.project_id == project_id, jobs.c.model == model, jobs.c.status == JobStatus.COMPLETE)
            .where(jobs.c.tokens_in > 0 if model != OFFLINE else true())
            .where(jobs.c.kind != JobKind.TRIAL, func.cardinality(jobs.c.variables) == 0)
            .order_by(jobs.c.id.desc())
            .limit(1)
        )
        job = (await self.execute(newest)).one_or_none()
        if job is None:
            return None
        done = (
            select(tasks.c.document_id, tasks.c.receipt)
            .where(tasks.c.job_id == job.id, tasks.c.status == TaskStatus.DONE)
            .order_by(tasks.c.position)
            .limit(_MEASURED)
        )
        documents = [rows.read_measured(row) for row in await self.execute(done)]
        return MeasuredJob(job.kind, job.codebook, documents, job.documents_total, job.pace)

    async def entities_known(self, project_id: UUID) -> dict[UUID, int]:
        return await entities_known(self, project_id)

    async def of_another_unit(self, project_id: UUID, codebook: Codebook) -> set[UUID]:
        return await of_another_unit(self, project_id, codebook.unit)

    async def rows_found_by(self, project_id: UUID) -> dict[UUID, str]:
        return await rows_found_by(self, project_id)

    async def stale_variables(
        self, project_id: UUID, codebook: Codebook, variables: Collection[str], other_model: bool
    ) -> dict[UUID, list[str]]:
        return await stale_variables(self, project_id, codebook, variables, other_model)

    async def queued(self, task_id: UUID) -> tuple[Task, Job] | None:
        row = (await self.execute(statements.QUEUED, {"task": task_id})).one_or_none()
        if row is None:
            return None
        return rows.read_task(row[: len(rows.TASK)]), rows.read_job(row[len(rows.TASK) :])

    async def save_task(self, task: Task, receipt: Receipt | None = None) -> None:
        values: dict[str, Any] = {name: getattr(task, name) for name in _CHANGING}
        values |= rows.reservation_values(task.reserved, task.used)
        values["receipt"] = None if receipt is None else rows.receipt_value(receipt)
        await self.execute(statements.SAVE_TASK, {"task": task.id, **values})

    async def resumed_since_begun(self, task: Task) -> bool:
        own = job_events.c.job_id == task.job_id
        begun = select(func.max(job_events.c.sequence)).where(
            own, job_events.c.document_id == task.document_id, job_events.c.event == EventType.DOC_STARTED
        )
        resumed = select(job_events.c.id).where(
            own, job_events.c.event == EventType.JOB_RESUMED, job_events.c.sequence > begun.scalar_subquery()
        )
        return (await self.execute(resumed.limit(1))).first() is not None

    async def reserve(self, task_id: UUID, tokens: int, used: Usage) -> None:
        queued = update(tasks).where(tasks.c.id == task_id, tasks.c.status == TaskStatus.QUEUED)
        await self.execute(queued.values(**rows.reservation_values(tokens, used)))

    async def queue_next(self, job_id: UUID, window: int) -> list[Queued]:
        gap = {"job": job_id, "window": window, "least": -(-window // 4)}
        cause = tracing.cause()
        caused = {"correlation": cause.correlation_id, "traceparent": cause.traceparent}
        marked = await self.execute(statements.QUEUE_NEXT, gap | caused)
        queued = [Queued(row.id, row.position, row.document_id) for row in marked]
        return sorted(queued, key=lambda task: task.position)

    async def reopen_failed(self, job_id: UUID) -> int:
        failed = update(tasks).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.FAILED)
        return (await self.execute(failed.values(status=TaskStatus.PENDING, attempts=0, vanished=0, error=""))).rowcount

    async def cancel_waiting(self, job_id: UUID) -> None:
        waiting = update(tasks).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.PENDING)
        await self.execute(waiting.values(status=TaskStatus.CANCELLED))

    async def save_job(self, job: Job, events: Sequence[Event], now: datetime) -> None:
        last = job.last_sequence + len(events)
        values = rows.job_values(job)
        for fixed in ("id", "created_at", "project_id", "kind", "codebook_hash", "model", "sample_seed"):
            del values[fixed]
        try:
            await self.execute(statements.SAVE_JOB, {"job": job.id, **values, "last_sequence": last})
        except IntegrityError as error:
            raise JobActive() from error
        progress = {
            **values,
            "progress": job.progress,
            "eta_seconds": job.eta_seconds(now),
            "started_at": rfc3339(job.started_at),
            "finished_at": rfc3339(job.finished_at),
        }
        correlation_id, trace_id = identity.current().correlation_id, tracing.trace_id()
        written = [
            {
                "id": new_id(),
                "workspace_id": self.workspace_id,
                "created_at": now,
                "job_id": job.id,
                "sequence": job.last_sequence + number,
                "event": event.type,
                "level": event.level,
                "document_id": event.document_id,
                "message": event.message,
                "metadata": dict(event.metadata),
                "correlation_id": correlation_id,
                "trace_id": trace_id,
                "progress": {name: progress[name] for name in _PROGRESS},
            }
            for number, event in enumerate(events, start=1)
        ]
        if written:
            await self.execute(statements.ADD_EVENTS, written)
            self._counts.append(partial(metrics.count_events, events))
        self.ring(f"progress.{job.id}")

    async def add_extractions(self, job: Job, found: Sequence[tuple[Task, Sequence[Extraction]]]) -> None:
        owned = {"workspace_id": self.workspace_id, "project_id": job.project_id, "model": job.model}
        values = [owned | row for task, of_task in found for row in rows.extractions_values(task, of_task)]
        if values:
            await self.execute(statements.ADD_EXTRACTIONS, values)
            self._counts += [partial(metrics.count_extractions, of_task) for _, of_task in found]

    async def replace_extractions(self, job: Job, task: Task, found: Sequence[Extraction]) -> None:
        await self.execute(statements.REMOVE_EXTRACTIONS, {"job": job.id, "document": task.document_id})
        await self.add_extractions(job, [(task, found)])

    async def remove_project(self, project_id: UUID) -> None:
        """Removes a project's jobs with their tasks, extractions and logs, and its dataset."""
        await self.execute(delete(jobs).where(jobs.c.project_id == project_id))
        await removing.remove_project(self, project_id)

    async def remove_documents(self, project_id: UUID, document_ids: Sequence[UUID]) -> None:
        """Removes a project's documents from its dataset, and their extractions from all of its jobs."""
        await removing.remove_documents(self, project_id, document_ids)
        # By the jobs, as extractions have no index that begins with the document.
        of_project = extractions.c.job_id.in_(select(jobs.c.id).where(jobs.c.project_id == project_id))
        of_documents = extractions.c.document_id == any_of(document_ids)
        await self.execute(delete(extractions).where(of_project, of_documents))

    async def known(self, task: Task, variables: Sequence[Variable]) -> Known:
        return await dataset.known(self, task, variables)

    async def enter(self, job: Job, task: Task, codebook: Codebook, coded: Coded) -> None:
        await dataset.enter(self, job, task, codebook, coded)

    async def enter_failed(self, job: Job, failed: Sequence[tuple[Task, Sequence[Extraction]]]) -> None:
        await dataset.enter_failed(self, job, failed)

    async def recast(self, unit_ids: Sequence[UUID]) -> None:
        await recast(self, unit_ids)

    async def keep_codebook(self, project_id: UUID, plain: Mapping[str, Any], read_at: datetime) -> None:
        await dataset_codebooks.keep_codebook(self, project_id, plain, read_at)

    async def documents_behind(self, project_id: UUID) -> list[UUID]:
        return await dataset_codebooks.documents_behind(self, project_id)

    async def recast_documents(self, document_ids: Sequence[UUID]) -> None:
        await recast(self, await dataset.units_of(self, document_ids))

    async def note_applied(self, project_id: UUID, hash: str) -> None:
        await dataset_codebooks.note_applied(self, project_id, hash)

    async def outdate(self, project_id: UUID, texts: Mapping[UUID, int]) -> dict[UUID, int]:
        return await outdate(self, project_id, texts)


async def documents_waiting(db: Database) -> int:
    """How many documents of all workspaces' running jobs are not coded yet."""
    left = func.coalesce(func.sum(jobs.c.documents_total - jobs.c.documents_processed), 0)
    async with db.sweep() as connection:
        return int((await connection.execute(select(left).where(jobs.c.status.in_(RUNNING)))).scalar_one())
