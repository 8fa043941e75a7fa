"""What a project's dataset holds, per variable, and of which documents pages were not read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, and_, case, cast, func, literal, select, true
from sqlalchemy.engine import Row

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.kit.db import Session
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.adapters.staleness import as_it_stands
from coderai.services.extractor.domain.coding.extraction import Origin
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.queries.jobs import variable_statistics


async def dataset_statistics(session: Session, project_id: UUID, codebook: Codebook) -> pb.GetDatasetStatisticsResponse:
    """Counts over the rows of the dataset, in the order of the codebook's columns."""
    by_variable: dict[str, list[Row[Any]]] = {variable.name: [] for variable in codebook.variables}
    for row in await session.execute(_counts(project_id, codebook)):
        by_variable[row.variable].append(row)
    return pb.GetDatasetStatisticsResponse(
        items=[variable_statistics(name, rows) for name, rows in by_variable.items()],
        unread_pages=await _pages(session, project_id, coded_documents.c.unread_pages, extractor_pb.UnreadPages),
        unsure_pages=await _pages(session, project_id, coded_documents.c.unsure_pages, extractor_pb.UnsurePages),
    )


def _counts(project_id: UUID, codebook: Codebook) -> Select[Any]:
    """Rows with counts, as queries.jobs.variable_statistics adds them up."""
    now = as_it_stands(codebook, codebook.variables)
    is_answered = and_(cells.c.value.is_not(None), cells.c.origin != Origin.DEFAULTED)
    support = case((is_answered, cells.c.support), else_="").label("answer_support")

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(cast(condition, Integer)), 0)

    return (
        select(now.c.variable, cells.c.missing_reason, support, literal("").label("answer_match"))
        .add_columns(func.count().label("units"), count(is_answered).label("answered"))
        .add_columns(count(cells.c.origin == Origin.DEFAULTED).label("defaulted"))
        .add_columns(count(func.cardinality(cells.c.flags) > 0).label("flagged"))
        .add_columns(func.sum(case((is_answered, cells.c.confidence), else_=0.0)).label("confidence"))
        .select_from(units)
        .join(now, true())
        .outerjoin(cells, and_(cells.c.unit_id == units.c.id, cells.c.variable_id == now.c.variable_id))
        .where(units.c.project_id == project_id, units.c.state == UnitState.PRESENT)
        .group_by(now.c.variable, cells.c.missing_reason, support)
    )


async def _pages(session: Session, project_id: UUID, pages: Any, kind: type[Any]) -> list[Any]:
    """The documents of the dataset with such pages, as messages of a kind."""
    documents = select(coded_documents.c.document_id, coded_documents.c.document_name, pages.label("pages"))
    wanted = documents.where(coded_documents.c.project_id == project_id, func.cardinality(pages) > 0)
    rows = await session.execute(wanted.order_by(coded_documents.c.document_id))
    return [from_plain(kind, dict(row._mapping)) for row in rows]
