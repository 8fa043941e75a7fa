"""The sheets that explain a workbook's data: Codebook, Quality, Documents and Read me."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from textwrap import wrap

from coderai.services.export.adapters.xlsx_book import Book
from coderai.services.export.adapters.xlsx_sheet import WIDEST, Sheet, SheetColumn
from coderai.services.export.adapters.xlsx_styles import COLOURS, HEADING, PLAIN, STYLES, TITLE
from coderai.services.export.domain.codebook import described, facts
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.quality import quality_described

_WIDTHS = {"Variable": 28, "Display name": WIDEST, "Columns": 28} | dict.fromkeys(
    ("Instructions", "Categories", "Prompt", "Depends on", "Golden examples"), WIDEST
)
_OTHER_WIDTH = 16
_BUTTON = 4
"""Characters that the filter in a heading takes."""
_OF_DOCUMENTS = (
    SheetColumn("Document", WIDEST),
    SheetColumn("Status", 12),
    SheetColumn("Rows", 8),
    SheetColumn("Reason", 18),
    SheetColumn("Error", WIDEST),
    SheetColumn("Pages not read", 18),
    SheetColumn("Pages read unsurely", 18),
    SheetColumn("Document id", 12, wraps=False),
)
_OF_READ_ME = (SheetColumn("", WIDEST, wraps=False), *[SheetColumn("", 20, wraps=False)] * 5)
_READ_ME = "Read me"
_LINE = 110
"""Characters of a line of the sheet Read me: it runs over the empty cells beside it."""
SHEETS: Mapping[str, str] = {
    "Data": "the dataset",
    "Evidence": "for each value the words of the document that state it, and where they stand",
    "Codebook": "what each variable means, and how it is asked for",
    "Quality": "how well each variable was coded, counted over all rows, and estimated from cells that people judged",
    "Documents": "what became of each document, those first that give the dataset no values",
    "Long texts": "texts that are too long for a cell, in parts; there only if there are any",
}
_READING = (
    "An empty cell is missing. Why it is missing is in the column x_missing, where that was asked for.",
    "A value in blue leads to its evidence, and the cell named there leads back.",
    "Start and End of evidence count characters of the document's text from 0.",
    "Dates that are known only to the month or year are texts (2021-03), with whole dates in the column x_date.",
    "Texts that begin like a formula are texts, and none is ever run.",
)


def add_explaining(book: Book, dataset: Dataset) -> Sheet:
    """Adds the sheets, all but the last one with what they hold; returns that, Read me, for `write_read_me`."""
    variables = dataset.codebook.variables
    _add_table(book, "Codebook", [described(dataset, variable) for variable in variables])
    _add_table(book, "Quality", [quality_described(dataset, variable) for variable in variables])
    _add_documents(book, dataset)
    return book.sheet(_READ_ME, _OF_READ_ME)


def write_read_me(sheet: Sheet, book: Book, dataset: Dataset) -> None:
    """Writes what the workbook is, how to read it, and what it could not hold."""
    present = {one.name for one in book.sheets}
    sheet.add([dataset.codebook.project_name], [TITLE])
    _add_heading(sheet, "How the dataset came about")
    for label, value in facts(dataset):
        _add_lines(sheet, label, value)
    _add_heading(sheet, "Sheets")
    for name, about in SHEETS.items():
        if name in present:
            _add_lines(sheet, name, about)
    _add_heading(sheet, "How to read it")
    for text in _READING:
        _add_text(sheet, text)
    for shade, (_, meaning) in COLOURS.items():
        sheet.add([shade.capitalize(), meaning], [STYLES[shade, False], PLAIN])
    if dataset.notes:
        _add_heading(sheet, "What to know of it")
    for note in dataset.notes:
        _add_text(sheet, note)


def _add_table(book: Book, name: str, lines: Sequence[Mapping[str, Scalar | None]]) -> None:
    """A sheet with a row for each variable, and a column for each label."""
    labels = list(lines[0]) if lines else ["Variable"]
    sheet = book.sheet(name, [SheetColumn(label, _width(label)) for label in labels])
    sheet.add_header()
    sheet.frozen = (1, 1)
    for line in lines:
        sheet.add(line.values())


def _width(label: str) -> int:
    return _WIDTHS.get(label, min(WIDEST, max(_OTHER_WIDTH, len(label) + _BUTTON)))


def _add_documents(book: Book, dataset: Dataset) -> None:
    """A row per document, those first that give the dataset no values."""
    sheet = book.sheet("Documents", _OF_DOCUMENTS)
    sheet.add_header()
    for found in sorted(dataset.survey.documents, key=lambda document: not document.reason):
        texts = (found.reason or None, found.error or None, found.unread or None, found.unsure or None)
        sheet.add((found.name, found.status, found.rows, *texts, found.id))


def _add_heading(sheet: Sheet, text: str) -> None:
    sheet.add(())
    sheet.add([text, *[None] * (len(_OF_READ_ME) - 1)], [HEADING] * len(_OF_READ_ME))


def _add_lines(sheet: Sheet, label: str, value: Scalar) -> None:
    """A label, and beside it a value, a long text in lines below each other."""
    lines: list[Scalar] = [value]
    if isinstance(value, str):
        lines = [line for paragraph in value.splitlines() for line in wrap(paragraph, _LINE)]
    for pair in zip_longest(wrap(label, WIDEST), lines):
        sheet.add(pair)


def _add_text(sheet: Sheet, text: str) -> None:
    """A sentence, a long one in lines below each other."""
    for line in wrap(text, _LINE, subsequent_indent="   "):
        sheet.add([line])
