"""Removes documents and projects from the dataset, with all that people have said of them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from coderai.kit.db import Session, any_of
from coderai.services.extractor.adapters.dataset_tables import (
    cells,
    codebooks,
    coded_documents,
    feedback,
    gold,
    gold_looks,
    review_samples,
    sample_cells,
    unit_changes,
    units,
)
from coderai.services.extractor.adapters.tables import jobs, tasks
from coderai.services.extractor.domain.jobs.job import TaskStatus

_OF_DOCUMENTS = (cells, units, unit_changes, feedback, sample_cells, gold, coded_documents)
_OF_PROJECTS = (*_OF_DOCUMENTS, review_samples, gold_looks, codebooks)
_NO_TEXT = 2**31 - 1
"""A version that comes after all of a text's."""


async def remove_project(session: Session, project_id: UUID) -> None:
    """Removes a project's dataset."""
    for table in _OF_PROJECTS:
        await session.execute(delete(table).where(table.c.project_id == project_id))


async def remove_documents(session: Session, project_id: UUID, document_ids: Sequence[UUID]) -> None:
    """Removes a project's documents from its dataset.

    Their tasks are told that any text they have in hand is an earlier one, so that they do not enter it afterwards.
    """
    ids = any_of(document_ids)
    of_project = tasks.c.job_id.in_(select(jobs.c.id).where(jobs.c.project_id == project_id))
    open_tasks = select(tasks.c.id).where(
        of_project, tasks.c.document_id == ids, tasks.c.status.in_((TaskStatus.PENDING, TaskStatus.QUEUED))
    )
    locked = (await session.execute(open_tasks.order_by(tasks.c.id).with_for_update(key_share=True))).scalars().all()
    of_tasks = tasks.c.id == any_of(locked)
    await session.execute(update(tasks).where(of_tasks).values(text_version=_NO_TEXT))
    documents = select(coded_documents.c.document_id).where(coded_documents.c.document_id == ids)
    await session.execute(documents.order_by(coded_documents.c.document_id).with_for_update())
    for table in _OF_DOCUMENTS:
        await session.execute(delete(table).where(table.c.document_id == ids))
