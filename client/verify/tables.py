"""Holds the tables of a bundle against its cells, row by row and in step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coderai.client.verify.bundle import Bundle
from coderai.client.verify.cell_rows import place_of
from coderai.client.verify.columns import Columns, OneRow, Row
from coderai.client.verify.findings import Cell, Findings
from coderai.client.verify.lines import CELLS
from coderai.client.verify.table_files import CSV, PARQUET, TableFile, table_files

NO_VALUE = (ValueError, TypeError, OverflowError, AttributeError, LookupError)
"""What computing with a value raises that no cell can have."""


class TableChecks:
    """Holds each row of cells against the next row of every table."""

    def __init__(self, bundle: Bundle, columns: Columns, findings: Findings) -> None:
        """Tables that are missing are told."""
        self._columns, self._findings = columns, findings
        self._tables = list(table_files(bundle, columns.columns, findings))
        self._short = set[str]()
        self._number = 0

    def check(self, row: OneRow) -> None:
        """Holds one row against the tables."""
        self._number += 1
        self._check_room(row)
        try:
            should = self._columns.row(row)
        except NO_VALUE as error:
            problem = f"the cells make no row of a table: {error}"
            self._findings.differs(CELLS, problem, line=row.line, cell=_unit(row))
            should = None
        found = {table.path: self._compare(table, row, should) for table in self._tables}
        self._check_places(row, found)

    def end(self) -> None:
        """Tells of rows that are left in a table."""
        for table in self._tables:
            left = sum(1 for _ in table.rows)
            if left and table.path not in self._short:
                self._findings.differs(table.path, f"it has {left:,} rows more than there are cells for")
            self._findings.checked.append(f"{self._number:,} rows of {table.path} against {CELLS}")

    def _check_room(self, row: OneRow) -> None:
        for number, cell in enumerate(row.cells):
            if len(cell.stated) > self._columns.values_held.get(cell.variable, 0):
                problem = "the cell has more values than the tables have columns for"
                self._findings.differs(CELLS, problem, line=row.line + number, cell=place_of(cell))

    def _compare(self, table: TableFile, row: OneRow, should: Row | None) -> Sequence[Any] | None:
        """The table's next row, once it is compared; None after its last."""
        found = next(table.rows, None)
        if found is None:
            if table.path not in self._short:
                self._short.add(table.path)
                self._findings.differs(table.path, f"it has no row {self._number:,}", cell=_unit(row))
            return None
        number, stands = found
        if should is None:
            return stands
        try:
            wanted = [shown(value) for shown, value in zip(table.shown, should, strict=True)]
        except NO_VALUE as error:
            problem = f"the cells cannot be stored as the codebook says: {error}"
            self._findings.differs(table.path, problem, line=number, cell=_unit(row))
            return stands
        for place in self._columns.of_place:
            wanted[place] = stands[place]
        if list(stands) != wanted:
            self._tell(table, row, number, stands, wanted)
        return stands

    def _tell(self, table: TableFile, row: OneRow, number: int, stands: Sequence[Any], wanted: Sequence[Any]) -> None:
        cells = {cell.variable: cell for cell in row.cells}
        for column, one, other in zip(self._columns.columns, stands, wanted, strict=True):
            if one != other and not table.is_alike(one, other):
                self._findings.differs(
                    table.path,
                    f"the cell is not that of {CELLS}",
                    line=number,
                    cell=place_of(cells[column.variable]) if column.variable in cells else _unit(row),
                    what=f"column {column.name}",
                    stands=one,
                    should=other,
                    values=True,
                )

    def _check_places(self, row: OneRow, found: dict[str, Sequence[Any] | None]) -> None:
        """Where entities are mentioned, which cells do not have, is the same in both tables."""
        one, other = found.get(CSV), found.get(PARQUET)
        if one is None or other is None:
            return
        for place in self._columns.of_place:
            should = "" if other[place] is None else str(other[place])
            if one[place] != should:
                self._findings.differs(
                    CSV,
                    f"the cell is not that of {PARQUET}",
                    cell=_unit(row),
                    what=f"column {self._columns.columns[place].name}",
                    stands=one[place],
                    should=should,
                    values=True,
                )


def _unit(row: OneRow) -> Cell:
    place = place_of(row.cells[0])
    return Cell(place.document, place.entity, "")
