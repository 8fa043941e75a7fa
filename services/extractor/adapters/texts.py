"""Documents whose texts have changed: what was extracted from the earlier ones, counted and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CollectionAggregate, Uuid, and_, any_, delete, func, literal, select, update

from coderai.kit.db import Session
from coderai.services.extractor.adapters.tables import extractions, jobs, tasks
from coderai.services.extractor.domain.coding.extraction import Origin
from coderai.services.extractor.domain.jobs.job import TaskStatus

_AT_A_TIME = 1_000
"""Documents of one statement."""
_WHY = "the document was read again, and its text has changed since it was coded: try the failed documents again"
_BY_PEOPLE = extractions.c.origin == Origin.CORRECTED
"""What a person has corrected is theirs, whatever text it was in."""


@dataclass(frozen=True, slots=True)
class Codings:
    """What was extracted from some documents."""

    documents: int
    extractions: int
    corrections: int
    job_ids: Sequence[UUID]


async def count_codings(session: Session, project_id: UUID, document_ids: Sequence[UUID]) -> Codings:
    """What a project's jobs have extracted from some documents."""
    # By the jobs, as neither table has an index that begins with the document.
    of_job = tasks.c.job_id == jobs.c.id
    done = (tasks.c.document_id == _any(document_ids), tasks.c.status == TaskStatus.DONE)
    of_project = select(jobs.c.id, tasks.c.document_id).where(jobs.c.project_id == project_id)
    coded = of_project.join_from(jobs, tasks, of_job).where(*done).cte("coded")
    found = (await session.execute(select(coded.c.id, coded.c.document_id))).all()
    of_coded = and_(extractions.c.job_id == coded.c.id, extractions.c.document_id == coded.c.document_id)
    by_people = func.count().filter(_BY_PEOPLE).label("by_people")
    counted = select(func.count().label("all"), by_people).join_from(coded, extractions, of_coded)
    many = (await session.execute(counted)).one()
    job_ids = sorted({row.id for row in found})
    return Codings(len({row.document_id for row in found}), many.all - many.by_people, many.by_people, job_ids)


async def outdate(session: Session, project_id: UUID, texts: Mapping[UUID, int]) -> dict[UUID, int]:
    """Removes what models extracted from earlier texts of documents; how many were coded, by job.

    A task in hand is told, so that it does not save what it finds in an earlier text.
    """
    counted: Counter[UUID] = Counter()
    document_ids = sorted(texts)
    for start in range(0, len(document_ids), _AT_A_TIME):
        some = document_ids[start : start + _AT_A_TIME]
        counted += await _outdate(session, project_id, {document_id: texts[document_id] for document_id in some})
    return dict(counted)


async def _outdate(session: Session, project_id: UUID, texts: Mapping[UUID, int]) -> Counter[UUID]:
    of_project = tasks.c.job_id.in_(select(jobs.c.id).where(jobs.c.project_id == project_id))
    columns = select(tasks.c.id, tasks.c.job_id, tasks.c.document_id, tasks.c.status, tasks.c.text_version)
    locked = columns.where(of_project, tasks.c.document_id == _any(texts)).order_by(tasks.c.id)
    found = await session.execute(locked.with_for_update(key_share=True))
    earlier = [row for row in found if row.text_version < texts[row.document_id]]
    for version in {texts[row.document_id] for row in earlier}:
        of_version = [row.id for row in earlier if texts[row.document_id] == version]
        await session.execute(update(tasks).where(tasks.c.id == _any(of_version)).values(text_version=version))
    done = [row for row in earlier if row.status == TaskStatus.DONE]
    failed = update(tasks).where(tasks.c.id == _any([row.id for row in done]))
    await session.execute(failed.values(status=TaskStatus.FAILED, error=_WHY))
    for job_id in {row.job_id for row in done}:
        of_documents = extractions.c.document_id == _any([row.document_id for row in done if row.job_id == job_id])
        await session.execute(delete(extractions).where(extractions.c.job_id == job_id, of_documents, ~_BY_PEOPLE))
    return Counter(row.job_id for row in done)


def _any(ids: Collection[UUID]) -> CollectionAggregate[Any]:
    """One of these, as one parameter: there may be more than a statement takes."""
    return any_(literal(list(ids), ARRAY(Uuid)))
