"""Which rows the dataset has of documents: how many entities, found by whom, and still what a row stands for?"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from coderai.codebook.codebook import Unit
from coderai.codebook.plain import read
from coderai.kit.db import Session, any_of
from coderai.services.extractor.adapters.dataset_tables import coded_documents, units
from coderai.services.extractor.adapters.tables import jobs
from coderai.services.extractor.domain.dataset.units import UnitState


async def entities_known(session: Session, project_id: UUID) -> dict[UUID, int]:
    """By the document's id, of those that have units in whichever state (usecases.ports.Store.entities_known)."""
    present = func.count().filter(units.c.state == UnitState.PRESENT)
    counted = select(units.c.document_id, present.label("many")).where(units.c.project_id == project_id)
    counted = counted.where(units.c.text != "")
    return {row.document_id: row.many for row in await session.execute(counted.group_by(units.c.document_id))}


async def of_another_unit(session: Session, project_id: UUID, unit: Unit) -> set[UUID]:
    """The documents whose rows were found for another unit of observation (usecases.ports.Store.of_another_unit)."""
    of_project = coded_documents.c.project_id == project_id
    found_by = select(coded_documents.c.job_id).where(of_project)
    asked = select(jobs.c.id, jobs.c.codebook["unit"].label("unit")).where(jobs.c.id.in_(found_by))
    others = [row.id for row in await session.execute(asked) if read(Unit, row.unit or {}) != unit]
    wanted = select(coded_documents.c.document_id).where(of_project)
    wanted = wanted.where(coded_documents.c.job_id == any_of(others))
    return set((await session.execute(wanted)).scalars())


async def rows_found_by(session: Session, project_id: UUID) -> dict[UUID, str]:
    """Which model identified the rows of each document of the dataset (usecases.ports.Store.rows_found_by)."""
    found = (
        select(coded_documents.c.document_id, func.coalesce(jobs.c.model, "").label("model"))
        .outerjoin_from(coded_documents, jobs, coded_documents.c.job_id == jobs.c.id)
        .where(coded_documents.c.project_id == project_id)
    )
    return {row.document_id: row.model for row in await session.execute(found)}
