"""Writes a dataset with its codebook as one JSON object, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coderai.services.export.domain.codebook import definition, head
from coderai.services.export.domain.coded import Cell, Unit, cell
from coderai.services.export.domain.dataset import Dataset


def write_json(dataset: Dataset, path: Path) -> None:
    """The keys of domain.codebook.head, then "codebook" (an object per variable) and "rows" (an object per unit)."""
    definitions = [definition(dataset, variable) for variable in dataset.codebook.variables]
    opening = _json({**head(dataset), "codebook": definitions})
    with path.open("w", encoding="utf-8") as file:
        file.write(opening.removesuffix("}") + ', "rows": [')
        between = "\n"
        for unit in dataset.units():
            file.write(between + _json(_row(dataset, unit)))
            between = ",\n"
        file.write("\n]}\n")


def _row(dataset: Dataset, unit: Unit) -> dict[str, Any]:
    row: dict[str, Any] = {"document": unit.document.name, "document_id": unit.document.id}
    if dataset.codebook.unit.multiple:
        row |= {"entity_index": unit.entity_index or None, "entity": unit.entity or None}
    cells = {variable.name: cell(unit, variable.name) for variable in dataset.codebook.variables}
    row["values"] = {name: _value(shown, name in dataset.survey.most_values) for name, shown in cells.items()}
    row["details"] = {name: _details(shown) for name, shown in cells.items()}
    return row


def _value(shown: Cell, keeps_several: bool) -> Any:
    if not shown.values:
        return None
    return list(shown.values) if keeps_several else shown.values[0]


def _details(shown: Cell) -> dict[str, Any]:
    found = shown.extraction
    if found is None:
        return {"missing_reason": shown.missing_reason}
    return {
        "confidence": found.confidence,
        "quote": found.quote or None,
        "start": found.start,
        "end": found.end,
        "page": found.page or None,
        "match": found.match or None,
        "missing_reason": shown.missing_reason or None,
        "flags": found.flags,
        "prompt_version": found.prompt_version,
        "status": found.status,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
