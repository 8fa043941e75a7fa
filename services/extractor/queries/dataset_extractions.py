"""The dataset's cells as extractions: the newest of each cell, as settings make of it, with people's word over it.

A cell of which nothing was ever extracted is there where a person has said what is right, with an empty id. Evidence
is the person's where they gave some; a person's value without it has none, as the model's quote states another.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.db import Session
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters.cell_etags import CELL_ETAG
from coderai.services.extractor.adapters.dataset_filters import plan_for_values, rows_under
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, units
from coderai.services.extractor.adapters.staleness import as_it_stands, stale
from coderai.services.extractor.adapters.statements import PLACE
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import MissingReason, Origin
from coderai.services.extractor.domain.dataset.filters import Filter
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.queries.packed_rows import CELLS_AT_A_TIME, OpenSession, Weights, pages_of, stream_pages
from coderai.services.extractor.queries.pages import place_token, read_place

_OF_CELL = ("value", "confidence", "status", "flags", "missing_reason", "support", "origin", "verdict")
_IS_CORRECTED = cells.c.origin == Origin.CORRECTED
_REVIEWED_BY = feedback.c.author.label("reviewed_by")
_IS_OF_TEXT = units.c.text_version == coded_documents.c.text_version
_IDS = (
    select(coded_documents.c.document_id)
    .where(coded_documents.c.project_id == bindparam("project"))
    .order_by(coded_documents.c.document_id)
)
"""The ids of all documents of a `project`'s dataset, in upload order."""
_PLACE_OF_ENTITY = [case((_IS_OF_TEXT, place)).label(place.name) for place in PLACE]

Place = tuple[UUID, int, UUID, int]
"""Where a cell stands in the order of the list: document, row's number, unit, column."""


def read_cell_place(token: str) -> Place | None:
    """The place that a page_token of `list_cells` holds; None when it is empty. Raises InvalidInput."""

    def read(place: list[Any]) -> Place:
        document_id, number, unit_id, position = place
        if not all(isinstance(n, int) and 0 <= n < 2**31 for n in (number, position)):
            raise ValueError
        return UUID(document_id), number, UUID(unit_id), position

    return read_place(token, read)


async def list_cells(
    session: Session,
    project_id: UUID,
    codebook: Codebook,
    request: pb.ListExtractionsRequest,
    wanted: Mapping[str, Any],
    size: int,
    after: Place | None,
) -> pb.ListExtractionsResponse:
    """A page of the cells of a project's dataset, in the order of documents, rows and columns.

    `wanted` has exact matches: document_id, variable (the name), status; the request the bounds of the confidence.
    """
    now = as_it_stands(codebook, codebook.variables)
    of = {"document_id": units.c.document_id, "variable": now.c.variable, "status": cells.c.status}
    order = (units.c.document_id, units.c.number, units.c.id, now.c.position)
    statement = (
        _cells(now, *_whole(now))
        .add_columns(now.c.position)
        .where(units.c.project_id == project_id, *(of[name] == value for name, value in wanted.items()))
        .order_by(*order)
        .limit(size + 1)
    )
    if request.HasField("min_confidence"):
        statement = statement.where(cells.c.confidence >= request.min_confidence)
    if request.HasField("max_confidence"):
        statement = statement.where(cells.c.confidence <= request.max_confidence)
    if after is not None:
        document_id, number, unit_id, position = after
        place = (literal(document_id, Uuid), literal(number), literal(unit_id, Uuid), literal(position))
        statement = statement.where(tuple_(*order) > tuple_(*place))
    rows = (await session.execute(statement)).all()
    response = pb.ListExtractionsResponse(items=[_message(row) for row in rows[:size]])
    if len(rows) > size:
        last = rows[size - 1]
        place_of_last = [str(last.document_id), last.entity_index, str(last.unit_id), last.position]
        response.next_page_token = place_token(place_of_last)
    return response


async def get_cell(session: Session, project_id: UUID, codebook: Codebook, extraction_id: UUID) -> pb.Extraction | None:
    """The dataset's cell whose newest extraction this is; None when there is none, or its variable is gone."""
    now = as_it_stands(codebook, codebook.variables)
    own = and_(units.c.project_id == project_id, extractions.c.id == extraction_id)
    row = (await session.execute(_cells(now, *_whole(now)).where(own))).one_or_none()
    return None if row is None else _message(row)


async def count_documents(session: Session, project_id: UUID) -> int:
    """How many documents `stream_dataset` would give now."""
    of_project = select(func.count()).select_from(coded_documents).where(coded_documents.c.project_id == project_id)
    return int((await session.execute(of_project)).scalar_one())


async def count_rows(session: Session, project_id: UUID, codebook: Codebook) -> int:
    """How many rows a project's dataset has."""
    all_rows = rows_under(project_id, codebook, ()).subquery()
    return int((await session.execute(select(func.count()).select_from(all_rows))).scalar_one())


def stream_dataset(
    open_session: OpenSession,
    project_id: UUID,
    codebook: Codebook,
    at_a_time: int = CELLS_AT_A_TIME,
    weights: Weights | None = None,
    filters: Sequence[Filter] = (),
) -> AsyncGenerator[pb.RowsPage, None]:
    """A project's documents in upload order with the cells of their rows, as packed_rows.stream_pages has them.

    `weights`: of the cells that have one. `filters`: of rows for which not all of them hold there are no cells.

    What changes between two pages of one document by a person's word is there or not, as in any two pages; when a job
    has coded it again, its rows may be others, and this raises RowsChanged.
    """
    places = {"after_entity": "entity_index", "after_unit": "of_unit", "after_position": "position"}
    first = {"after_entity": -1, "after_unit": UUID(int=0), "after_position": -1}
    of, count = {"project": project_id}, len(codebook.variables)
    pages = _pages(project_id, codebook, filters)
    opened = _planned(open_session) if filters else open_session
    return stream_pages(opened, _IDS, pages, of, first, places, count, at_a_time, weights)


def _planned(open_session: OpenSession) -> OpenSession:
    """Opens sessions that plan their statements for what the filters compare with."""

    @asynccontextmanager
    async def open_planned() -> AsyncIterator[Session]:
        async with open_session() as session:
            await plan_for_values(session)
            yield session

    return open_planned


def _cells(now: Any, *columns: Any) -> Select[Any]:
    """Cells of the PRESENT units and of the variables `now`, each with its extraction and the feedback that decides."""
    return (
        select(*columns)
        .select_from(units)
        .join(cells, cells.c.unit_id == units.c.id)
        .join(now, now.c.variable_id == cells.c.variable_id)
        .join(coded_documents, coded_documents.c.document_id == units.c.document_id)
        .outerjoin(extractions, extractions.c.id == cells.c.extraction_id)
        .outerjoin(feedback, feedback.c.id == cells.c.feedback_id)
        .where(units.c.state == UnitState.PRESENT)
        .where(or_(extractions.c.id.is_not(None), feedback.c.id.is_not(None)))
    )


def _evidence() -> Any:
    """What states the value that is shown: of one that was decided anew from the candidates, that candidate's."""
    is_as_extracted = or_(cells.c.value.is_(None), cells.c.value == extractions.c.value)
    one = func.jsonb_array_elements(extractions.c.candidates).table_valued(column("one", JSONB)).render_derived("each")
    has = cells.c.value.contains(one.c.one["value"])
    of_candidate = select(one.c.one["evidence"]).where(has).limit(1).scalar_subquery()
    return case(
        (feedback.c.evidence.is_not(None), feedback.c.evidence),
        (cells.c.origin.in_((Origin.CORRECTED, Origin.DEFAULTED)), null()),
        (cells.c.missing_reason == MissingReason.NOT_APPLICABLE, null()),
        (is_as_extracted, extractions.c.evidence),
        else_=of_candidate,
    ).label("evidence")


def _whole(now: Any) -> Sequence[Any]:
    """The columns of an Extraction."""
    return (
        *(cells.c.extraction_id.label("id"), cells.c.job_id, cells.c.variable_id, now.c.variable, cells.c.unit_id),
        *(units.c.document_id, coded_documents.c.document_name),
        *(units.c.number.label("entity_index"), units.c.text.label("entity_text")),
        *(cells.c[name] for name in _OF_CELL),
        *(cells.c.corrected_by, _evidence()),
        *(extractions.c.explanation, extractions.c.raw_value, extractions.c.candidates, extractions.c.model_confidence),
        *(extractions.c.prompt_version, extractions.c.prompt_version_id, extractions.c.model),
        stale(cells, now.c.asked).label("stale"),
        case((_IS_CORRECTED, extractions.c.value)).label("model_value"),
        *(_REVIEWED_BY, CELL_ETAG),
    )


def _message(row: Any) -> pb.Extraction:
    return from_plain(pb.Extraction, {name: value for name, value in row._mapping.items() if name != "position"})


def _pages(project_id: UUID, codebook: Codebook, filters: Sequence[Filter]) -> Select[Any]:
    """The statement for a page: the next cells of a `project`, of documents from after_document to last_document.

    A row of coded_documents that a job has written since has another xmin.
    """
    after_document, last_document = bindparam("after_document", type_=Uuid), bindparam("last_document", type_=Uuid)
    after = tuple_(
        bindparam("after_entity", type_=Integer),
        bindparam("after_unit", type_=Uuid),
        bindparam("after_position", type_=Integer),
    )
    own = ("document_id", "document_name", "status", "error", "unread_pages", "unsure_pages")
    documents = (
        select(*(coded_documents.c[name] for name in own))
        .add_columns(cast(literal_column("coded_documents.xmin"), Text).label("changed_at"))
        .where(coded_documents.c.project_id == bindparam("project"))
        .where(coded_documents.c.document_id.between(after_document, last_document))
        .cte("documents")
    )
    now = as_it_stands(codebook, codebook.variables)
    order = (units.c.number, units.c.id, now.c.position)
    many = bindparam("many", type_=Integer)
    chosen = []
    if filters:
        # By itself: within the statement, what it says of a row's cells would be taken for those that are given.
        within = units.c.document_id.between(after_document, last_document)
        # Once for the page: joined to its cells, it may be looked at for each of them.
        under = rows_under(project_id, codebook, filters).where(within).cte("chosen").prefix_with("MATERIALIZED")
        chosen = [units.c.id.in_(select(under.c.id))]
    of_document = (
        _cells(now, units.c.document_id, units.c.id.label("of_unit"), now.c.position, *_exported(now, codebook))
        .where(units.c.document_id == documents.c.document_id, *chosen)
        .where(or_(documents.c.document_id > after_document, tuple_(*order) > after))
        .order_by(*order)
        .limit(many)
        .lateral()
    )
    rows = (
        select(*of_document.c)
        .join_from(documents, of_document, true())
        .order_by(of_document.c.document_id, of_document.c.entity_index, of_document.c.of_unit)
        .order_by(of_document.c.position)
        .limit(many)
    )
    return pages_of(documents, rows)


def _exported(now: Any, codebook: Codebook) -> Sequence[Any]:
    """What an export shows of a cell, as of an extraction, and what people have made of it."""
    is_person_s = and_(_IS_CORRECTED, cells.c.corrected_by.is_not(None))
    return (
        *(now.c.variable, units.c.number.label("entity_index"), units.c.text.label("entity_text")),
        *(cells.c[name] for name in _OF_CELL),
        _evidence(),
        *(extractions.c.prompt_version, extractions.c.model, _REVIEWED_BY),
        *(_PLACE_OF_ENTITY if codebook.unit.multiple else ()),
        case((cells.c.value.is_(None), extractions.c.candidates)).label("candidates"),
        stale(cells, now.c.asked).label("stale"),
        case((is_person_s, extractions.c.value)).label("model_value"),
    )
