"""The units of a project's documents, and the ledger of what people did to them, as messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Row

from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters.dataset_tables import coded_documents, unit_changes, units
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.usecases.units import ChangeNotFound

_CHANGE = [
    unit_changes.c[name]
    for name in ("id", "kind", "document_id", "unit_ids", "note", "author", "created_at", "undone_at")
]


async def list_units(
    session: Session, project_id: UUID, document_id: UUID | None, state: UnitState, page: Page
) -> pb.ListUnitsResponse:
    """A page of a project's units in a state, or of one document's, in the order of documents and rows."""
    u = units.c
    order = (u.document_id, u.number, u.id)
    wanted = (
        select(u.id, u.project_id, u.document_id, coded_documents.c.document_name, u.number.label("entity_index"))
        .add_columns(u.text.label("entity_text"), u.state, u.added, u.merged_into, u.mentions)
        .join_from(units, coded_documents, coded_documents.c.document_id == u.document_id)
        .where(u.project_id == project_id, u.state == state)
        .order_by(*order)
        .limit(page.size)
    )
    if document_id is not None:
        wanted = wanted.where(u.document_id == document_id)
    if page.after:
        last = select(*order).where(u.id == page.after).correlate(None)
        wanted = wanted.where(tuple_(*order) > last.scalar_subquery())
    rows = (await session.execute(wanted)).all()
    items = [from_plain(pb.Unit, dict(row._mapping)) for row in rows]
    return pb.ListUnitsResponse(items=items, next_page_token=page.next_token(rows))


async def list_changes(
    session: Session, project_id: UUID, document_id: UUID | None, page: Page
) -> pb.ListUnitChangesResponse:
    """A page of what people did to a project's units, or to one document's, newest first."""
    c = unit_changes.c
    wanted = select(*_CHANGE).where(c.project_id == project_id).order_by(c.id.desc())
    if document_id is not None:
        wanted = wanted.where(c.document_id == document_id)
    if page.after:
        wanted = wanted.where(c.id < page.after)
    rows = (await session.execute(wanted.limit(page.size))).all()
    return pb.ListUnitChangesResponse(items=[_change(row) for row in rows], next_page_token=page.next_token(rows))


async def get_change(session: Session, change_id: UUID) -> pb.UnitChange:
    """Raises ChangeNotFound."""
    row = (await session.execute(select(*_CHANGE).where(unit_changes.c.id == change_id))).one_or_none()
    if row is None:
        raise ChangeNotFound()
    return _change(row)


def _change(row: Row[Any]) -> pb.UnitChange:
    return from_plain(pb.UnitChange, dict(row._mapping))
