"""Writes the sheet Codebook of a workbook: tables one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from coderai.services.export.adapters.xlsx_cells import MOST_CHARACTERS, Cells
from coderai.services.export.domain.codebook import described, facts
from coderai.services.export.domain.coded import Scalar
from coderai.services.export.domain.dataset import Dataset

_WIDTHS = {"Variable": 28, "Display name": 44, "Columns": 28, "Instructions": 60, "Categories": 44, "Prompt": 80}
_OTHER_WIDTH = 16


def write_codebook_sheet(sheet: Worksheet, cells: Cells, dataset: Dataset, cut: Mapping[str, int]) -> None:
    """How the dataset came about, a row per variable, which cells were cut, which documents give no values.

    `cut` counts by column the cells of the data whose text was too long for a cell.
    """
    variables = [described(dataset, variable) for variable in dataset.codebook.variables]
    labels = list(variables[0]) if variables else []
    for number, label in enumerate(labels):
        sheet.set_column(number, number, _WIDTHS.get(label, _OTHER_WIDTH))
    row = _table(sheet, cells, 0, ("Codebook",), facts(dataset))
    row = _table(sheet, cells, row, labels, (found.values() for found in variables))
    if cut:
        heading = f"Cells cut at {MOST_CHARACTERS:,} characters; the formats CSV and JSON have them whole"
        row = _table(sheet, cells, row, ("Column", heading), cut.items())
    empty = dataset.survey.empty_documents
    if empty:
        headings = ("Document without values", "Document id", "Reason", "Error")
        _table(sheet, cells, row, headings, ((d.name, d.id, d.reason, d.error) for d in empty))


def _table(
    sheet: Worksheet, cells: Cells, row: int, headings: Sequence[str], lines: Iterable[Iterable[Scalar | None]]
) -> int:
    """Writes headings and lines from a row on; returns the row where the next table may begin."""
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading, cells.heading)
    for line in lines:
        row += 1
        for column, value in enumerate(line):
            cells.put(sheet, row, column, value)
    return row + 2
