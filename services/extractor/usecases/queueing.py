"""Puts a job's next documents into the work queue, and tells other services where the job stands."""

from __future__ import annotations

from coderai.extractor.v1.events_pb2 import JobChanged
from coderai.extractor.v1.extractor_service_pb2 import JobKind, JobStatus
from coderai.extractor.v1.work_pb2 import ExtractDocument
from coderai.services.extractor.domain.jobs.job import Job
from coderai.services.extractor.usecases.ports import Store

FIRST, REST = "first", "rest"
FIRST_DOCUMENTS = 50
"""So many documents of each job are coded before the rest of all jobs: a sample never waits behind a huge job."""


async def queue_tasks(store: Store, job: Job, window: int) -> None:
    """Puts the job's next documents into the queue, until `window` of them are there; none when it does not run."""
    if not job.is_running:
        return
    for task in await store.queue_next(job.id, window):
        store.emit(subject(task.position), ExtractDocument(job_id=str(job.id), task_id=str(task.id)))


def subject(position: int) -> str:
    """The work subject of a job's document: each job's first ones go before the rest of every other job."""
    return f"work.extractor.extract.{FIRST if position < FIRST_DOCUMENTS else REST}"


def announce(store: Store, job: Job) -> None:
    """Tells the other services that the job reached another status."""
    store.emit(
        "event.extractor.job_changed",
        JobChanged(
            project_id=str(job.project_id),
            job_id=str(job.id),
            kind=JobKind.Value(f"JOB_KIND_{job.kind}"),
            status=JobStatus.Value(f"JOB_STATUS_{job.status}"),
        ),
    )
