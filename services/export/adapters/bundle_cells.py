"""Writes all cells of a dataset as JSON Lines: what is known of each, its evidence, and what else was in question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coderai.services.export.adapters.bundle_lines import write_lines
from coderai.services.export.domain.coded import Candidate, Cell, Evidence, Extraction, Unit, cell
from coderai.services.export.domain.dataset import Dataset

Plain = Mapping[str, Any]


def write_cells(dataset: Dataset, path: Path) -> None:
    """A line per cell, the rows in the order of the wide table, each with its variables in the codebook's order."""
    write_lines(dataset, path, _cells(dataset))


def _cells(dataset: Dataset) -> Iterator[Plain]:
    for unit in dataset.units():
        of_unit = _of_unit(unit)
        for variable in dataset.codebook.variables:
            shown = cell(unit, variable)
            yield {**of_unit, "variable": variable.name, **_of_cell(shown)}


def _of_unit(unit: Unit) -> Plain:
    document = unit.document
    return {
        "document_id": document.id,
        "document": document.name,
        "entity_index": unit.entity_index,
        "entity": unit.entity or None,
    }


def _of_cell(shown: Cell) -> Plain:
    """The value as the document states it: text, number, true, false, a range (codebook.ranges), or a list of them."""
    found = shown.extraction
    if found is None:
        return {"value": None, "missing_reason": shown.missing_reason}
    plain = {
        "value": found.value if found.has_value else None,
        "missing_reason": shown.missing_reason or None,
        "status": found.status or None,
        "flags": found.flags,
        "support": found.support or None,
        "origin": found.origin or None,
        "confidence": found.confidence,
        "prompt_version": found.prompt_version or None,
        "model": found.model or None,
        "verdict": found.verdict or None,
        "reviewer": found.reviewed_by or None,
        "weight": found.weight or None,
        "stale": found.stale or None,
        "evidence": _evidence(found.evidence),
    }
    return {**plain, **_in_question(found, shown)}


def _in_question(found: Extraction, shown: Cell) -> Plain:
    """What the cell does not have as its value: what the model said before a person did, and what was withheld."""
    plain = dict[str, Any]()
    if found.is_corrected:
        plain["model_value"] = found.model_value
    if found.value is None and shown.stated:
        plain["vague"] = shown.stated[0]
    if found.candidates:
        plain["candidates"] = [_candidate(one) for one in found.candidates]
    return plain


def _candidate(candidate: Candidate) -> Plain:
    return {
        "value": candidate.value,
        "confidence": candidate.confidence,
        "support": candidate.support or None,
        "evidence": _evidence(candidate.evidence),
    }


def _evidence(evidence: Evidence) -> Plain | None:
    """What was quoted; where it was found, in code points of the document's text (start, end) with the page from 1."""
    if not evidence.quoted:
        return None
    spans = [span._asdict() for span in evidence.spans]
    return {"quote": evidence.quoted, "match": evidence.match or None, "spans": spans}
