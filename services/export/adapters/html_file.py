"""Writes a dataset as one page that a browser shows without a network: the table, each value's quote in its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from coderai.codebook.types import spec
from coderai.services.export.adapters.html_cells import further_details, plain_document, plain_row
from coderai.services.export.adapters.html_choice import Chosen
from coderai.services.export.adapters.html_page import closing, opening, packed_block, plain_block
from coderai.services.export.domain.codebook import described, facts
from coderai.services.export.domain.coded import Unit
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.quality import quality_described

_ROWS = 200
"""Rows of a block, and those of its last document."""
_WIDE_ONLY = "The page has a row per unit of observation, whatever the layout."
Block = dict[str, Any]


def write_html(dataset: Dataset, path: Path) -> None:
    """Writes the texts and rows as packed blocks, one after the other, and behind them what the page says of them."""
    chosen = Chosen.of(dataset)
    for note in (*([_WIDE_ONLY] if dataset.layout is Layout.LONG else ()), *chosen.notes):
        dataset.note(note)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(opening(dataset.codebook.project_name))
        for number, group in enumerate(chosen.groups):
            file.write(packed_block(f"texts-{number}", [_text(dataset, id) for id in group]))
        blocks = 0
        for blocks, block in enumerate(_blocks(dataset, chosen), start=1):
            file.write(packed_block(f"rows-{blocks - 1}", block))
        file.write(plain_block("about", _about(dataset, chosen, blocks)))
        file.write(closing())


def _text(dataset: Dataset, document_id: str) -> str:
    return "" if dataset.texts is None else dataset.texts.text(document_id)


def _blocks(dataset: Dataset, chosen: Chosen) -> Iterator[Block]:
    """Documents with their rows, some at a time."""
    details = further_details(dataset)
    documents, count = list[Block](), 0
    for document_id, found in groupby(_units(dataset, chosen), key=lambda unit: unit.document.id):
        rows = list(found)
        document = plain_document(dataset, rows[0].document, chosen.places.get(document_id))
        documents.append(document | {"rows": [plain_row(dataset, unit, details) for unit in rows]})
        count += len(rows)
        if count >= _ROWS:
            yield {"documents": documents}
            documents, count = [], 0
    if documents:
        yield {"documents": documents}


def _units(dataset: Dataset, chosen: Chosen) -> Iterator[Unit]:
    return (unit for unit in dataset.units() if unit.document.id in chosen.documents)


def _about(dataset: Dataset, chosen: Chosen, blocks: int) -> Block:
    """What the page says of the dataset."""
    counted = dataset.survey
    return {
        "project": dataset.codebook.project_name,
        "generated": dataset.generated_at.isoformat(timespec="minutes"),
        "rows": counted.rows,
        "documents": sum(line.rows > 0 for line in counted.documents),
        "shown": len(chosen.documents),
        "entities": dataset.codebook.unit.multiple,
        "unit": dataset.codebook.unit.row_is,
        "blocks": blocks,
        "details": [detail.label for detail in further_details(dataset)],
        "variables": [_variable(dataset, number) for number in range(len(dataset.codebook.variables))],
        "facts": facts(dataset),
        "notes": list(dataset.notes),
        "without_values": [[line.name, f"{line.reason} {line.error}".strip()] for line in counted.empty_documents],
        "unread": [[line.name, line.unread] for line in counted.unread_documents],
        "unsure": [[line.name, line.unsure] for line in counted.unsure_documents],
    }


def _variable(dataset: Dataset, number: int) -> Block:
    variable = dataset.codebook.variables[number]
    told = described(dataset, variable) | quality_described(dataset, variable)
    return {
        "name": variable.name,
        "label": variable.display_name or variable.name,
        "type": variable.type,
        "ordered": spec(variable).ordered,
        "instructions": variable.instructions,
        "categories": [category.value for category in variable.categories],
        "codebook": _told(list(told.items())),
    }


def _told(items: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(label, value) for label, value in items if value not in (None, "")]
