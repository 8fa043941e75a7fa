"""Reads the extractor's pages of packed cells: documents with their extractions, made a page at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, TypeVar

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.wire import from_value
from coderai.services.export.adapters.messages import (
    MATCHES,
    ORIGINS,
    REASONS,
    STATUSES,
    SUPPORTS,
    TASKS,
    VERDICTS,
    candidate_from,
)
from coderai.services.export.domain.coded import Document, Evidence, Extraction, Span

_LARGEST = 2**53
T = TypeVar("T")


def _maker(kind: type[T]) -> Callable[[Iterable[Any]], T]:
    """Makes a named tuple from its fields in their order, in half of the time that its class takes."""
    return partial(tuple.__new__, kind)  # type: ignore[type-var]


_make_extraction, _make_evidence, _make_span = _maker(Extraction), _maker(Evidence), _maker(Span)


def documents_of(pages: Iterable[pb.RowsPage]) -> Iterator[Document]:
    """All documents, each whole: what of it stands in several pages is put together."""
    parts = (document for page in pages for document in _parts(page))
    for _, group in groupby(parts, attrgetter("id")):
        document, *further = group
        if further:
            extractions = [one for part in (document, *further) for one in part.extractions]
            places = {index: place for part in (document, *further) for index, place in part.places.items()}
            document = Document(
                *(document.id, document.name, document.status, document.error, extractions),
                *(document.unread_pages, document.unsure_pages, places),
            )
        yield document


def _parts(page: pb.RowsPage) -> Iterator[Document]:
    """The documents of a page with what the page has of them."""
    units, extractions = iter(page.units), iter(_extractions(page))
    for one in page.documents:
        own = list(islice(units, one.units))
        yield Document(
            id=one.document_id,
            name=one.document_name,
            status=TASKS.get(one.status, ""),
            error=one.error,
            extractions=list(islice(extractions, sum(unit.cells for unit in own))),
            unread_pages=tuple(one.unread_pages),
            unsure_pages=tuple(one.unsure_pages),
            places={unit.entity_index: _span(unit.place) for unit in own if unit.HasField("place")},
        )


def _extractions(page: pb.RowsPage) -> Iterator[Extraction]:
    """The page's cells: column by column, as a project has 500,000 of them."""
    states = list(map(_state, page.states))
    if not states:
        return iter(())
    of_cells = zip(*map(states.__getitem__, page.cell_states), strict=True)
    status, reasons, flags, versions, supports, origins, verdicts, stale, models, reviewers, matches = of_cells
    count = len(page.cell_states)
    entities = [unit for unit in page.units for _ in range(unit.cells)]
    evidence = _evidence(page, matches)
    candidates, model_values, weights = list[Any]([()] * count), list[Any]([None] * count), [0.0] * count
    for more in page.more:
        cell = more.cell
        if more.spans:
            evidence[cell] = evidence[cell]._replace(spans=tuple(map(_span, more.spans)))
        candidates[cell] = tuple(map(candidate_from, more.candidates))
        model_values[cell] = from_value(more.model_value)
        weights[cell] = more.weight
    return map(
        _make_extraction,
        zip(
            map(page.variables.__getitem__, page.cell_variables),
            json.loads(page.values, parse_int=_whole, parse_float=_number),
            [unit.entity_index for unit in entities],
            [unit.entity_text for unit in entities],
            page.confidences,
            *(status, reasons, flags, evidence, versions, supports, origins, candidates, verdicts),
            *(model_values, stale, models, reviewers, weights),
            strict=True,
        ),
    )


def _state(state: pb.CellState) -> tuple[Any, ...]:
    return (
        *(STATUSES.get(state.status, ""), REASONS.get(state.missing_reason, ""), tuple(state.flags)),
        *(state.prompt_version, SUPPORTS.get(state.support, ""), ORIGINS.get(state.origin, "")),
        *(VERDICTS.get(state.verdict, ""), state.stale, state.model, state.reviewed_by),
        MATCHES.get(state.match, ""),
    )


def _evidence(page: pb.RowsPage, matches: Sequence[str]) -> list[Evidence]:
    first = map(_make_span, zip(page.starts, page.ends, page.pages, strict=True))
    spans = [(span,) if span[0] >= 0 else () for span in first]
    return list(map(_make_evidence, zip(page.quotes, matches, spans, strict=True)))


def _span(span: pb.EvidenceSpan) -> Span:
    return Span(span.start, span.end, span.page)


def _number(text: str) -> int | float:
    """A number as kit.wire.from_value has it: whole ones as such, as far as doubles have them all."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _LARGEST else number


def _whole(text: str) -> int | float:
    number = int(text)
    if abs(number) < _LARGEST:
        return number
    try:
        return float(number)
    except OverflowError:
        return number
