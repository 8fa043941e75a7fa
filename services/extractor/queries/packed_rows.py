"""Rows for an export, packed: a list for each thing that cells have, made by the database, a page at a time.

A row for each of 500,000 cells and a message for each take ten times as long.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CTE, Executable, Select, Text, case, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.db import Session
from coderai.kit.errors import Unavailable
from coderai.kit.wire import enum_numbers, from_plain, to_value

CELLS_AT_A_TIME = 2000
"""The most cells of a page; of three pages at most are in memory while rows are streamed."""
MOST_CHARACTERS = 8 * 2**20
"""Of the texts of a page, unless it is of one cell: a tenth of what a message may have, in any script."""

_MOST_DOCUMENTS = 200
_AHEAD = 2
"""How many pages are read at the same time."""

OpenSession = Callable[[], AbstractAsyncContextManager[Session]]
Weights = Mapping[tuple[UUID, str], float]
"""How many cells each of some cells stands for, by unit and variable's name."""
Cells = Mapping[str, Any]
"""Of each thing that cells have a list, by its name; a JSON array of values, candidates, model_value and spans."""
_Document = Mapping[str, Any]
"""A document, by the names of its columns."""

_STATUSES: Mapping[str, Any] = enum_numbers(pb.ExtractionStatus.DESCRIPTOR)
_REASONS: Mapping[str, Any] = enum_numbers(pb.MissingReason.DESCRIPTOR)
_SUPPORTS: Mapping[str, Any] = enum_numbers(pb.Support.DESCRIPTOR)
_ORIGINS: Mapping[str, Any] = enum_numbers(pb.ValueOrigin.DESCRIPTOR)
_VERDICTS: Mapping[str, Any] = enum_numbers(pb.Verdict.DESCRIPTOR)
_MATCHES: Mapping[str, Any] = enum_numbers(pb.EvidenceMatch.DESCRIPTOR)


class RowsChanged(Unavailable):
    """A document was coded again or removed between two pages of its rows: try again."""


class _State(NamedTuple):
    """What is the same in many cells, by the names of the columns that have it."""

    status: str
    flags: str
    missing_reason: str
    support: str
    origin: str
    verdict: str
    match: str
    prompt_version: int
    model: str
    stale: str
    reviewed_by: UUID | None


def pages_of(documents: CTE, rows: Select[Any]) -> Select[Any]:
    """The statement that `stream_pages` runs for a page: one row, with `documents` as a JSON array and lists of cells.

    `documents`: those between two ids, with columns as statements.DOCUMENTS_OF_JOB has them; `rows`: their
    next cells in order, `many` at most, with the columns that a cell has: document_id, entity_index, entity_text,
    variable, value, confidence, evidence, candidates, the fields of a state, and those of the place in the document.
    What a job's cells do not have may lack: verdict, stale, reviewed_by, model_value, of_unit, and place_start,
    place_end and place_page of an entity.
    """
    found = rows.subquery("found")
    evidence = found.c.evidence
    several = case((evidence["spans"][1].is_not(None), evidence["spans"]))
    as_json = {name: found.c[name] for name in ("value", "candidates", "model_value") if name in found.c}
    lists: dict[str, Any] = {
        column.name: column for column in found.c if column.name not in (*as_json, "flags", "evidence")
    }
    lists |= {
        "flags": func.array_to_string(found.c.flags, ","),
        "match": func.coalesce(evidence["match"].as_string(), ""),
        "quote": func.coalesce(evidence["quote"].as_string(), ""),
        "start": func.coalesce(evidence["start"].as_integer(), -1),
        "end": func.coalesce(evidence["end"].as_integer(), 0),
        "page": func.coalesce(evidence["page"].as_integer(), 0),
    }
    in_order = aggregate_order_by(func.to_json(documents.table_valued()), documents.c.document_id)
    return select(
        select(cast(func.json_agg(in_order), Text)).select_from(documents).scalar_subquery().label("documents"),
        *(func.array_agg(of).label(name) for name, of in lists.items()),
        *(cast(func.json_agg(of), Text).label(name) for name, of in (as_json | {"spans": several}).items()),
    ).select_from(found)


class _Read(NamedTuple):
    """What the database gave for a page."""

    documents: Sequence[_Document]
    cells: Cells
    is_cut: bool
    """Whether there may be more in its range, in the last document or after it."""


async def stream_pages(
    open_session: OpenSession,
    ids: Executable,
    statement: Executable,
    of: Mapping[str, Any],
    first: Mapping[str, Any],
    places: Mapping[str, str],
    variables: int,
    at_a_time: int,
    weights: Weights | None = None,
) -> AsyncGenerator[pb.RowsPage, None]:
    """Documents in upload order with their cells, read so many cells at a time; fewer where their texts are long.

    The documents are cut into ranges first, so that the next pages are read while the receiver takes one. Each page is
    of one snapshot, and no transaction waits for the receiver. What is removed before its page is read is not there.
    A document whose cells go over a page stands in several; if it is coded again or removed between two of them, its
    rows would be of two codings or in part, and this raises RowsChanged.

    `ids`: gives the ids of all documents in upload order; `statement`: what `pages_of` makes. Parameters of both are
    `of`; of the statement also `many`, which limits the page, after_document and last_document, between which it is
    (both included), and those of the place in the former: at its beginning `first`, else what the last cell has in the
    columns that `places` names for each. `variables`: how many cells a unit has. `weights`: of the cells that have one.
    """
    # A cell fewer than a page takes: one that has as many as it takes may have been cut.
    documents = min(_MOST_DOCUMENTS, max(1, (at_a_time - 1) // max(1, variables)))
    ranges = await _ranges(open_session, ids, of, documents)

    def read(last: UUID, after: Mapping[str, Any], cut: _Document | None = None) -> tuple[UUID, asyncio.Task[_Read]]:
        within = {**of, **after, "last_document": last}
        return last, asyncio.create_task(_read(open_session, statement, within, at_a_time, cut))

    reads = (read(last, {"after_document": begin, **first}) for begin, last in ranges)
    ahead = deque(islice(reads, _AHEAD))
    try:
        while ahead:
            found = await ahead[0][1]
            last, _ = ahead.popleft()
            if found.is_cut:
                ahead.appendleft(read(last, _place(found.cells, places), found.documents[-1]))
            else:
                ahead.extend(islice(reads, 1))
            if found.documents:
                # In a thread, so that this one can ask the database meanwhile.
                yield await asyncio.to_thread(pack, found.documents, found.cells, weights or {})
    finally:
        for _, task in ahead:
            task.cancel()
        await asyncio.gather(*(task for _, task in ahead), return_exceptions=True)


async def _ranges(
    open_session: OpenSession, ids: Executable, of: Mapping[str, Any], documents: int
) -> Sequence[tuple[UUID, UUID]]:
    """The first and the last id of each so many documents."""
    async with open_session() as session:
        found = (await session.execute(ids, of)).scalars().all()
    return [(found[n], found[min(n + documents, len(found)) - 1]) for n in range(0, len(found), documents)]


def _place(cells: Cells, places: Mapping[str, str]) -> Mapping[str, Any]:
    """The parameters that go on after the last one of these cells."""
    return {"after_document": cells["document_id"][-1]} | {name: cells[column][-1] for name, column in places.items()}


async def _read(
    open_session: OpenSession, statement: Executable, of: Mapping[str, Any], many: int, cut: _Document | None
) -> _Read:
    """A page of so many cells at most, of fewer where their texts are too long for one message.

    `cut`: the document that the page before ends with, where this one goes on.

    Raises:
        RowsChanged: that has changed since.
    """
    while True:
        async with open_session() as session:
            row = (await session.execute(statement, {**of, "many": many})).one()._asdict()
        documents: list[_Document] = json.loads(row.pop("documents") or "[]")
        cells: dict[str, Any] = {name: column or () for name, column in row.items()}
        owners = cells["document_id"]
        if len(owners) <= 1 or _characters(cells) <= MOST_CHARACTERS:
            break
        many = len(owners) // 2
    is_cut = len(owners) == many
    if is_cut:
        ids = [one["document_id"] for one in documents]
        documents = documents[: ids.index(str(owners[-1])) + 1]
    return _Read(documents if cut is None else _further(documents, owners, cut), cells, is_cut)


def _characters(cells: Cells) -> int:
    """How long the texts of cells are together."""
    as_json = sum(len(cells.get(name, "")) for name in ("value", "candidates", "model_value", "spans"))
    return as_json + sum(map(len, cells["quote"]))


def _further(documents: Sequence[_Document], owners: Sequence[UUID], cut: _Document) -> Sequence[_Document]:
    """The documents of a page that goes on with the one that was cut, without that if nothing of it is left.

    Raises:
        RowsChanged: it has changed since.
    """
    if not documents or any(documents[0][name] != cut[name] for name in ("document_id", "changed_at")):
        raise RowsChanged()
    return documents if owners and str(owners[0]) == cut["document_id"] else documents[1:]


def pack(documents: Iterable[Mapping[str, Any]], cells: Cells, weights: Weights) -> pb.RowsPage:
    """A page of documents with their cells, as `pages_of` gives them."""
    count = len(cells["document_id"])
    page = pb.RowsPage(values=cells["value"] or "[]")
    states = zip(*(cells.get(name) or [_NONE.get(name, "")] * count for name in _State._fields), strict=True)
    distinct: dict[tuple[Any, ...], int] = {}
    page.cell_states.extend([distinct.setdefault(state, len(distinct)) for state in states])
    page.states.extend(_state(_State(*state)) for state in distinct)
    names: dict[str, int] = {}
    page.cell_variables.extend([names.setdefault(name, len(names)) for name in cells["variable"]])
    page.variables.extend(names)
    for field, column in (("confidences", "confidence"), ("quotes", "quote"), ("starts", "start")):
        getattr(page, field).extend(cells[column])
    page.ends.extend(cells["end"])
    page.pages.extend(cells["page"])
    owned = Counter[str]()
    for document_id, unit in _units(cells):
        page.units.append(unit)
        owned[document_id] += 1
    page.documents.extend(_document(one, owned[one["document_id"]]) for one in documents)
    page.more.extend(_more(cells, weights))
    return page


_NONE: Mapping[str, Any] = {"prompt_version": 0, "reviewed_by": None}
"""What a cell has that does not have it; of all others an empty text."""


def _state(state: _State) -> pb.CellState:
    return pb.CellState(
        status=_STATUSES[state.status],
        flags=state.flags.split(",") if state.flags else (),
        missing_reason=_REASONS[state.missing_reason],
        support=_SUPPORTS[state.support],
        origin=_ORIGINS[state.origin],
        verdict=_VERDICTS[state.verdict],
        match=_MATCHES[state.match],
        prompt_version=state.prompt_version or 0,
        model=state.model or "",
        stale=state.stale,
        reviewed_by="" if state.reviewed_by is None else str(state.reviewed_by),
    )


def _document(plain: Mapping[str, Any], units: int) -> pb.RowsDocument:
    own = {name: value for name, value in plain.items() if name not in ("changed_at", "text_version")}
    return from_plain(pb.RowsDocument, own | {"units": units})


def _units(cells: Cells) -> Iterator[tuple[str, pb.RowsUnit]]:
    """The units of the cells, each with its document's id."""
    first = 0
    for (document_id, index), count in Counter(zip(cells["document_id"], cells["entity_index"], strict=True)).items():
        unit = pb.RowsUnit(entity_index=index, entity_text=cells["entity_text"][first], cells=count)
        start = cells["place_start"][first] if index and cells.get("place_start") else None
        if start is not None:
            place = {"start": start, "end": cells["place_end"][first], "page": cells["place_page"][first]}
            unit.place.CopyFrom(pb.EvidenceSpan(**place))
        yield str(document_id), unit
        first += count


def _more(cells: Cells, weights: Weights) -> Iterable[pb.CellMore]:
    """What few cells have, in their order."""
    found: dict[int, pb.CellMore] = {}

    def of(cell: int) -> pb.CellMore:
        return found.setdefault(cell, pb.CellMore(cell=cell))

    for cell, spans in _known(cells, "spans"):
        of(cell).spans.extend(pb.EvidenceSpan(**span) for span in spans)
    for cell, candidates in _known(cells, "candidates"):
        of(cell).candidates.extend(from_plain(pb.Candidate, one) for one in candidates)
    for cell, value in _known(cells, "model_value"):
        of(cell).model_value.CopyFrom(to_value(value))
    if weights:
        for cell, key in enumerate(zip(cells["of_unit"], cells["variable"], strict=True)):
            if key in weights:
                of(cell).weight = weights[key]
    return (found[cell] for cell in sorted(found))


def _known(cells: Cells, column: str) -> Iterator[tuple[int, Any]]:
    """The items of a JSON array that are something, with their places."""
    items = json.loads(cells.get(column) or "[]")
    return ((place, item) for place, item in enumerate(items) if item is not None)
