"""The dataset's rows: PRESENT units with their cells, filtered, sorted and paged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.engine import Row

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable, VariableType
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.kit.db import Session, any_of
from coderai.kit.errors import InvalidInput
from coderai.kit.wire import enum_numbers, to_value
from coderai.services.extractor.adapters.cell_etags import CELL_ETAG
from coderai.services.extractor.adapters.dataset_filters import date_text, plan_for_values, rows_under
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.adapters.staleness import as_it_stands, stale
from coderai.services.extractor.domain.dataset.filters import Filter, Sort, Subject
from coderai.services.extractor.domain.dataset.stale import StaleReason
from coderai.services.extractor.queries.pages import place_token, read_place

_MOST_ROWS = 2**31 - 1
_STATUSES: Mapping[str, Any] = enum_numbers(extractor_pb.ExtractionStatus.DESCRIPTOR)
_REASONS: Mapping[str, Any] = enum_numbers(extractor_pb.MissingReason.DESCRIPTOR)
_SUPPORTS: Mapping[str, Any] = enum_numbers(extractor_pb.Support.DESCRIPTOR)
_ORIGINS: Mapping[str, Any] = enum_numbers(extractor_pb.ValueOrigin.DESCRIPTOR)
_VERDICTS: Mapping[str, Any] = enum_numbers(extractor_pb.Verdict.DESCRIPTOR)
_SHOWN = ("value", "confidence", "status", "flags", "missing_reason", "support", "origin", "verdict", "extraction_id")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the order of its list."""

    key: float | str | None
    """What it is sorted by; None where it has none, or the order is that of the upload."""
    document_id: UUID
    number: int
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a list are wanted: `size` of them, `offset` after the beginning or after a place."""

    size: int
    offset: int = 0
    after: Place | None = None


def read_part(size: int, offset: int, token: str, sort: Sort | None, sort_text: str) -> Part:
    """The part that a request asks for; a token is of one order. Raises InvalidInput."""
    if not 0 <= offset <= _MOST_ROWS:
        raise InvalidInput("offset must be 0 or more", fields={"offset": "must be 0 or more"})
    if offset and token:
        message = "stands in place of a page_token: send one of them"
        raise InvalidInput(f"offset {message}", fields={"offset": message})
    kind = float if sort is not None and _is_number(sort) else str

    def read(place: list[Any]) -> Place:
        of, key, document_id, number, unit_id = place
        fits = key is None if sort is None else isinstance(key, kind | None)
        if of != sort_text or not fits or not isinstance(number, int) or not 0 <= number <= _MOST_ROWS:
            raise ValueError
        return Place(key, UUID(document_id), number, UUID(unit_id))

    return Part(size, offset, read_place(token, read))


async def list_rows(
    session: Session,
    project_id: UUID,
    codebook: Codebook,
    filters: Sequence[Filter],
    sort: Sort | None,
    part: Part,
    variables: Sequence[Variable],
) -> tuple[pb.ListDatasetRowsResponse, Place | None]:
    """A part of a project's rows under the filters, with the cells of `variables`, and how many rows there are in all.

    With it comes the place of its last row where others follow.
    """
    await plan_for_values(session)
    matched = _matched(project_id, codebook, filters, sort).subquery("matched")
    found = (await session.execute(_page(matched, sort, part))).all()
    if not found:
        # None of this part: there may be others before it.
        total = (await session.execute(select(func.count()).select_from(matched))).scalar_one()
        return pb.ListDatasetRowsResponse(total=total), None
    rows = found[: part.size]
    by_unit = await _cells(session, [row.id for row in rows], codebook, variables)
    items = [_row(row, variables, by_unit.get(row.id, {})) for row in rows]
    last = rows[-1] if len(found) > part.size else None
    place = None if last is None else Place(last.key, last.document_id, last.number, last.id)
    return pb.ListDatasetRowsResponse(items=items, total=found[0].total), place


def next_token(place: Place | None, sort: str) -> str:
    """The token of the page after a place; empty without one."""
    if place is None:
        return ""
    return place_token([sort, place.key, str(place.document_id), place.number, str(place.unit_id)])


def _page(matched: Any, sort: Sort | None, part: Part) -> Select[Any]:
    """The rows of a part and one more, each with the total."""
    counted = select(matched, func.count().over().label("total")).subquery("counted")
    page = select(counted).order_by(*_order(counted, sort)).limit(part.size + 1).offset(part.offset)
    return page if part.after is None else page.where(_is_later(counted, sort, part.after))


def _order(rows: Any, sort: Sort | None) -> list[Any]:
    place = [rows.c.document_id, rows.c.number, rows.c.id]
    if sort is None:
        return place
    return [rows.c.key.is_(None), rows.c.key.desc() if sort.descending else rows.c.key, *place]


def _is_later(rows: Any, sort: Sort | None, after: Place) -> ColumnElement[bool]:
    ids = (literal(after.document_id, Uuid), literal(after.number), literal(after.unit_id, Uuid))
    is_later = tuple_(rows.c.document_id, rows.c.number, rows.c.id) > tuple_(*ids)
    key = rows.c.key
    if sort is None:
        return is_later
    if after.key is None:
        return and_(key.is_(None), is_later)
    further = key < after.key if sort.descending else key > after.key
    return or_(further, and_(key == after.key, is_later), key.is_(None))


def _matched(project_id: UUID, codebook: Codebook, filters: Sequence[Filter], sort: Sort | None) -> Select[Any]:
    wanted = rows_under(project_id, codebook, filters).add_columns(
        units.c.document_id, units.c.number, units.c.text, coded_documents.c.document_name
    )
    if sort is None:
        return wanted.add_columns(null().label("key"))
    if sort.variable is None:
        name = coded_documents.c.document_name if sort.subject is Subject.DOCUMENT else units.c.text
        return wanted.add_columns(func.lower(name).label("key"))
    of_sort = cells.alias("of_sort")
    own = and_(of_sort.c.unit_id == units.c.id, of_sort.c.variable_id == UUID(sort.variable.id))
    return wanted.outerjoin(of_sort, own).add_columns(_key(sort, sort.variable, of_sort).label("key"))


def _is_number(sort: Sort) -> bool:
    return sort.by_confidence or (sort.variable is not None and sort.variable.type is VariableType.NUMBER)


def _key(sort: Sort, variable: Variable, cell: Any) -> ColumnElement[Any]:
    """What a cell is sorted by: null where it has no value."""
    if sort.by_confidence:
        return case((cell.c.value.is_not(None), cell.c.confidence))
    if variable.type is VariableType.NUMBER:
        key: ColumnElement[Any] = cell.c.number
        return key
    if variable.type is VariableType.DATE:
        return date_text(cell.c.value)
    return func.nullif(func.lower(cell.c.label), "")


async def _cells(
    session: Session, unit_ids: Sequence[UUID], codebook: Codebook, variables: Sequence[Variable]
) -> Mapping[UUID, Mapping[int, Row[Any]]]:
    """Cells by unit and by the variable's place among `variables`, from 1."""
    now = as_it_stands(codebook, variables)
    wanted = (
        select(cells.c.unit_id, now.c.position, *(cells.c[name] for name in _SHOWN))
        .add_columns(stale(cells, now.c.asked).label("stale"), CELL_ETAG)
        .join_from(now, cells, cells.c.variable_id == now.c.variable_id)
        .where(cells.c.unit_id == any_of(unit_ids))
    )
    by_unit: dict[UUID, dict[int, Row[Any]]] = {}
    for row in await session.execute(wanted):
        by_unit.setdefault(row.unit_id, {})[row.position] = row
    return by_unit


def _row(row: Row[Any], variables: Sequence[Variable], of_unit: Mapping[int, Row[Any]]) -> pb.DatasetRow:
    shown = pb.DatasetRow(
        unit_id=str(row.id),
        document_id=str(row.document_id),
        document_name=row.document_name,
        entity_index=row.number,
        entity_text=row.text,
    )
    for place, variable in enumerate(variables, start=1):
        shown.cells.append(_cell(variable, of_unit.get(place)))
    return shown


def _cell(variable: Variable, row: Row[Any] | None) -> pb.DatasetCell:
    """A cell as it is shown; one that is not there yet was never asked.

    Made by hand, as a page has thousands of them: kit.wire.from_plain takes three times as long.
    """
    if row is None:
        return pb.DatasetCell(variable=variable.name, stale=StaleReason.NEVER_ASKED)
    *shown, extraction_id, stale_reason, etag = tuple(row)[2:]
    value, confidence, status, flags, reason, support, origin, verdict = shown
    return pb.DatasetCell(
        variable=variable.name,
        value=None if value is None else to_value(value),
        confidence=confidence,
        status=_STATUSES[status],
        flags=flags,
        missing_reason=_REASONS[reason],
        support=_SUPPORTS[support],
        origin=_ORIGINS[origin],
        verdict=_VERDICTS[verdict],
        stale=stale_reason,
        extraction_id="" if extraction_id is None else str(extraction_id),
        etag=etag,
    )
