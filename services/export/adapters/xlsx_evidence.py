"""The sheet Evidence: a row for each place of the documents that states a value, and which cell has that value."""

from __future__ import annotations

from coderai.codebook.ranges import shown as range_in_words
from coderai.codebook.variable import Variable
from coderai.services.export.adapters.xlsx_book import Book
from coderai.services.export.adapters.xlsx_sheet import MOST_ROWS, WIDEST, Sheet, SheetColumn
from coderai.services.export.adapters.xlsx_styles import PLAIN, PLAIN_LINK
from coderai.services.export.domain.coded import NOT_SELECTED, Cell, Extraction, Unit
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar, Stated

_ENTITY = SheetColumn("Entity", 24)
_COLUMNS = (
    SheetColumn("Cell", 9),
    SheetColumn("Variable", 24, wraps=False),
    SheetColumn("Value", 24),
    SheetColumn("Quote", WIDEST),
    SheetColumn("Page", 8),
    SheetColumn("Start", 10),
    SheetColumn("End", 10),
    SheetColumn("Match", 10),
    SheetColumn("Support", 14),
    SheetColumn("Confidence", 13),
    SheetColumn("Document", 30),
    _ENTITY,
    SheetColumn("Document id", 12, wraps=False),
)


class Evidences:
    """Writes evidence; when a sheet is full, a further one goes on."""

    def __init__(self, book: Book, dataset: Dataset) -> None:
        """Adds the first sheet to the book."""
        self._book = book
        self._multiple = dataset.codebook.unit.multiple
        self._columns = [column for column in _COLUMNS if self._multiple or column is not _ENTITY]
        self._styles = [PLAIN_LINK, *[PLAIN] * (len(self._columns) - 1)]
        self._count = 1
        self._sheet = self._new("Evidence")

    @property
    def name(self) -> str:
        """The sheet that has what was added last."""
        return self._sheet.name

    def add(self, unit: Unit, variable: Variable, shown: Cell, cell: str) -> str:
        """Adds the evidence of the value in a cell of the sheet Data; returns where it begins, empty without any."""
        found = shown.extraction
        if found is None or not found.evidence.match or shown.missing_reason == NOT_SELECTED:
            return ""
        spans = found.evidence.spans or (None,)
        if self._sheet.rows + len(spans) > MOST_ROWS:
            self._count += 1
            self._sheet = self._new(f"Evidence {self._count}", self._sheet.name)
        first = self._sheet.rows + 1
        head = [cell, variable.name, value_in_words(shown), found.evidence.quote or None]
        tail = [*_judged(found), unit.document.name]
        tail += [unit.entity or None, unit.document.id] if self._multiple else [unit.document.id]
        for span in spans:
            where = [None, None, None] if span is None else [span.page, span.start, span.end]
            is_linked = self._sheet.link(f"A{self._sheet.rows + 1}", "Data", cell)
            self._sheet.add([*head, *where, *tail], self._styles if is_linked else None)
        return f"A{first}"

    def _new(self, name: str, behind: str = "") -> Sheet:
        sheet = self._book.sheet(name, self._columns, behind=behind)
        sheet.add_header()
        return sheet


def _judged(found: Extraction) -> list[Scalar | None]:
    return [found.evidence.match, found.support or None, found.confidence if found.is_models else None]


def value_in_words(shown: Cell) -> Scalar | None:
    """A cell's value as the document states it, several in one text."""
    stated = [_in_words(value) for value in shown.stated]
    return stated[0] if len(stated) == 1 else "; ".join(map(str, stated)) or None


def _in_words(value: Stated) -> Scalar:
    if isinstance(value, bool):
        return str(value).lower()
    return range_in_words(value) if isinstance(value, dict) else value
