"""The next cells to look at: those that most need mending, or those of a drawn sample, as messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.engine import Row

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.adapters.cell_etags import CELL_ETAG
from coderai.services.extractor.adapters.dataset_tables import (
    cells,
    feedback,
    review_samples,
    sample_cells,
    units,
)
from coderai.services.extractor.adapters.reviewing import JUDGEABLE, is_judgeable, of_model
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Status
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.queries import feedback as said
from coderai.services.extractor.usecases.reviewing import SampleNotFound

_DISPUTED, _FLAGGED, _FOUND, _MISSING = range(4)
"""In which order cells are mended. A missing value has no confidence that would say how sure it is."""
_BLIND = frozenset({"id", "job_id", "document_id", "variable_id", "variable", "unit_id", "etag"})
"""What a blind sample shows of an extraction before it is judged, beside its document and entity."""
_HIDDEN = frozenset({"workspace_id", "created_at", "project_id", "position", "basis"})
_OF_ITEM = ("cell_id", "tier", "cell_flags", "caller_feedback_id")


async def repair_queue(
    session: Session, project_id: UUID, variable_ids: Sequence[UUID], page: Page, *, disputed: bool
) -> pb.GetReviewQueueResponse:
    """The cells to mend next: flagged first, then the least certain, of each variable one in turn.

    Cells of which somebody has said something are left out; with `disputed`, those on which people differ come first.
    What a page is after may have been judged since: it keeps its place.
    """
    c = cells.c
    applies = of_model("missing_reason") != MissingReason.NOT_APPLICABLE
    waits = or_(c.verdict == "", _is_disputed() if disputed else false())
    is_next = and_(is_judgeable(project_id, variable_ids), applies, waits)
    ranked = _ranked(or_(is_next, c.id == page.after) if page.after else is_next, variable_ids).cte("ranked")
    place = (ranked.c.tier, ranked.c.turn, ranked.c.column)
    first = select(ranked).order_by(*place).limit(page.size)
    if page.after:
        last = select(*place).where(ranked.c.id == page.after)
        first = first.where(tuple_(*place) > last.scalar_subquery())
    of_page = first.subquery()
    order = (of_page.c.tier, of_page.c.turn, of_page.c.column)
    wanted = _item().add_columns(c.id.label("cell_id"), of_page.c.tier, c.flags.label("cell_flags"))
    rows = (await session.execute(wanted.join(of_page, of_page.c.id == c.id).order_by(*order))).all()
    left = select(func.count()).select_from(JUDGEABLE).where(is_next)
    return pb.GetReviewQueueResponse(
        items=[pb.ReviewItem(extraction=_extraction(row), why=_why(row)) for row in rows],
        next_page_token=str(rows[-1].cell_id) if len(rows) == page.size else "",
        total=(await session.execute(left)).scalar_one(),
    )


async def measure_queue(
    session: Session,
    project_id: UUID,
    codebook: Codebook,
    sample_id: UUID | None,
    caller: UUID | None,
    page: Page,
    *,
    judged: bool,
) -> pb.GetReviewQueueResponse:
    """The cells of a sample (the newest, without an id) that are rows of the dataset, in the order of the draw.

    Those that the caller has judged in it are left out, but for `judged`. A verdict that only said that an answer is
    wrong has lapsed when the model gives another. Raises SampleNotFound.
    """
    sample = await _sample(session, project_id, sample_id)
    s = sample_cells.c
    own = _own_verdict(caller).scalar_subquery()
    ids = [UUID(variable.id) for variable in codebook.variables]
    wanted = (
        _item(own.label("caller_feedback_id"), s.id.label("cell_id"))
        .join(sample_cells, and_(s.unit_id == cells.c.unit_id, s.variable_id == cells.c.variable_id))
        .where(s.sample_id == sample.id, units.c.state == UnitState.PRESENT, extractions.c.status != Status.FAILED)
        .where(cells.c.variable_id.in_(ids))
    )
    if not judged:
        wanted = wanted.where(own.is_(None))
    total = (await session.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    if page.after:
        last = select(s.position).where(s.id == page.after).correlate(None).scalar_subquery()
        wanted = wanted.where(s.position > last)
    rows = (await session.execute(wanted.order_by(s.position).limit(page.size))).all()
    given = await said.of_ids(session, codebook, [row.caller_feedback_id for row in rows if row.caller_feedback_id])
    items = [
        pb.ReviewItem(
            extraction=_extraction(row, blind=sample.blind and row.caller_feedback_id is None),
            sample_id=str(sample.id),
            feedback=given.get(row.caller_feedback_id),
        )
        for row in rows
    ]
    token = str(rows[-1].cell_id) if len(rows) == page.size else ""
    return pb.GetReviewQueueResponse(items=items, next_page_token=token, total=total)


async def _sample(session: Session, project_id: UUID, sample_id: UUID | None) -> Row[Any]:
    s = review_samples.c
    wanted = select(s.id, s.blind).where(s.project_id == project_id).order_by(s.id.desc()).limit(1)
    if sample_id is not None:
        wanted = wanted.where(s.id == sample_id)
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        raise SampleNotFound()
    return row


def _ranked(wanted: ColumnElement[bool], variable_ids: Sequence[UUID]) -> Select[Any]:
    """Cells with their places in the queue: tier, turn and column."""
    c = cells.c
    tiers = (_is_disputed(), _DISPUTED), (c.status == Status.FLAGGED, _FLAGGED), (c.missing_reason == "", _FOUND)
    tier = case(*tiers, else_=_MISSING)
    turn = func.row_number().over(partition_by=(c.variable_id, tier), order_by=(c.confidence, c.id))
    column = func.array_position(literal(list(variable_ids), ARRAY(Uuid)), c.variable_id)
    columns = (c.id, tier.label("tier"), turn.label("turn"), column.label("column"))
    return select(*columns).select_from(JUDGEABLE).where(wanted)


def _is_disputed() -> ColumnElement[bool]:
    return literal(Flag.DISPUTED.value) == any_(cells.c.flags)


def _own_verdict(caller: UUID | None) -> Select[Any]:
    """The id of the newest verdict that the caller gave on a cell in its sample, and that has not lapsed."""
    f, e = feedback.c, extractions.c
    names_no_answer = and_(f.verdict != Verdict.CORRECT, ~f.has_correction)
    other_answer = or_(f.model_value.is_distinct_from(e.value), f.model_missing_reason != e.missing_reason)
    return (
        select(f.id)
        .where(f.unit_id == sample_cells.c.unit_id, f.variable_id == sample_cells.c.variable_id)
        .where(f.sample_id == sample_cells.c.sample_id, f.author == caller, f.undone_at.is_(None))
        .where(~and_(names_no_answer, other_answer))
        .order_by(f.created_at.desc(), f.id.desc())
        .limit(1)
        .correlate(sample_cells, extractions)
    )


def _item(*more: ColumnElement[Any]) -> Select[Any]:
    """Cells with the newest extraction, as the model gave it, and the unit's name as it is now."""
    own = [column for column in extractions.c if column.name not in _HIDDEN | {"entity_index", "entity_text"}]
    return (
        select(*own, units.c.number.label("entity_index"), units.c.text.label("entity_text"), *more)
        .add_columns(cells.c.verdict.label("cell_verdict"), CELL_ETAG)
        .join_from(cells, units, units.c.id == cells.c.unit_id)
        .join(extractions, extractions.c.id == cells.c.extraction_id)
    )


def _extraction(row: Row[Any], *, blind: bool = False) -> extractor.Extraction:
    entity = {"document_name", "entity_index", "entity_text"}
    shown = {
        name: value
        for name, value in row._mapping.items()
        if name not in _OF_ITEM and name != "cell_verdict" and (not blind or name in _BLIND | entity)
    }
    return from_plain(extractor.Extraction, shown if blind else shown | {"verdict": row.cell_verdict})


def _why(row: Row[Any]) -> str:
    """Why a cell is next in the queue of those to mend."""
    match row.tier:
        case 0:
            return "people differ"
        case 1:
            return f"flagged: {', '.join(row.cell_flags)}"
        case 2:
            return f"confidence {row.confidence:.2f}"
        case _:
            return f"no value: {row.missing_reason}"
