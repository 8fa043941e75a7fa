"""Writes a dataset as JSON Lines: an object per row of the table, in UTF-8 (https://jsonlines.org)."""

from __future__ import annotations

import json
from pathlib import Path

from coderai.services.export.domain.cell_notes import CellNotes
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.table import Row
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable


def write_json_lines(dataset: Dataset, path: Path) -> None:
    """Every line has a key for every column, null where the cell is empty."""
    names = [column.name for column in dataset.table.columns()]
    notes = CellNotes()
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, row in enumerate(dataset.rows(), start=1):
            line = _json(names, row)
            if not encodable(line):
                _count_replaced(notes, names, row, number)
                line = as_unicode(line)
            file.write(line)
    notes.tell(dataset)


def _json(names: list[str], row: Row) -> str:
    return json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False) + "\n"


def _count_replaced(notes: CellNotes, names: list[str], row: Row, number: int) -> None:
    for name, value in zip(names, row, strict=True):
        if isinstance(value, str) and not encodable(value):
            notes.count(REPLACED, name, number)
