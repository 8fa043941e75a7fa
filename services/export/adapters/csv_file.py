"""Writes a dataset as CSV (RFC 4180) in UTF-8.

The byte order mark before it is what makes Excel read it as UTF-8; pandas, R's readr and Python's utf-8-sig skip it.
"""

from __future__ import annotations

import csv
from pathlib import Path

from coderai.language.spreadsheets import neutralised
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar


def write_csv(dataset: Dataset, path: Path) -> None:
    """A header and a line per row; true and false in lower case, empty for missing, line breaks kept."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([neutralised(column.name) for column in dataset.table.columns()])
        writer.writerows([_text(value) for value in row] for row in dataset.rows())


def _text(value: Scalar | None) -> str | int | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return neutralised(value) if isinstance(value, str) else value
