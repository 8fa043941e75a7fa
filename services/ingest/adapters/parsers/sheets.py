"""Sheets of a workbook as tables: each block of cells under headings is one, and the rest of a sheet is a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from coderai.services.ingest.adapters.parsers.blocks import Block, areas
from coderai.services.ingest.adapters.parsers.cells import CellCount, Sheet, reference
from coderai.services.ingest.adapters.parsers.tables import MOST_ROWS, Table
from coderai.services.ingest.domain.problems import NoText, TextTooLarge
from coderai.services.ingest.domain.text import normalise

_DEFAULT_NAME = re.compile(r"\w+?[ _]?\d+")
"""A sheet's name that nobody gave it: Sheet1, Tabelle1, Лист1."""


def workbook(reader: str, sheets: Sequence[Sheet], count: CellCount, warnings: Iterable[str] = ()) -> Sequence[Table]:
    """The tables of all sheets; of each sheet last, as a row of its own, the text that is in none of its tables.

    With several sheets each row tells its sheet's name.

    Raises:
        NoText: nothing is in any sheet. TextTooLarge: it has more than 200,000 rows, or too many merged cells.
    """
    filled = [sheet for sheet in sheets if not sheet.is_empty]
    if not filled:
        raise NoText("the workbook has nothing in its sheets")
    if sum(len(sheet.cells) for sheet in filled) > MOST_ROWS:
        raise TextTooLarge(f"the workbook has more than {MOST_ROWS:,} rows: upload it in parts")
    told = list(warnings)
    if hidden := [sheet.name for sheet in filled if sheet.is_hidden]:
        told.append(f"hidden in the workbook, and read like all others: sheet {', '.join(map(repr, hidden))}")
    if empty := [sheet.name for sheet in sheets if sheet.is_empty]:
        told.append(f"nothing in sheet {', '.join(map(repr, empty))}")
    tables = [table for sheet in filled for table in _tables(reader, sheet, len(filled) > 1, count)]
    tables[0].warnings[:0] = told
    return tables


def _tables(reader: str, sheet: Sheet, is_named: bool, count: CellCount) -> Iterator[Table]:
    metadata = {"sheet": sheet.name} if is_named else {}
    about = f"sheet {sheet.name!r}: " if is_named else ""
    own_name = "" if is_named or _DEFAULT_NAME.fullmatch(sheet.name) else sheet.name
    beside: list[str] = []
    comments = dict(sheet.comments)
    for rows, columns in areas(sheet.cells):
        block = Block(sheet, rows, columns)
        if not block.find_table(count):
            beside += block.lines()
            continue
        beside += block.titles
        told = block.told_comments()
        for place in told:
            del comments[place]
        warnings = [f"{about}{warning}" for warning in block.warnings]
        remarks = frozenset(block.comment_column(column) for _, column in told)
        yield Table(reader, block.rows(), warnings=warnings, about=about, remarks=remarks, metadata=metadata)
    beside += [f"{reference(place)}: {text}" for place, text in sorted(comments.items())]
    if text := normalise("\n".join([*beside, *sheet.texts])):
        yield Table(reader, iter([f"{own_name}\n{text}".strip()]), about=about, metadata=metadata)
    elif own_name:
        yield Table(reader, iter(()), warnings=[f"the sheet is called {own_name!r}"])
