"""A dataset's rows as the page's script reads them: plain values with short keys, of which absent ones are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.ranges import End, ends, is_range, shown
from coderai.codebook.variable import Variable
from coderai.services.export.adapters.xlsx_styles import Shade, shade_of
from coderai.services.export.domain.coded import Candidate, Cell, Document, Evidence, Extraction, Span, Unit, cell
from coderai.services.export.domain.codes import Codes
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.details import DETAILS, Detail
from coderai.services.export.domain.ends import Scalar, Stated

_ALWAYS = ("confidence", "source", "page", "missing_reason", "status", "flags")
"""Details that the page shows whatever was asked for: it is there to show them."""
Plain = dict[str, Any]


def further_details(dataset: Dataset) -> list[Detail]:
    """The details that are shown because the options ask for them."""
    options = dataset.options
    return [one for option, one in DETAILS.items() if option not in _ALWAYS and getattr(options, option)]


def plain_document(dataset: Dataset, document: Document, place: tuple[int, int] | None) -> Plain:
    """`place`: the number of the group that has its text, and of the text in that."""
    read = None if dataset.texts is None else dataset.texts.document(document.id)
    pages = [] if read is None else [[page.number, page.start] for page in read.pages]
    return _without_absent(
        {
            "id": document.id,
            "name": document.name,
            "language": "" if read is None else read.language,
            "pages": pages if len(pages) > 1 else [],
            "text": place,
            "status": "" if document.status == "DONE" else document.status,
            "error": document.error,
            "unread": document.unread_pages,
            "unsure": document.unsure_pages,
        }
    )


def plain_row(dataset: Dataset, unit: Unit, details: Sequence[Detail]) -> Plain:
    """A unit: its entity, where the text mentions that, and a cell for each variable of the codebook."""
    cells = [
        _plain_cell(dataset, variable, cell(unit, variable), dataset.codes.get(variable.name), details)
        for variable in dataset.codebook.variables
    ]
    place = unit.place
    row = {"entity": unit.entity, "place": place and _plain_span(place), "cells": cells}
    return _without_absent(row)


def _plain_cell(
    dataset: Dataset, variable: Variable, found: Cell, codes: Codes | None, details: Sequence[Detail]
) -> Plain:
    """ "v" values, "k" what they are sorted by, "m" missing reason, "z" shade, and from where they come."""
    plain = {
        "v": [_words(stated, codes) for stated in found.stated],
        "k": _keys(found),
        "m": found.missing_reason,
        "z": _shade(found),
    }
    extraction = found.extraction
    if extraction is not None:
        plain |= _plain_extraction(extraction, found.flags)
        plain["x"] = _further(found, details)
        if dataset.options.candidates:
            plain["a"] = [_plain_candidate(candidate, codes) for candidate in extraction.candidates]
        if extraction.is_corrected:
            plain["w"] = _any_words(extraction.model_value, codes)
    return _without_absent(plain)


def _plain_extraction(found: Extraction, flags: Sequence[str]) -> Plain:
    return {
        "c": found.confidence if found.is_models else None,
        "s": found.status,
        "f": list(flags),
        "o": found.shown_origin if found.shown_origin != "EXTRACTED" else "",
        "t": found.stale,
        **_plain_evidence(found.evidence),
    }


def _plain_evidence(evidence: Evidence) -> Plain:
    """ "q" the quote, "h" how it was found, "p" its spans in code points of the text."""
    return {
        "q": evidence.quoted,
        "h": evidence.match if evidence.match != "EXACT" else "",
        "p": [_plain_span(span) for span in evidence.spans],
    }


def _plain_span(span: Span) -> list[int]:
    return [span.start, span.end, span.page]


def _plain_candidate(candidate: Candidate, codes: Codes | None) -> Plain:
    return _without_absent(
        {
            "v": _any_words(candidate.value, codes),
            "c": candidate.confidence,
            "u": candidate.support,
            **_plain_evidence(candidate.evidence),
        }
    )


def _further(found: Cell, details: Sequence[Detail]) -> list[Scalar | None]:
    read = [_rounded(detail.read(found)) for detail in details]
    return read if any(value is not None for value in read) else []


def _rounded(value: Scalar | None) -> Scalar | None:
    return round(value, 4) if isinstance(value, float) else value


def _shade(found: Cell) -> str:
    shade = shade_of(found)
    return "" if shade in (Shade.PLAIN, Shade.MISSING) else shade.lower()


def _any_words(value: Any, codes: Codes | None) -> list[str]:
    if value is None:
        return []
    return [_words(one, codes) for one in (value if isinstance(value, list) else [value])]


def _words(value: Stated, codes: Codes | None) -> str:
    if isinstance(value, Mapping):
        return shown(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if codes is not None and value in codes:
        return str(codes[value])  # type: ignore[index]
    return str(value)


def _keys(found: Cell) -> list[End]:
    """Of values with two ends: what the column has of each, or the end that is known; none where no value has two."""
    if not any(map(is_range, found.stated)):
        return []
    both = zip(found.values, found.stated, strict=True)
    return [_end(stated) if value is None else value for value, stated in both]


def _end(stated: Stated) -> End:
    low, high = ends(stated)
    return high if low is None else low


def _without_absent(plain: Plain) -> Plain:
    return {name: value for name, value in plain.items() if value is not None and value not in ("", [], ())}
