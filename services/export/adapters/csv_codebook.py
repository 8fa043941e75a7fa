"""Writes a dataset's codebook as CSV: a row per variable, for tables of variables and for comparing codebooks."""

from __future__ import annotations

import csv
from pathlib import Path

from coderai.language.spreadsheets import neutralised
from coderai.services.export.domain.codebook import described, facts
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.quality import quality_described
from coderai.services.export.domain.unicode_text import as_unicode


def write_csv_codebook(dataset: Dataset, path: Path) -> None:
    """A header and a line per variable: its definition and quality, then how the dataset came about, in every line.

    UTF-8 with a comma between columns, whatever the options of the dataset's file, but for the byte order mark.
    """
    about: dict[str, Scalar | None] = {f"Dataset: {label}": value for label, value in facts(dataset)}
    lines = [
        described(dataset, variable) | quality_described(dataset, variable) | about
        for variable in dataset.codebook.variables
    ]
    encoding = "utf-8-sig" if dataset.options.byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_cell(label) for label in (lines[0] if lines else ["Variable", *about])])
        writer.writerows([_cell(value) for value in line.values()] for line in lines)


def _cell(value: Scalar | None) -> Scalar | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return neutralised(as_unicode(value)) if isinstance(value, str) else value
