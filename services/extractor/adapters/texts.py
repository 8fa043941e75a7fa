"""Documents whose texts have changed: what was extracted from the earlier ones, counted and removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.engine import Row

from coderai.kit.db import Session, any_of
from coderai.services.extractor.adapters.casting import recast
from coderai.services.extractor.adapters.dataset import units_of
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback
from coderai.services.extractor.adapters.tables import extractions, jobs, tasks
from coderai.services.extractor.domain.dataset.cell import Outdated
from coderai.services.extractor.domain.jobs.job import TaskStatus

_AT_A_TIME = 1_000
"""Documents of one statement."""
_WHY = "the document was read again, and its text has changed since it was coded: try the failed documents again"


@dataclass(frozen=True, slots=True)
class Codings:
    """What was extracted from some documents."""

    documents: int
    extractions: int
    corrections: int
    """Verdicts and corrections by people: of each person the newest on a cell that is not taken back."""
    job_ids: Sequence[UUID]


async def count_codings(session: Session, project_id: UUID, document_ids: Sequence[UUID]) -> Codings:
    """What a project's jobs have extracted from some documents."""
    # By the jobs, as neither table has an index that begins with the document.
    of_job = tasks.c.job_id == jobs.c.id
    done = (tasks.c.document_id == any_of(document_ids), tasks.c.status == TaskStatus.DONE)
    of_project = select(jobs.c.id, tasks.c.document_id).where(jobs.c.project_id == project_id)
    coded = of_project.join_from(jobs, tasks, of_job).where(*done).cte("coded")
    found = (await session.execute(select(coded.c.id, coded.c.document_id))).all()
    of_coded = and_(extractions.c.job_id == coded.c.id, extractions.c.document_id == coded.c.document_id)
    many = (await session.execute(select(func.count()).join_from(coded, extractions, of_coded))).scalar_one()
    said = select(feedback.c.unit_id, feedback.c.variable_id, feedback.c.author).distinct()
    standing = said.where(feedback.c.document_id == any_of(document_ids), feedback.c.undone_at.is_(None)).subquery()
    by_people = (await session.execute(select(func.count()).select_from(standing))).scalar_one()
    return Codings(len({row.document_id for row in found}), many, by_people, sorted({row.id for row in found}))


async def outdate(session: Session, project_id: UUID, texts: Mapping[UUID, int]) -> dict[UUID, int]:
    """Removes what models extracted from earlier texts of documents; how many were coded, by job.

    A task in hand is told, so that it does not save what it finds in an earlier text. The dataset keeps its units, and
    what people say of their cells.
    """
    coded = list[Row[Any]]()
    document_ids = sorted(texts)
    for start in range(0, len(document_ids), _AT_A_TIME):
        some = document_ids[start : start + _AT_A_TIME]
        coded += await _outdate(session, project_id, {document_id: texts[document_id] for document_id in some})
    job_ids = {row.job_id for row in coded}
    # Before the documents, as whoever enters one has its job locked first.
    await session.execute(select(jobs.c.id).where(jobs.c.id == any_of(job_ids)).order_by(jobs.c.id).with_for_update())
    document_ids = sorted({row.document_id for row in coded})
    for start in range(0, len(document_ids), _AT_A_TIME):
        await _outdate_cells(session, document_ids[start : start + _AT_A_TIME])
    return dict(Counter(row.job_id for row in coded))


async def _outdate_cells(session: Session, document_ids: Sequence[UUID]) -> None:
    of_documents = coded_documents.c.document_id == any_of(document_ids)
    locked = select(coded_documents.c.id).where(of_documents).order_by(coded_documents.c.document_id)
    await session.execute(locked.with_for_update())
    # Whichever job codes them next identifies their units.
    failed = {"status": TaskStatus.FAILED, "error": _WHY, "job_id": None}
    await session.execute(update(coded_documents).where(of_documents).values(**failed))
    outdated = {"outdated": Outdated.REREAD, "extraction_id": None}
    await session.execute(update(cells).where(cells.c.document_id == any_of(document_ids)).values(**outdated))
    await recast(session, await units_of(session, document_ids))


async def _outdate(session: Session, project_id: UUID, texts: Mapping[UUID, int]) -> list[Row[Any]]:
    of_project = tasks.c.job_id.in_(select(jobs.c.id).where(jobs.c.project_id == project_id))
    columns = select(tasks.c.id, tasks.c.job_id, tasks.c.document_id, tasks.c.status, tasks.c.text_version)
    locked = columns.where(of_project, tasks.c.document_id == any_of(texts)).order_by(tasks.c.id)
    found = await session.execute(locked.with_for_update(key_share=True))
    earlier = [row for row in found if row.text_version < texts[row.document_id]]
    for version in {texts[row.document_id] for row in earlier}:
        of_version = [row.id for row in earlier if texts[row.document_id] == version]
        await session.execute(update(tasks).where(tasks.c.id == any_of(of_version)).values(text_version=version))
    done = [row for row in earlier if row.status == TaskStatus.DONE]
    failed = update(tasks).where(tasks.c.id == any_of([row.id for row in done]))
    await session.execute(failed.values(status=TaskStatus.FAILED, error=_WHY))
    for job_id in {row.job_id for row in done}:
        of_documents = extractions.c.document_id == any_of([row.document_id for row in done if row.job_id == job_id])
        await session.execute(delete(extractions).where(extractions.c.job_id == job_id, of_documents))
    return done
