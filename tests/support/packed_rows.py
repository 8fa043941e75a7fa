"""The extractor's pages of rows as tests look at them, document by document and message by message, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.wire import enum_names, from_plain, to_plain
from coderai.services.extractor.queries.packed_rows import pack

_EMPTY: Mapping[str, Any] = {"match": "", "quote": "", "start": -1, "end": 0, "page": 0}


@dataclass(frozen=True)
class EntityPlace:
    """Where a document first mentions an entity."""

    entity_index: int
    start: int
    end: int
    page: int


@dataclass(frozen=True)
class CellWeight:
    """How many cells a cell stands for."""

    variable: str
    weight: float
    entity_index: int = 0


@dataclass
class DocumentRows:
    """A document, or what a page has of it."""

    document_id: str
    document_name: str
    status: Any = pb.TASK_STATUS_DONE
    error: str = ""
    extractions: list[pb.Extraction] = field(default_factory=list)
    unread_pages: Sequence[int] = ()
    unsure_pages: Sequence[int] = ()
    entities: list[EntityPlace] = field(default_factory=list)
    weights: list[CellWeight] = field(default_factory=list)


def unpacked(page: pb.RowsPage) -> Iterator[DocumentRows]:
    """What a page has of its documents."""
    units, cells = iter(page.units), iter(range(len(page.cell_states)))
    more = {one.cell: one for one in page.more}
    values = json.loads(page.values)
    for head in page.documents:
        found = DocumentRows(head.document_id, head.document_name, head.status, head.error)
        found.unread_pages, found.unsure_pages = list(head.unread_pages), list(head.unsure_pages)
        for unit in islice(units, head.units):
            if unit.HasField("place"):
                place = unit.place
                found.entities.append(EntityPlace(unit.entity_index, place.start, place.end, place.page))
            for cell in islice(cells, unit.cells):
                one = _extraction(page, unit, cell, values[cell], more.get(cell, pb.CellMore()))
                found.extractions.append(one)
                if cell in more and more[cell].weight:
                    found.weights.append(CellWeight(one.variable, more[cell].weight, unit.entity_index))
        yield found
    assert next(units, None) is None and next(cells, None) is None


def _extraction(page: pb.RowsPage, unit: pb.RowsUnit, cell: int, value: Any, more: pb.CellMore) -> pb.Extraction:
    state = to_plain(page.states[page.cell_states[cell]])
    own: dict[str, Any] = {name: found for name, found in state.items() if name != "match"}
    own |= {"variable": page.variables[page.cell_variables[cell]], "confidence": page.confidences[cell]}
    own |= {"entity_index": unit.entity_index, "entity_text": unit.entity_text, "value": value}
    own |= {name: found for name, found in to_plain(more).items() if name in ("candidates", "model_value")}
    if state["match"]:
        evidence = {"match": state["match"], "quote": page.quotes[cell], "page": page.pages[cell]}
        if page.starts[cell] >= 0:
            evidence |= {"start": page.starts[cell], "end": page.ends[cell]}
        own["evidence"] = evidence | {"spans": to_plain(more)["spans"]}
    return from_plain(pb.Extraction, own)


def packed(documents: Iterable[DocumentRows]) -> pb.RowsPage:
    """A page with these documents."""
    heads, cells, weights = list[dict[str, Any]](), list[dict[str, Any]](), dict[tuple[UUID, str], float]()
    for one in documents:
        status = enum_names(pb.TaskStatus.DESCRIPTOR)[one.status]
        heads.append({"document_id": one.document_id, "document_name": one.document_name, "status": status})
        heads[-1] |= {"error": one.error, "unread_pages": one.unread_pages, "unsure_pages": one.unsure_pages}
        places = {place.entity_index: place for place in one.entities}
        cells += [_cell(one, extraction, places) for extraction in one.extractions]
        weights |= {(_unit(one, weight.entity_index), weight.variable): weight.weight for weight in one.weights}
    names = cells[0] if cells else _cell(DocumentRows(str(UUID(int=0)), ""), pb.Extraction(), {})
    columns: dict[str, Any] = {name: [cell[name] for cell in cells] for name in names}
    as_json = ("value", "candidates", "model_value", "spans")
    return pack(heads, columns | {name: json.dumps(columns[name]) for name in as_json}, weights)


def _unit(document: DocumentRows, index: int) -> UUID:
    return uuid5(UUID(document.document_id), str(index))


def _cell(document: DocumentRows, one: pb.Extraction, places: Mapping[int, EntityPlace]) -> dict[str, Any]:
    """A cell's columns, as the database gives them."""
    plain, place = to_plain(one, nulls=False), places.get(one.entity_index)
    evidence = plain.get("evidence") or {}
    spans = evidence.get("spans") or []
    own = {name: plain.get(name) or "" for name in ("variable", "entity_text", "origin", "stale", "model")}
    own |= {name: plain.get(name) or "" for name in ("status", "missing_reason", "support", "verdict")}
    own |= {"document_id": UUID(document.document_id), "of_unit": _unit(document, one.entity_index)}
    own |= {"entity_index": one.entity_index, "confidence": one.confidence, "prompt_version": one.prompt_version}
    own |= {"flags": ",".join(one.flags), "reviewed_by": UUID(one.reviewed_by) if one.reviewed_by else None}
    own |= {name: evidence.get(name, empty) for name, empty in _EMPTY.items()}
    own |= {"value": plain.get("value"), "candidates": plain["candidates"] or None, "spans": spans[1:] and spans}
    own["spans"] = own["spans"] or None
    own["model_value"] = plain.get("model_value") if one.corrected_by else None
    own |= {f"place_{name}": place and getattr(place, name) for name in ("start", "end", "page")}
    return own
