"""Writes a dataset as an XLSX workbook: the sheets Data, Documents and Codebook.

Texts become text cells, never formulas or links. Memory stays flat: each row goes to a file before the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from coderai.services.export.adapters.xlsx_cells import Cells
from coderai.services.export.adapters.xlsx_codebook import write_codebook_sheet, write_documents_sheet
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.problems import TooLargeForSheet
from coderai.services.export.domain.table import Column

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of one sheet (Excel's specifications and limits)."""

_WIDTHS = {
    "DOCUMENT": 30,
    "ID": 12,
    "INDEX": 8,
    "ENTITY": 30,
    "TEXT": 40,
    "NUMBER": 14,
    "DATE": 14,
    "DAY": 14,
    "VALUE": 40,
    "WEIGHT": 14,
    "BOOLEAN": 12,
    "FLAGGED": 30,
    "CONFIDENCE": 14,
    "SOURCE": 50,
    "PAGE": 8,
    "VERSION": 14,
    "REASON": 18,
    "WORD": 14,
}


def write_xlsx(dataset: Dataset, path: Path) -> None:
    """Writes the workbook; unfinished sheets are kept beside it.

    Raises:
        TooLargeForSheet: there are too many rows or columns.
    """
    columns = dataset.table.columns()
    _check_size(max(dataset.row_count, len(dataset.survey.documents)), len(columns))
    with Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)}) as workbook:
        workbook.set_properties({"title": dataset.codebook.project_name[:255], "created": dataset.generated_at})
        data, documents, codebook = map(workbook.add_worksheet, ("Data", "Documents", "Codebook"))
        cells = Cells(workbook)
        cut = _write_data(data, cells, columns, dataset)
        write_documents_sheet(documents, cells, dataset)
        write_codebook_sheet(codebook, cells, dataset, cut)


def _check_size(rows: int, columns: int) -> None:
    if rows >= MOST_ROWS or columns > MOST_COLUMNS:
        raise TooLargeForSheet(
            f"the dataset has {rows:,} rows or documents and {columns:,} columns, an XLSX sheet holds"
            f" {MOST_ROWS - 1:,} and {MOST_COLUMNS:,}: export as CSV or JSON"
        )


def _write_data(sheet: Worksheet, cells: Cells, columns: Sequence[Column], dataset: Dataset) -> Counter[str]:
    """Writes the header and the rows; returns by column how many cells were cut."""
    for number, column in enumerate(columns):
        sheet.set_column(number, number, max(_WIDTHS[column.kind], min(len(column.name) + 4, 40)))
        sheet.write_string(0, number, column.name, cells.heading)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, dataset.row_count, len(columns) - 1)
    cut: Counter[str] = Counter()
    for number, row in enumerate(dataset.rows(), start=1):
        for position, value in enumerate(row):
            if not cells.put(sheet, number, position, value):
                cut[columns[position].name] += 1
    return cut
