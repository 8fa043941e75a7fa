"""Any documents with any cells come out of the extractor's pages as they went in, however they are cut into pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.ranges import make_range
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.services.export.adapters.messages import WORDS
from coderai.services.export.adapters.packed_rows import documents_of
from coderai.services.export.domain.coded import NO_EVIDENCE, Candidate, Document, Evidence, Extraction, Span
from coderai.services.extractor.queries.packed_rows import pack

_ROOT = UUID(int=7)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not (number.is_integer() and abs(number) < 2**53)
)
_ENDS = st.builds(make_range, _NUMBERS, _NUMBERS | st.none())
_ONE = _TEXTS | _NUMBERS | st.booleans() | _ENDS
_VALUES = st.none() | _ONE | st.lists(_ONE, max_size=3)
_SPANS = st.lists(st.builds(Span, st.integers(0, 9), st.integers(9, 20), st.integers(1, 3)), max_size=3).map(tuple)
_EVIDENCE = st.just(NO_EVIDENCE) | st.builds(Evidence, _TEXTS, st.sampled_from(WORDS.matches), _SPANS)
_CANDIDATES = st.builds(Candidate, _ONE, st.floats(0, 1), _EVIDENCE, st.sampled_from(["", *WORDS.supports]))
_IDS = st.sampled_from(["", str(UUID(int=1)), str(UUID(int=2))])


@st.composite
def _cells(draw: st.DrawFn, index: int, variable: str) -> Extraction:
    def of(words: Sequence[str]) -> str:
        return draw(st.sampled_from(["", *words]))

    value = draw(_VALUES)
    return Extraction(
        variable,
        value,
        index,
        f"entity {index}" if index else "",
        draw(st.floats(0, 1)),
        of(WORDS.statuses),
        of([word for word in WORDS.reasons if word not in ("NOT_PROCESSED", "NOT_SELECTED")]),
        tuple(draw(st.lists(st.sampled_from(["AMBIGUOUS", "UNCHECKED"]), unique=True))),
        draw(_EVIDENCE),
        draw(st.integers(0, 3)),
        of(WORDS.supports),
        of(WORDS.origins),
        tuple(draw(st.lists(_CANDIDATES, max_size=2))) if value is None else (),
        of(WORDS.verdicts),
        draw(_VALUES),
        of(["NEVER_ASKED"]),
        of(["openai:small", "offline"]),
        draw(_IDS),
        draw(st.sampled_from([0.0, 2.5])),
    )


@st.composite
def _documents(draw: st.DrawFn) -> list[Document]:
    made = []
    for number in range(draw(st.integers(0, 4))):
        indexes = draw(st.sampled_from([(), (0,), (1, 2), (1, 2, 3)]))
        names = draw(st.lists(st.sampled_from(["place", "injured", "day"]), min_size=1, unique=True))
        cells = [draw(_cells(index, name)) for index in indexes for name in names]
        places = {index: Span(index, index + 4, 1) for index in indexes if index and draw(st.booleans())}
        pages = st.lists(st.integers(1, 9), max_size=2).map(tuple)
        id = str(uuid5(_ROOT, str(number)))
        made.append(Document(id, f"{number}.txt", "DONE", draw(_TEXTS), cells, draw(pages), draw(pages), places))
    return made


@given(_documents(), st.integers(1, 7))
def test_any_cells_come_out_as_they_went_in(documents: list[Document], at_a_time: int) -> None:
    found = list(documents_of(map(_over_the_wire, _pages(documents, at_a_time))))
    assert found == documents
    for before, after in zip(documents, found, strict=True):
        for cell, same in zip(before.extractions, after.extractions, strict=True):
            assert list(map(type, cell)) == list(map(type, same))


def _over_the_wire(page: pb.RowsPage) -> pb.RowsPage:
    return pb.RowsPage.FromString(page.SerializeToString())


def _pages(documents: Sequence[Document], at_a_time: int) -> list[pb.RowsPage]:
    """Pages of so many cells; a document without any stands in one of its own."""
    found = []
    for document in documents:
        for first in range(0, max(1, len(document.extractions)), at_a_time):
            found.append(_page(document, document.extractions[first : first + at_a_time]))
    return found


def _page(document: Document, cells: Sequence[Extraction]) -> pb.RowsPage:
    """The page with cells of a document, from the columns that the database gives."""
    head: dict[str, Any] = {"document_id": document.id, "document_name": document.name, "status": document.status}
    head |= {"error": document.error, "unread_pages": document.unread_pages, "unsure_pages": document.unsure_pages}
    rows = [_row(document, cell) for cell in cells]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in _row(document, Extraction("", None))}
    for name in ("value", "candidates", "model_value", "spans"):
        columns[name] = json.dumps(columns[name]) if rows else None
    weights = {(_unit(document, one), one.variable): one.weight for one in cells if one.weight}
    return pack([head], columns, weights)


def _unit(document: Document, cell: Extraction) -> UUID:
    return uuid5(UUID(document.id), str(cell.entity_index))


def _row(document: Document, cell: Extraction) -> dict[str, Any]:
    names = ("variable", "value", "entity_index", "confidence", "status", "missing_reason", "support", "origin")
    row = {name: getattr(cell, name) for name in (*names, "verdict", "prompt_version", "model", "stale", "model_value")}
    row |= {"document_id": UUID(document.id), "of_unit": _unit(document, cell), "entity_text": cell.entity}
    row |= {"flags": ",".join(cell.flags), "reviewed_by": UUID(cell.reviewed_by) if cell.reviewed_by else None}
    row |= _of_evidence(cell.evidence)
    row |= {"candidates": [_candidate(one) for one in cell.candidates] or None}
    place = document.places.get(cell.entity_index)
    return row | {f"place_{name}": place and getattr(place, name) for name in ("start", "end", "page")}


def _of_evidence(evidence: Evidence) -> dict[str, Any]:
    first = evidence.spans[0] if evidence.spans else Span(-1, 0, 0)
    several = [span._asdict() for span in evidence.spans] if len(evidence.spans) > 1 else None
    return {"match": evidence.match, "quote": evidence.quoted, **first._asdict(), "spans": several}


def _candidate(one: Candidate) -> Mapping[str, Any]:
    evidence = None
    if one.evidence.match:
        first = one.evidence.spans[0]._asdict() if one.evidence.spans else {}
        spans = [span._asdict() for span in one.evidence.spans]
        evidence = {"quote": one.evidence.quoted, "match": one.evidence.match, **first, "spans": spans}
    return {"value": one.value, "confidence": one.confidence, "evidence": evidence, "support": one.support}
