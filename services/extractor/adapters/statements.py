"""The statements that every document or page of rows runs, built once: to build one takes longer than to run it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)

from coderai.services.extractor.adapters.dataset_tables import units
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
    .values(status=TaskStatus.QUEUED, correlation_id=bindparam("correlation"), traceparent=bindparam("traceparent"))
    .returning(tasks.c.id, tasks.c.position, tasks.c.document_id)
)
"""Fills a `job`'s `window` of QUEUED tasks up, in order, if `least` of them or more are missing."""

IS_ANSWER = extractions.c.missing_reason.not_in(("NOT_APPLICABLE", "MODEL_FAILED", "UNREADABLE"))
"""Holds for an extraction whose variable was asked and answered, if only as not stated."""
_of_done = (extractions.c.job_id == tasks.c.job_id) & (extractions.c.document_id == tasks.c.document_id)
HAS_ANSWERS = exists().where(
    tasks.c.job_id == jobs.c.id,
    tasks.c.status == TaskStatus.DONE,
    exists().where(_of_done, IS_ANSWER) | ~exists().where(_of_done),
)
"""Holds for a job with a document of which something was answered, if only that no entity is in it."""

_after_document = bindparam("after_document", type_=Uuid)
_after_row = tuple_(bindparam("after_entity", type_=Integer), bindparam("after_position", type_=Integer))
DOCUMENTS_OF_JOB = (
    select(*(tasks.c[name] for name in ("document_id", "document_name", "status", "error", "changed_at")))
    .add_columns(tasks.c.text_version)
    .add_columns(*(tasks.c.receipt[name].label(name) for name in ("unread_pages", "unsure_pages")))
    .where(_of_job, tasks.c.document_id.between(_after_document, bindparam("last_document", type_=Uuid)))
    .cte("documents")
)
"""The documents of a `job` from after_document to last_document."""
IDS_OF_JOB = select(tasks.c.document_id).where(_of_job).order_by(tasks.c.document_id)
"""The ids of all documents of a `job`, in upload order."""
_is_later = DOCUMENTS_OF_JOB.c.document_id > _after_document
_SHOWN = [
    *(extractions.c.document_id, extractions.c.variable, extractions.c.position, extractions.c.entity_index),
    *(extractions.c.entity_text, extractions.c.value, extractions.c.confidence, extractions.c.evidence),
    *(extractions.c.status, extractions.c.flags, extractions.c.missing_reason, extractions.c.support),
    *(extractions.c.origin, extractions.c.prompt_version, extractions.c.model),
    case((extractions.c.value.is_(None), extractions.c.candidates)).label("candidates"),
]
"""What an export shows of an extraction, and what orders it: half of its columns, and less than half of its bytes."""
PLACE = [units.c.mentions[0][name].as_integer().label(f"place_{name}") for name in ("start", "end", "page")]
"""Where a unit is mentioned first; nulls for a document itself, and where that is not known."""


def _rows(*place: Any) -> Select[Any]:
    """ROWS, with columns that say where a row's entity is mentioned first, if any are given."""
    of_task = select(*_SHOWN, *place)
    if place:
        of_unit = and_(units.c.id == extractions.c.unit_id, units.c.text_version == DOCUMENTS_OF_JOB.c.text_version)
        of_task = of_task.outerjoin_from(extractions, units, of_unit)
    own = (
        of_task.where(extractions.c.job_id == bindparam("job"))
        .where(extractions.c.document_id == DOCUMENTS_OF_JOB.c.document_id)
        .where(or_(_is_later, tuple_(extractions.c.entity_index, extractions.c.position) > _after_row))
        .order_by(extractions.c.entity_index, extractions.c.position)
        .limit(bindparam("many", type_=Integer))
        .lateral()
    )
    return (
        select(*own.c)
        .join_from(DOCUMENTS_OF_JOB, own, true())
        .order_by(own.c.document_id, own.c.entity_index, own.c.position)
        .limit(bindparam("many", type_=Integer))
    )


ROWS = _rows()
"""The next rows of a `job`, `many` at most, of DOCUMENTS_OF_JOB: after a place in the first of them.

Both tables have an index that begins with (job_id, document_id); the ids of documents are in upload order.
"""
ROWS_OF_ENTITIES = _rows(*PLACE)
"""The same with the places of the entities: what looks each up takes a while, and documents that are rows have none."""
