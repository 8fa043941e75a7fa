"""Writes a dataset as an XLSX workbook: the sheets Data, Evidence, Codebook, Quality, Documents and Read me.

Texts become text cells, never formulas or links to elsewhere. Memory stays flat: rows go to files as they come.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from coderai.services.export.adapters.xlsx_book import Book
from coderai.services.export.adapters.xlsx_codebook import add_explaining, write_read_me
from coderai.services.export.adapters.xlsx_data import DataSheets
from coderai.services.export.adapters.xlsx_sheet import MOST_COLUMNS, MOST_ROWS
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.problems import TooLargeForSheet


def write_xlsx(dataset: Dataset, path: Path) -> None:
    """Writes the workbook; unfinished sheets are kept beside it.

    Raises:
        TooLargeForSheet: there are too many rows or columns, or a sheet becomes too large for a workbook.
    """
    _check_size(max(dataset.row_count, len(dataset.survey.documents)), len(dataset.table.columns()))
    with TemporaryDirectory(dir=path.parent, prefix="sheets-") as folder, Book(Path(folder)) as book:
        data = DataSheets(book, dataset)
        read_me = add_explaining(book, dataset)
        data.write()
        book.notes.tell(dataset)
        write_read_me(read_me, book, dataset)
        book.save(path, dataset.codebook.project_name, dataset.generated_at)


def _check_size(rows: int, columns: int) -> None:
    if rows >= MOST_ROWS or columns > MOST_COLUMNS:
        raise TooLargeForSheet(
            f"the dataset has {rows:,} rows or documents and {columns:,} columns, an XLSX sheet holds"
            f" {MOST_ROWS - 1:,} and {MOST_COLUMNS:,}: export as CSV or JSON"
        )
