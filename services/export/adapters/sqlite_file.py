"""Writes a dataset as one SQLite file: rows, cells, values, evidence, documents and codebook, and views over them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from coderai.codebook.ranges import ends
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable
from coderai.services.export.adapters.sqlite_schema import (
    DETAILS_OF_CELLS,
    MOST_COLUMNS,
    row_columns,
    tables,
    views,
)
from coderai.services.export.domain.cell_notes import CellNotes
from coderai.services.export.domain.codebook import definition, facts
from coderai.services.export.domain.coded import NO_EVIDENCE, Cell, Unit, cell
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

_LEAST, _MOST = -(2**63), 2**63 - 1
_UNITS_AT_A_TIME = 100
_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -16384", "page_size = 8192")
"""For a file that nobody reads before it is whole, in 16 MB of memory."""
_AS_TEXT = "a number is kept as text, as SQLite's have 64 bits"

Line = tuple[Any, ...]


def write_sqlite(dataset: Dataset, path: Path) -> None:
    """The tables and views of sqlite_schema, whatever the layout; true is 1, false 0, categories are their words."""
    columns = dataset.wide.columns()
    if len(columns) > MOST_COLUMNS:
        dataset.note(f"The view wide has {MOST_COLUMNS:,} of {len(columns):,} columns; the view long has all of it.")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for setting in _SETTINGS:
            file.execute(f"PRAGMA {setting}")
        file.executescript(tables(columns))
        file.execute("BEGIN")
        _write_codebook(file, dataset)
        _Rows(file, dataset).write()
        file.execute("COMMIT")
        file.executescript(views(columns))


def _insert(file: sqlite3.Connection, table: str, lines: Iterable[Line]) -> None:
    """Inserts lines that have a value for each column of the table."""
    lines = iter(lines)
    first = next(lines, None)
    if first is None:
        return
    marks = ", ".join("?" * len(first))
    statement = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608 - the tables' names are constants
    file.execute(statement, first)
    file.executemany(statement, lines)


def _write_codebook(file: sqlite3.Connection, dataset: Dataset) -> None:
    variables = dataset.codebook.variables
    _insert(file, "about", facts(dataset))
    _insert(file, "documents", _documents(dataset))
    _insert(file, "codebook", (_definition(dataset, n, v) for n, v in enumerate(variables, start=1)))
    _insert(
        file,
        "categories",
        (
            (variable.name, code, category.value, category.description or None)
            for variable in variables
            for code, category in enumerate(variable.categories, start=1)
        ),
    )


def _documents(dataset: Dataset) -> Iterator[Line]:
    for line in dataset.survey.documents:
        texts = (line.reason or None, line.error or None, line.unread or None, line.unsure or None)
        yield (line.id, as_unicode(line.name), line.status, line.rows, *texts)


def _definition(dataset: Dataset, position: int, variable: Variable) -> Line:
    prompt = variable.active_prompt
    told = (variable.name, position, variable.type.value, variable.display_name, variable.instructions)
    return (*told, prompt.version, prompt.text, json.dumps(definition(dataset, variable), ensure_ascii=False))


class _Rows:
    """Writes the rows, with their cells, values and evidence."""

    def __init__(self, file: sqlite3.Connection, dataset: Dataset) -> None:
        self._file = file
        self._dataset = dataset
        self._of_rows = [column.name for column in row_columns(dataset.wide.columns())]
        self._notes = CellNotes()

    def write(self) -> None:
        """Writes all units, some at a time."""
        variables = self._dataset.codebook.variables
        units = enumerate(self._dataset.units(), start=1)
        while some := list(islice(units, _UNITS_AT_A_TIME)):
            cells = [(number, variable, cell(unit, variable)) for number, unit in some for variable in variables]
            _insert(self._file, "rows", (self._row(number, unit) for number, unit in some))
            _insert(self._file, "cells", (self._cell(*found) for found in cells))
            _insert(self._file, "cell_values", (line for found in cells for line in self._values(*found)))
            _insert(self._file, "evidence", (line for found in cells for line in self._evidence(*found)))
        self._notes.tell(self._dataset)

    def _row(self, number: int, unit: Unit) -> Line:
        cells = zip(self._of_rows, self._dataset.wide.row(unit), strict=False)
        return (number, *(self._storable(value, name, number) for name, value in cells))

    def _cell(self, number: int, variable: Variable, shown: Cell) -> Line:
        details = [detail.read(shown) for detail in DETAILS_OF_CELLS]
        found = shown.extraction
        corrected = found is not None and found.is_corrected
        model_value = json.dumps(found.model_value) if found and corrected else None
        return (number, variable.name, *details, model_value, (found and found.stale) or None)

    def _values(self, number: int, variable: Variable, shown: Cell) -> Iterator[Line]:
        for position, (value, stated) in enumerate(zip(shown.values, shown.stated, strict=True), start=1):
            low, high = ends(stated) if spec(variable).ordered else (None, None)
            closed = (stated["low_closed"], stated["high_closed"]) if isinstance(stated, dict) else (None, None)
            kept = self._storable(value, variable.name, number)
            yield (number, variable.name, position, kept, _held(low)[0], _held(high)[0], *closed)

    def _evidence(self, number: int, variable: Variable, shown: Cell) -> Iterator[Line]:
        """A line per span; of a quote that the document does not have one line, without the quote."""
        evidence = shown.extraction.evidence if shown.extraction else NO_EVIDENCE
        if not evidence.match:
            return
        quote = self._storable(evidence.quote or None, variable.name, number)
        for place, span in enumerate(evidence.spans or [None], start=1):
            where = (span.page, span.start, span.end) if span else (None, None, None)
            yield (number, variable.name, place, quote, evidence.match, *where)

    def _storable(self, value: Scalar | None, column: str, number: int) -> Scalar | None:
        held, what = _held(value)
        if what:
            self._notes.count(what, column, number)
        return held


def _held(value: Scalar | None) -> tuple[Scalar | None, str]:
    """A value as SQLite can hold it, and what became of it; empty for nothing."""
    if isinstance(value, str) and not encodable(value):
        return as_unicode(value), REPLACED
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return str(value), _AS_TEXT
    return value, ""
