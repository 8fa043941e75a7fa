"""Writes a dataset with its codebook as one JSON object, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from coderai.codebook.ranges import is_range
from coderai.services.export.domain.codebook import codebook
from coderai.services.export.domain.coded import Candidate, Cell, Evidence, Unit, cell
from coderai.services.export.domain.codes import Codes
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import any_with_ends
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable


def write_json(dataset: Dataset, path: Path) -> None:
    """The keys of domain.codebook.codebook, then "rows": an object per unit; in the long layout per value."""
    opening = _json(codebook(dataset))
    replaced = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(opening.removesuffix("}") + ', "rows": [')
        between = "\n"
        for one in _rows(dataset):
            row = _json(one)
            replaced += not encodable(row)
            file.write(between + as_unicode(row))
            between = ",\n"
        file.write("\n]}\n")
    if replaced:
        dataset.note(f"In {replaced:,} rows {REPLACED}.")


def _rows(dataset: Dataset) -> Iterator[dict[str, Any]]:
    if dataset.layout is Layout.WIDE:
        return (_row(dataset, unit) for unit in dataset.units())
    names = [column.name for column in dataset.table.columns()]
    return (dict(zip(names, row, strict=True)) for row in dataset.rows())


def _row(dataset: Dataset, unit: Unit) -> dict[str, Any]:
    row: dict[str, Any] = {"document": unit.document.name, "document_id": unit.document.id}
    if dataset.codebook.unit.multiple:
        place = unit.place
        row |= {"entity_index": unit.entity_index or None, "entity": unit.entity or None}
        row["entity_place"] = place and place._asdict()
    cells = {variable.name: cell(unit, variable) for variable in dataset.codebook.variables}
    several = dataset.survey.most_values
    row["values"] = {
        name: _value(_coded(shown.values, dataset.codes.get(name)), name in several) for name, shown in cells.items()
    }
    row["details"] = {name: _details(dataset, shown, name in several) for name, shown in cells.items()}
    return row


def _coded(values: Sequence[Any], codes: Codes | None) -> Sequence[Any]:
    return values if codes is None else [codes.get(value) for value in values]


def _value(values: Sequence[Any], keeps_several: bool) -> Any:
    if not values:
        return None
    return list(values) if keeps_several else values[0]


def _details(dataset: Dataset, shown: Cell, keeps_several: bool) -> dict[str, Any]:
    found = shown.extraction
    if found is None:
        return {"missing_reason": shown.missing_reason}
    details = {
        "confidence": None if found.is_corrected else found.confidence,
        **_evidence(found.evidence),
        "support": found.support or None,
        "origin": found.shown_origin or None,
        "missing_reason": shown.missing_reason or None,
        "flags": found.flags,
        "prompt_version": found.prompt_version,
        "model": found.model or None,
        "status": found.status,
    }
    if dataset.job is None:
        details |= {"verdict": found.verdict or None, "stale": found.stale or None}
    if dataset.options.reviewer:
        details["reviewer"] = found.reviewed_by or None
    if dataset.options.weight:
        details["weight"] = found.weight or None
    if found.is_corrected:
        details["model_value"] = found.model_value
    if any_with_ends(shown.stated):
        ranges = [value if is_range(value) else None for value in shown.stated]
        details["range"] = _value(ranges, keeps_several)
    if dataset.options.candidates and found.candidates:
        details["candidates"] = [_candidate(candidate) for candidate in found.candidates]
    return details


def _evidence(evidence: Evidence) -> dict[str, Any]:
    """With the offsets of the first span beside the quote, as most quotes have but one."""
    first = evidence.spans[0] if evidence.spans else None
    return {
        "quote": evidence.quote or None,
        "start": first and first.start,
        "end": first and first.end,
        "page": evidence.page or None,
        "match": evidence.match or None,
        "spans": [span._asdict() for span in evidence.spans],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "value": candidate.value,
        "confidence": candidate.confidence,
        **_evidence(candidate.evidence),
        "support": candidate.support or None,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
