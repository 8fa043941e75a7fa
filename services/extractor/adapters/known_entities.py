"""How many entities the dataset has of documents."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from coderai.kit.db import Session
from coderai.services.extractor.adapters.dataset_tables import units
from coderai.services.extractor.domain.dataset.units import UnitState


async def entities_known(session: Session, project_id: UUID) -> dict[UUID, int]:
    """By the document's id, of those that have units in whichever state (usecases.ports.Store.entities_known)."""
    present = func.count().filter(units.c.state == UnitState.PRESENT)
    counted = select(units.c.document_id, present.label("many")).where(units.c.project_id == project_id)
    counted = counted.where(units.c.text != "")
    return {row.document_id: row.many for row in await session.execute(counted.group_by(units.c.document_id))}
