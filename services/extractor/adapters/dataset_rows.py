"""How units and cells stand in their tables' rows, and extractions as cells are worked out from them."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from coderai.codebook.ranges import is_range, shown
from coderai.codebook.variable import VariableType
from coderai.kit.ids import new_id
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.adapters.dataset_tables import cells
from coderai.services.extractor.domain.coding.extraction import (
    Extraction,
    Flag,
    MissingReason,
    Origin,
    Status,
    Support,
)
from coderai.services.extractor.domain.dataset.casting import Column, Stored
from coderai.services.extractor.domain.dataset.cell import Cell, Outdated
from coderai.services.extractor.domain.dataset.units import Unit

LABEL = 200
"""Most characters of a label."""
_YEAR = re.compile(r"\d{4}")
_FLAGS = {flag.value: flag for flag in Flag}
_OWNED = ("id", "workspace_id", "created_at")
CELL = [column for column in cells.c if column.name not in (*_OWNED, "project_id", "document_id", "label", "number")]
"""What `read_cell` needs."""


def unit_plain(unit: Unit) -> dict[str, Any]:
    """A unit's own columns as JSON."""
    return {
        "id": str(unit.id),
        "number": unit.number,
        "text": unit.text,
        "mentions": [asdict(span) for span in unit.mentions],
        "state": unit.state,
        "added": unit.added,
        "merged_into": None if unit.merged_into is None else str(unit.merged_into),
        "text_version": unit.text_version,
    }


def read_cell(row: Row[Any]) -> Cell:
    """The cell in a row of the columns `CELL`."""
    values = dict(row._mapping)
    values["status"] = Status(values["status"])
    values["origin"] = Origin(values["origin"])
    values["flags"] = read_flags(values["flags"])
    values["missing_reason"] = MissingReason(values["missing_reason"]) if values["missing_reason"] else None
    values["support"] = Support(values["support"]) if values["support"] else None
    values["verdict"] = Verdict(values["verdict"]) if values["verdict"] else None
    values["outdated"] = Outdated(values["outdated"]) if values["outdated"] else None
    return Cell(**values)


def read_flags(names: list[str]) -> tuple[Flag, ...]:
    """Flags by their names; one that there is no more is left out."""
    return tuple(_FLAGS[name] for name in names if name in _FLAGS)


def cell_plain(cell: Cell, kind: VariableType) -> dict[str, Any]:
    """A cell's own columns as JSON, with an id in case that it is new; `kind`: its variable's type."""
    return {
        "id": str(new_id()),
        "unit_id": str(cell.unit_id),
        "variable_id": str(cell.variable_id),
        "extraction_id": _text(cell.extraction_id),
        "job_id": _text(cell.job_id),
        "value": cell.value,
        "label": label(cell.value),
        "number": number(cell.value, kind),
        "confidence": cell.confidence,
        "status": cell.status,
        "flags": cell.flags,
        "missing_reason": cell.missing_reason or "",
        "support": cell.support or "",
        "origin": cell.origin,
        "verdict": cell.verdict or "",
        "feedback_id": _text(cell.feedback_id),
        "corrected_by": _text(cell.corrected_by),
        "asked": cell.asked,
        "settings": cell.settings,
        "model": cell.model,
        "outdated": cell.outdated or "",
    }


def _text(id: UUID | None) -> str | None:
    return None if id is None else str(id)


def label(value: Any) -> str:
    """A value as a short text: to sort, count and search by."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(label(one) for one in value)[:LABEL]
    if is_range(value):
        return shown(value)[:LABEL]
    return f"{value}".replace("\0", "")[:LABEL]


def number(value: Any, kind: VariableType) -> float | None:
    """A number, or the year of a date, to sort and count by; of several the first, of a range its lower end."""
    if isinstance(value, list):
        return number(value[0], kind) if value else None
    if is_range(value):
        return number(value["low"] if value["low"] is not None else value["high"], kind)
    if kind is VariableType.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) <= sys.float_info.max else None
    year = _YEAR.match(value) if kind is VariableType.DATE and isinstance(value, str) else None
    return float(year.group()) if year else None


STORED = ("id", "job_id", "variable_id", "value", "confidence", "status", "flags", "missing_reason", "support")
"""With origin, model and has_basis: the columns of an extraction that `read_stored` needs."""


def read_stored(row: Row[Any], column: Column | None) -> Stored:
    """The extraction in a row; `column`: its variable as its job had it, None where that is not known."""
    return Stored(
        id=row.id,
        job_id=row.job_id,
        variable_id=row.variable_id,
        value=row.value,
        confidence=row.confidence,
        status=Status(row.status),
        flags=read_flags(row.flags),
        missing_reason=MissingReason(row.missing_reason) if row.missing_reason else None,
        support=Support(row.support) if row.support else None,
        origin=Origin(row.origin),
        model=row.model,
        asked=column.asked if column else "",
        settings=column.settings if column else "",
        type=column.variable.type if column else None,
        has_basis=row.has_basis,
    )


def as_stored(id: UUID, job_id: UUID, model: str, column: Column, one: Extraction) -> Stored:
    """An extraction as it is going to be stored by a job under the same codebook."""
    return Stored(
        id=id,
        job_id=job_id,
        variable_id=column.id,
        value=one.value,
        confidence=one.confidence,
        status=one.status,
        flags=one.flags,
        missing_reason=one.missing_reason,
        support=one.support,
        origin=one.origin,
        model=model,
        asked=column.asked,
        settings=column.settings,
        type=column.variable.type,
        has_basis=one.basis is not None,
    )
