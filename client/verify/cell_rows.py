"""Reads a bundle's cells row by row, and checks that each row has a cell for every variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coderai.client.verify.bundle import Bundle
from coderai.client.verify.columns import OneRow
from coderai.client.verify.findings import Cell, Findings
from coderai.client.verify.json_files import json_lines
from coderai.client.verify.lines import CELLS, CellLine
from coderai.codebook.variable import Variable


def cell_rows(bundle: Bundle, variables: Sequence[Variable], findings: Findings) -> Iterator[OneRow]:
    """The rows, in their order; one whose variables are not the codebook's in its order is told, and passed over."""
    names = [variable.name for variable in variables]
    row, first, unit = list[CellLine](), 0, None
    for line, cell in json_lines(bundle, CELLS, CellLine, findings):
        of = (cell.document_id, cell.entity_index)
        if of != unit or len(row) == len(names):
            yield from _whole(row, first, names, findings)
            row, first, unit = [], line, of
        row.append(cell)
    yield from _whole(row, first, names, findings)


def _whole(row: Sequence[CellLine], first: int, names: Sequence[str], findings: Findings) -> Iterator[OneRow]:
    if not row:
        return
    found = [cell.variable for cell in row]
    if found != list(names):
        absent = next((name for name in names if name not in found), "")
        problem = f"the row has no cell of {absent}" if absent else "the row's cells are not in the codebook's order"
        findings.differs(CELLS, problem, line=first, cell=place_of(row[0]))
        return
    of_row = row[0]
    for number, cell in enumerate(row):
        if (cell.document, cell.entity) != (of_row.document, of_row.entity):
            problem = "the cell names its document or entity otherwise than the row's first cell"
            findings.differs(CELLS, problem, line=first + number, cell=place_of(cell))
    yield OneRow(first, row)


def place_of(cell: CellLine) -> Cell:
    """The cell as findings name it."""
    entity = f"{cell.entity_index} ({cell.entity})" if cell.entity_index else ""
    return Cell(cell.document or cell.document_id, entity, cell.variable)
