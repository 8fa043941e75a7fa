"""The store of jobs, tasks and extractions in Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kit.db import Session
from kit.ids import new_id
from kit.wire import rfc3339
from services.extractor.adapters.tables import extractions, job_events, jobs, tasks
from services.extractor.domain.extraction import Candidate, Evidence, Extraction, Receipt
from services.extractor.domain.job import Event, Job, JobKind, JobStatus, TaskStatus
from services.extractor.usecases.jobs import JobActive, JobNotFound
from services.extractor.usecases.ports import Queued, Task

_JOB = [column for column in jobs.c if column.name not in ("workspace_id", "codebook")]
_PROGRESS = (
    "status",
    "status_reason",
    "documents_processed",
    "documents_failed",
    "consecutive_failures",
    "tokens_in",
    "tokens_out",
    "cost",
    "progress",
    "eta_seconds",
    "started_at",
    "finished_at",
)


class ExtractorStore(Session):
    """usecases.ports.Store over one tenant transaction."""

    async def add_job(self, job: Job, snapshot: Mapping[str, Any]) -> None:
        values = {**asdict(job), "workspace_id": self.workspace_id, "codebook": snapshot}
        try:
            await self.execute(insert(jobs).values(**values))
        except IntegrityError as error:
            raise JobActive() from error

    async def add_tasks(self, added: Sequence[Task]) -> None:
        rows = [{**asdict(task), "workspace_id": self.workspace_id} for task in added]
        await self.execute(insert(tasks), rows)

    async def job(self, job_id: UUID) -> Job:
        # Not the stronger lock: rows that refer to the job share its key, and two who wrote some would deadlock.
        row = (
            await self.execute(select(*_JOB).where(jobs.c.id == job_id).with_for_update(key_share=True))
        ).one_or_none()
        if row is None:
            raise JobNotFound()
        values = {**row._mapping, "kind": JobKind(row.kind), "status": JobStatus(row.status)}
        return Job(**values)

    async def snapshot(self, job_id: UUID) -> Mapping[str, Any]:
        found = (await self.execute(select(jobs.c.codebook).where(jobs.c.id == job_id))).scalar_one_or_none()
        if found is None:
            raise JobNotFound()
        snapshot: Mapping[str, Any] = found
        return snapshot

    async def has_sample(self, project_id: UUID) -> bool:
        wanted = select(jobs.c.id).where(
            jobs.c.project_id == project_id,
            jobs.c.kind == JobKind.SAMPLE,
            jobs.c.status == JobStatus.COMPLETE,
        )
        return (await self.execute(wanted.limit(1))).first() is not None

    async def task(self, task_id: UUID) -> Task | None:
        row = (await self.execute(select(tasks).where(tasks.c.id == task_id).with_for_update())).one_or_none()
        if row is None:
            return None
        return Task(
            id=row.id,
            job_id=row.job_id,
            document_id=row.document_id,
            document_name=row.document_name,
            status=TaskStatus(row.status),
            attempts=row.attempts,
            error=row.error,
            position=row.position,
        )

    async def save_task(self, task: Task, receipt: Receipt | None = None) -> None:
        values: dict[str, Any] = {"status": task.status, "attempts": task.attempts, "error": task.error}
        if receipt is not None:
            values["receipt"] = _receipt(receipt)
        await self.execute(update(tasks).where(tasks.c.id == task.id).values(**values))

    async def queue_next(self, job_id: UUID, window: int) -> list[Queued]:
        in_queue = (
            select(func.count()).select_from(tasks).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.QUEUED)
        )
        free = window - ((await self.execute(in_queue)).scalar() or 0)
        if free <= 0:
            return []
        waiting = (
            select(tasks.c.id, tasks.c.position)
            .where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.PENDING)
            .order_by(tasks.c.position)
            .limit(free)
        )
        queued = [Queued(row.id, row.position) for row in await self.execute(waiting)]
        if queued:
            chosen = tasks.c.id.in_([task.id for task in queued])
            await self.execute(update(tasks).where(chosen).values(status=TaskStatus.QUEUED))
        return queued

    async def reopen_failed(self, job_id: UUID) -> int:
        failed = update(tasks).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.FAILED)
        return (await self.execute(failed.values(status=TaskStatus.PENDING, attempts=0, error=""))).rowcount

    async def cancel_waiting(self, job_id: UUID) -> None:
        waiting = update(tasks).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.PENDING)
        await self.execute(waiting.values(status=TaskStatus.CANCELLED))

    async def save_job(self, job: Job, events: Sequence[Event], now: datetime) -> None:
        last = job.last_sequence + len(events)
        values = asdict(job)
        for fixed in ("id", "created_at", "project_id", "kind", "codebook_hash", "model"):
            del values[fixed]
        await self.execute(update(jobs).where(jobs.c.id == job.id).values({**values, "last_sequence": last}))
        progress = {
            **values,
            "progress": job.progress,
            "eta_seconds": job.eta_seconds(now),
            "started_at": rfc3339(job.started_at),
            "finished_at": rfc3339(job.finished_at),
        }
        rows = [
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
                "progress": {name: progress[name] for name in _PROGRESS},
            }
            for number, event in enumerate(events, start=1)
        ]
        if rows:
            await self.execute(insert(job_events), rows)
        self.ring(f"progress.{job.id}")

    async def replace_extractions(self, task: Task, found: Sequence[Extraction]) -> None:
        job = (await self.execute(select(jobs.c.project_id, jobs.c.model).where(jobs.c.id == task.job_id))).one()
        of_document = (extractions.c.job_id == task.job_id, extractions.c.document_id == task.document_id)
        await self.execute(delete(extractions).where(*of_document))
        shared = {
            "workspace_id": self.workspace_id,
            "project_id": job.project_id,
            "job_id": task.job_id,
            "document_id": task.document_id,
            "document_name": task.document_name,
            "model": job.model,
        }
        positions: dict[str, int] = {}
        rows = [{**shared, **_row(task, one, positions.setdefault(one.variable.id, len(positions)))} for one in found]
        if rows:
            await self.execute(insert(extractions), rows)

    async def remove_project(self, project_id: UUID) -> None:
        """Removes a project's jobs with their tasks, extractions and logs."""
        await self.execute(delete(jobs).where(jobs.c.project_id == project_id))

    async def remove_document(self, document_id: UUID) -> None:
        """Removes a document's extractions from all jobs."""
        await self.execute(delete(extractions).where(extractions.c.document_id == document_id))


def _row(task: Task, one: Extraction, position: int) -> dict[str, Any]:
    # The id is made from what the extraction is of, so that doing a document again keeps it.
    extraction_id = uuid5(task.job_id, f"{task.document_id}/{one.entity_index}/{one.variable.id}")
    return {
        "id": extraction_id,
        "variable_id": UUID(one.variable.id),
        "variable": one.variable.name,
        "position": position,
        "entity_index": one.entity_index,
        "entity_text": one.entity_text,
        "value": one.value,
        "confidence": one.confidence,
        "evidence": None if one.evidence is None else asdict(one.evidence),
        "status": one.status,
        "flags": list(one.flags),
        "missing_reason": one.missing_reason or "",
        "explanation": one.explanation,
        "raw_value": one.raw_value,
        "candidates": [_candidate(c) for c in one.candidates] or None,
        "prompt_version": one.variable.prompt.version,
        "prompt_version_id": UUID(one.variable.prompt.id),
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    evidence: Evidence = one.evidence
    return {"value": one.value, "confidence": one.confidence, "evidence": asdict(evidence)}


def _receipt(receipt: Receipt) -> dict[str, Any]:
    plain = asdict(receipt)
    usage = plain.pop("usage")
    return {**plain, **usage}
