"""Writes the sheets of a workbook that go with its data: Documents, and Codebook with tables one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from coderai.language.spreadsheets import MOST_CHARACTERS
from coderai.services.export.adapters.xlsx_cells import Cells
from coderai.services.export.domain.codebook import described, facts
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar

_WIDTHS = {"Variable": 28, "Display name": 44, "Columns": 28, "Instructions": 60, "Categories": 44, "Prompt": 80}
_OTHER_WIDTH = 16
_WIDTHS_OF_DOCUMENTS = (40, 12, 12, 8, 18, 60, 18, 18)


def write_codebook_sheet(sheet: Worksheet, cells: Cells, dataset: Dataset, cut: Mapping[str, int]) -> None:
    """How the dataset came about, a row per variable, and which cells were cut.

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
        _table(sheet, cells, row, ("Column", heading), cut.items())


def write_documents_sheet(sheet: Worksheet, cells: Cells, dataset: Dataset) -> None:
    """A row per document, those first that give the dataset no values."""
    for number, width in enumerate(_WIDTHS_OF_DOCUMENTS):
        sheet.set_column(number, number, width)
    documents = sorted(dataset.survey.documents, key=lambda document: not document.reason)
    headings = ("Document", "Document id", "Status", "Rows", "Reason", "Error", "Pages not read", "Pages read unsurely")
    lines = ((d.name, d.id, d.status, d.rows, d.reason, d.error, d.unread, d.unsure) for d in documents)
    _table(sheet, cells, 0, headings, lines)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(documents), len(headings) - 1)


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
