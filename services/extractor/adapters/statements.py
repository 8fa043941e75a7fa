"""The statements that every document runs, built once: to build one takes longer than to run it."""

from __future__ import annotations

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from coderai.services.extractor.adapters.rows import JOB, TASK
from coderai.services.extractor.adapters.tables import extractions, job_events, jobs, tasks
from coderai.services.extractor.domain.jobs.job import TaskStatus

# Not the stronger lock: rows that refer to the job share its key, and two who wrote some would deadlock.
QUEUED = (
    select(*TASK, *JOB)
    .join_from(tasks, jobs, jobs.c.id == tasks.c.job_id)
    .where(tasks.c.id == bindparam("task"), tasks.c.status == TaskStatus.QUEUED)
    .with_for_update(key_share=True)
)
"""Locks and gives a `task` that is QUEUED, with its job; the task is locked first, as it is named first."""

SAVE_TASK = update(tasks).where(tasks.c.id == bindparam("task"))
SAVE_JOB = update(jobs).where(jobs.c.id == bindparam("job"))
ADD_EVENTS = insert(job_events)
ADD_EXTRACTIONS = insert(extractions)
REMOVE_EXTRACTIONS = delete(extractions).where(
    extractions.c.job_id == bindparam("job"), extractions.c.document_id == bindparam("document")
)

_of_job = tasks.c.job_id == bindparam("job")
_in_queue = select(func.count()).where(_of_job, tasks.c.status == TaskStatus.QUEUED).scalar_subquery()
_gap = select((bindparam("window") - _in_queue).label("size")).cte("gap")
_next = (
    select(tasks.c.id)
    .where(_of_job, tasks.c.status == TaskStatus.PENDING)
    .order_by(tasks.c.position)
    .limit(select(case((_gap.c.size >= bindparam("least"), _gap.c.size), else_=0)).scalar_subquery())
)
QUEUE_NEXT = (
    update(tasks)
    .where(tasks.c.id.in_(_next))
    .values(status=TaskStatus.QUEUED)
    .returning(tasks.c.id, tasks.c.position, tasks.c.document_id)
)
"""Fills a `job`'s `window` of QUEUED tasks up, in order, if `least` of them or more are missing."""
