"""What people have said of the dataset's cells, as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.engine import Row

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit.db import Session, any_of
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters.dataset_tables import coded_documents, feedback, units
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.queries.jobs import ExtractionNotFound

_HIDDEN = ("workspace_id", "undone_by", "model_confidence")
_f = feedback.c
_other = feedback.alias("other")
_is_newer = and_(
    _other.c.unit_id == _f.unit_id,
    _other.c.variable_id == _f.variable_id,
    _other.c.undone_at.is_(None),
    tuple_(_other.c.created_at, _other.c.id) > tuple_(_f.created_at, _f.id),
)
STANDS = and_(
    _f.undone_at.is_(None),
    or_(
        ~exists().where(_is_newer, _other.c.author == _f.author),
        and_(_f.is_final, ~exists().where(_is_newer, _other.c.is_final)),
    ),
)
"""Holds for feedback that is its author's newest of its cell, or the adjudication that decides it; see
measuring.feedback.
"""


async def of_ids(session: Session, codebook: Codebook, feedback_ids: Sequence[UUID]) -> dict[UUID | None, pb.Feedback]:
    """Feedback by id."""
    rows = await session.execute(_wanted().where(_f.id == any_of(feedback_ids)))
    names = _names(codebook)
    return {row.id: _message(row, names) for row in rows}


async def of_cell(session: Session, codebook: Codebook, place: Row[Any], page: Page) -> pb.ListCellFeedbackResponse:
    """A page of what was said of a cell (see `cell_of`), newest first."""
    of_cell = _wanted().where(_f.unit_id == place.unit_id, _f.variable_id == place.variable_id)
    rows = (await session.execute(_paged(of_cell, page))).all()
    names = _names(codebook)
    return pb.ListCellFeedbackResponse(
        items=[_message(row, names) for row in rows], next_page_token=page.next_token(rows)
    )


async def cell_of(session: Session, extraction_id: UUID) -> Row[Any]:
    """The project_id, unit_id and variable_id of an extraction's cell; of a merged unit it is the one that stayed.

    Raises ExtractionNotFound.
    """
    e = extractions.c
    unit_id = func.coalesce(units.c.merged_into, e.unit_id).label("unit_id")
    joined = select(e.project_id, unit_id, e.variable_id).join_from(
        extractions, units, units.c.id == e.unit_id, isouter=True
    )
    row = (await session.execute(joined.where(e.id == extraction_id))).one_or_none()
    if row is None:
        raise ExtractionNotFound()
    return row


async def of_project(
    session: Session, codebook: Codebook, project_id: UUID, wanted: Mapping[str, Any], standing: bool, page: Page
) -> pb.ListFeedbackResponse:
    """A page of what was said of a project's cells, newest first; `wanted` has exact matches by column, or `split`."""
    found = _wanted().where(_f.project_id == project_id)
    for column, value in wanted.items():
        found = found.where((coded_documents.c.split if column == "split" else _f[column]) == value)
    if standing:
        found = found.where(STANDS)
    rows = (await session.execute(_paged(found, page))).all()
    names = _names(codebook)
    return pb.ListFeedbackResponse(items=[_message(row, names) for row in rows], next_page_token=page.next_token(rows))


async def said_after(
    session: Session, names: Mapping[str, str], project_id: UUID, job_id: UUID | None, after: UUID, many: int
) -> list[pb.Feedback]:
    """What was said of a project's cells after some feedback, oldest first, what was taken back too; `many` at most.

    `job_id`: only what was said of this job's answers; `names`: of variables, by their ids.
    """
    found = _wanted().where(_f.project_id == project_id, _f.id > after).order_by(_f.id).limit(many)
    if job_id is not None:
        of_job = exists().where(extractions.c.id == _f.extraction_id, extractions.c.job_id == job_id)
        found = found.where(of_job)
    return [_message(row, names) for row in await session.execute(found)]


def _wanted() -> Select[Any]:
    stands: ColumnElement[bool] = STANDS
    own = [column for column in _f if column.name not in _HIDDEN]
    return (
        select(*own, coded_documents.c.document_name, coded_documents.c.split, stands.label("stands"))
        .add_columns(units.c.number.label("entity_index"), units.c.text.label("entity_text"))
        .join_from(feedback, coded_documents, coded_documents.c.document_id == _f.document_id, isouter=True)
        .join(units, units.c.id == _f.unit_id, isouter=True)
    )


def _paged(found: Select[Any], page: Page) -> Select[Any]:
    """Ids are in the order of time."""
    found = found.order_by(_f.id.desc()).limit(page.size)
    return found.where(_f.id < page.after) if page.after else found


def _names(codebook: Codebook) -> Mapping[str, str]:
    return {variable.id: variable.name for variable in codebook.variables}


def _message(row: Row[Any], names: Mapping[str, str]) -> pb.Feedback:
    return from_plain(pb.Feedback, {**row._mapping, "variable": names.get(str(row.variable_id), "")})
