"""Puts a job's next documents into the work queue, and tells other services where the job stands."""

from __future__ import annotations

from coderai.extractor.v1.events_pb2 import JobChanged
from coderai.extractor.v1.extractor_service_pb2 import JobKind, JobStatus
from coderai.extractor.v1.work_pb2 import ExtractDocument
from coderai.services.extractor.domain.jobs.job import Job
from coderai.services.extractor.usecases.ports import Queued, Store, Task

SUBJECT = "work.extractor.extract"
FIRST, REST = "first", "rest"
FIRST_DOCUMENTS = 50
"""So many documents of each job are coded before the rest of all jobs: a sample never waits behind a huge job."""


async def queue_tasks(store: Store, job: Job, window: int) -> None:
    """Puts the job's next documents into the queue, until `window` of them are there; none when it does not run."""
    if not job.is_running:
        return
    for task in await store.queue_next(job.id, window):
        queue_task(store, job, task)


def queue_task(store: Store, job: Job, task: Task | Queued) -> None:
    """Puts one document into the queue: each job's first ones go before the rest of every other job."""
    lane = FIRST if task.position < FIRST_DOCUMENTS else REST
    message = ExtractDocument(
        job_id=str(job.id),
        task_id=str(task.id),
        document_id=str(task.document_id),
        project_id=str(job.project_id),
    )
    store.emit(f"{SUBJECT}.{lane}", message)


def announce(store: Store, job: Job) -> None:
    """Tells the other services that the job reached another status."""
    store.emit(
        "event.extractor.job_changed",
        JobChanged(
            project_id=str(job.project_id),
            job_id=str(job.id),
            kind=JobKind.Value(f"JOB_KIND_{job.kind}"),
            status=JobStatus.Value(f"JOB_STATUS_{job.status}"),
            of_some_variables=bool(job.variables),
        ),
    )
