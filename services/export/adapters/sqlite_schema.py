"""The tables of a SQLite file with a dataset, and the views `wide` and `long` over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coderai.codebook.columns import DAY, ENDS
from coderai.services.export.domain.details import DETAILS
from coderai.services.export.domain.storage import Storage, storage_of_kind
from coderai.services.export.domain.table import Column

MOST_COLUMNS = 2_000
"""Of a view (https://www.sqlite.org/limits.html)."""
OF_EVIDENCE = ("quote", "page")
"""The details that the table of evidence has, not the one of cells."""
DETAILS_OF_CELLS = [detail for detail in DETAILS.values() if detail.name not in OF_EVIDENCE]

_TYPES = {Storage.NUMBER: "REAL", Storage.WHOLE: "INTEGER"}

_TABLES = """
CREATE TABLE about (label TEXT PRIMARY KEY, value);
CREATE TABLE documents (
    document_id TEXT PRIMARY KEY, document TEXT NOT NULL, status TEXT NOT NULL, row_count INTEGER NOT NULL,
    reason TEXT, error TEXT, pages_not_read TEXT, pages_read_unsurely TEXT
);
CREATE TABLE codebook (
    variable TEXT PRIMARY KEY, position INTEGER NOT NULL, type TEXT NOT NULL, label TEXT, instructions TEXT,
    prompt_version INTEGER, prompt TEXT, definition TEXT NOT NULL
);
CREATE TABLE categories (
    variable TEXT NOT NULL REFERENCES codebook, code INTEGER NOT NULL, category TEXT NOT NULL, description TEXT,
    PRIMARY KEY (variable, code)
) WITHOUT ROWID;
CREATE TABLE rows (row_id INTEGER PRIMARY KEY, {rows});
CREATE TABLE cells (
    row_id INTEGER NOT NULL REFERENCES rows, variable TEXT NOT NULL REFERENCES codebook,
    {cells}, model_value TEXT, stale TEXT, PRIMARY KEY (row_id, variable)
) WITHOUT ROWID;
CREATE TABLE cell_values (
    row_id INTEGER NOT NULL, variable TEXT NOT NULL, position INTEGER NOT NULL,
    value, low, high, low_closed INTEGER, high_closed INTEGER,
    PRIMARY KEY (row_id, variable, position), FOREIGN KEY (row_id, variable) REFERENCES cells
) WITHOUT ROWID;
CREATE TABLE evidence (
    row_id INTEGER NOT NULL, variable TEXT NOT NULL, span INTEGER NOT NULL,
    quote TEXT, match TEXT NOT NULL, page INTEGER, start_offset INTEGER, end_offset INTEGER,
    PRIMARY KEY (row_id, variable, span), FOREIGN KEY (row_id, variable) REFERENCES cells
) WITHOUT ROWID;
"""
_LONG = """
CREATE VIEW long AS
SELECT r.*, c.variable, v.position, v.value, v.low, v.high, {details}, e.quote, e.page
FROM cells c JOIN rows r USING (row_id) JOIN codebook k USING (variable)
LEFT JOIN cell_values v ON v.row_id = c.row_id AND v.variable = c.variable
LEFT JOIN evidence e ON e.row_id = c.row_id AND e.variable = c.variable AND e.span = 1
ORDER BY r.row_id, k.position, v.position;
"""


def row_columns(columns: Sequence[Column]) -> list[Column]:
    """Those of the wide table's columns that are about the row itself; they come first."""
    return [column for column in columns if not column.variable]


def tables(columns: Sequence[Column]) -> str:
    """Makes the tables for rows of a wide table with these columns."""
    rows = (f"{_name(column.name)} {_declared(column)}" for column in row_columns(columns))
    cells = (f"{_name(detail.name)} {_type(detail.kind)}" for detail in DETAILS_OF_CELLS)
    return _TABLES.format(rows=", ".join(rows), cells=", ".join(cells))


def views(columns: Sequence[Column]) -> str:
    """Makes the views; `wide` has the first 2,000 of the columns."""
    details = ", ".join(f"c.{_name(detail.name)}" for detail in DETAILS_OF_CELLS)
    selected = ",\n".join(list(_selected(columns))[:MOST_COLUMNS])
    return f"CREATE VIEW wide AS SELECT {selected}\nFROM rows r ORDER BY r.row_id;{_LONG.format(details=details)}"


def _selected(columns: Sequence[Column]) -> Iterator[str]:
    """What the view `wide` selects for each column; of a variable's values the first, second ... in their order."""
    position: dict[str, int] = {}
    for column in columns:
        if column.variable and not column.detail:
            position[column.variable] = position.get(column.variable, 0) + 1
        yield f"{_selected_one(column, position.get(column.variable, 0))} AS {_name(column.name)}"


def _selected_one(column: Column, position: int) -> str:
    if not column.variable:
        return f"r.{_name(column.name)}"
    cell = f"row_id = r.row_id AND variable = '{column.variable}'"
    if column.detail in OF_EVIDENCE:
        return _picked(column.detail, "evidence", f"{cell} AND span = 1")
    if column.detail == DAY:
        full = "CASE WHEN date(value) = value THEN value END"
        return _picked_as(full, "cell_values", f"{cell} AND position = {position}")
    if column.detail in ("", *ENDS):
        return _picked(column.detail or "value", "cell_values", f"{cell} AND position = {position}")
    return _picked(column.detail, "cells", cell)


def _picked(column: str, table: str, where: str) -> str:
    return _picked_as(_name(column), table, where)


def _picked_as(what: str, table: str, where: str) -> str:
    return f"(SELECT {what} FROM {table} WHERE {where})"  # noqa: S608 - variables' names are plain words


def _declared(column: Column) -> str:
    return f"{_type(column.kind)} NOT NULL REFERENCES documents" if column.kind == "ID" else _type(column.kind)


def _type(kind: str) -> str:
    return _TYPES.get(storage_of_kind(kind), "TEXT")


def _name(name: str) -> str:
    return f'"{name}"'
