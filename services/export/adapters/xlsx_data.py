"""The sheets Data and Evidence: the dataset's rows, with a link from each value to where the document states it."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name

from coderai.codebook.columns import DAY, ENDS
from coderai.services.export.adapters.xlsx_book import Book
from coderai.services.export.adapters.xlsx_evidence import Evidences
from coderai.services.export.adapters.xlsx_sheet import MOST_LINKS, WIDEST, SheetColumn
from coderai.services.export.adapters.xlsx_styles import PLAIN, STYLES, Style, shade_of
from coderai.services.export.domain.coded import Unit, cell
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.table import Column, Row

DATA = "Data"
_WIDTHS = {
    "DOCUMENT": 30,
    "ID": 12,
    "INDEX": 8,
    "ENTITY": 30,
    "TEXT": 30,
    "NUMBER": 12,
    "DATE": 12,
    "DAY": 12,
    "VALUE": 30,
    "WEIGHT": 12,
    "BOOLEAN": 12,
    "FLAGGED": 30,
    "CONFIDENCE": 12,
    "SOURCE": WIDEST,
    "PAGE": 8,
    "VERSION": 12,
    "REASON": 18,
    "WORD": 14,
}
_WIDEST_NAME = 30
_VALUES = frozenset({"", DAY, *ENDS})
_LONG_VALUES = frozenset({"value", "value_number", "value_date", "value_low", "value_high"})


class _Mark(NamedTuple):
    """How the cells look that hold one variable's values of a unit, and where they lead."""

    plain: Style
    linked: Style
    sheet: str
    """Of the evidence."""
    target: str
    """Its cell; empty without evidence."""


class _Place(NamedTuple):
    """What a column of the sheet is about."""

    letters: str
    holds_values: bool
    leads: bool
    """Whether its values lead to their evidence."""
    variable: str
    """Empty: the row's own."""


class DataSheets:
    """Writes the dataset's units to both sheets."""

    def __init__(self, book: Book, dataset: Dataset) -> None:
        """Adds the sheets to the book, with their headers."""
        columns = dataset.table.columns()
        order = sorted(range(len(columns)), key=lambda place: columns[place].kind == "ID")
        self._dataset = dataset
        self._in_order = itemgetter(*order)
        self._is_long = dataset.layout is Layout.LONG
        ordered = [columns[place] for place in order]
        self._sheet = book.sheet(DATA, [_sheet_column(column) for column in ordered], of_dataset=True)
        self._sheet.add_header()
        self._sheet.frozen = (1, 1)
        self._evidences = Evidences(book, dataset)
        self._places = [self._place(number, column) for number, column in enumerate(ordered)]
        self._variable_at = next((n for n, column in enumerate(ordered) if column.detail == "variable"), 0)
        self._letters = {place.variable: place.letters for place in reversed(self._places) if place.leads}
        self._unlinked = 0

    def write(self) -> None:
        """Writes all units."""
        for unit in self._dataset.units():
            marks = self._marks(unit)
            for row in self._dataset.table.rows(unit):
                self._add(self._in_order(row), marks)
        if self._unlinked:
            self._dataset.note(
                f"The first {MOST_LINKS:,} values lead to their evidence by a link, as a sheet has no more;"
                f" {self._unlinked:,} others are named in the column Cell of the sheet Evidence."
            )

    def _place(self, number: int, column: Column) -> _Place:
        leads = column.detail == ("value" if self._is_long else "") and (self._is_long or bool(column.variable))
        of_variable = self._is_long or bool(column.variable)
        holds_values = of_variable and column.detail in (_LONG_VALUES if self._is_long else _VALUES)
        return _Place(xl_col_to_name(number), holds_values, leads, column.variable)

    def _marks(self, unit: Unit) -> Mapping[str, _Mark]:
        """Writes the unit's evidence; gives by variable how its cells are to look."""
        marks, row = {}, self._sheet.rows + 1
        for variable in self._dataset.codebook.variables:
            shown = cell(unit, variable)
            at = f"{self._letters['' if self._is_long else variable.name]}{row}"
            target = self._evidences.add(unit, variable, shown, at)
            shade = shade_of(shown)
            marks[variable.name] = _Mark(STYLES[shade, False], STYLES[shade, True], self._evidences.name, target)
            row += shown.rows if self._is_long else 0
        return marks

    def _add(self, row: Row, marks: Mapping[str, _Mark]) -> None:
        own = str(row[self._variable_at]) if self._is_long else ""
        styles, number = [], self._sheet.rows + 1
        for place, value in zip(self._places, row, strict=True):
            if not place.holds_values:
                styles.append(PLAIN)
                continue
            mark = marks[place.variable or own]
            is_linked = place.leads and value is not None and bool(mark.target)
            if is_linked and not self._sheet.link(f"{place.letters}{number}", mark.sheet, mark.target):
                self._unlinked += 1
                is_linked = False
            styles.append(mark.linked if is_linked else mark.plain)
        self._sheet.add(row, styles)


def _sheet_column(column: Column) -> SheetColumn:
    width = _WIDTHS[column.kind]
    is_id = column.kind == "ID"
    if not is_id:
        width = max(width, min(len(column.name) + 3, _WIDEST_NAME))
    return SheetColumn(column.name, width, column.kind == "DAY", wraps=not is_id)
