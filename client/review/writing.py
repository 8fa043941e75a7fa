"""Writes a review sheet: a workbook with lists to choose from, or a CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from coderai.client.models import Variable
from coderai.client.review.columns import (
    CORRECTION,
    MISSING_REASON,
    QUOTE,
    VERDICT,
    Column,
    columns,
)
from coderai.client.review.rows import MISSING_REASONS, VERDICT_WORDS, Passage, SheetRow
from coderai.language.spreadsheets import begins_formula, cell_text, neutralised

SHEET = "Review"
_LISTS, _TEXTS = "Lists", "Texts"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be written."""

    rows: Sequence[SheetRow]
    variables: Sequence[Variable]
    blind: bool = False
    texts: Mapping[str, str] | None = None
    """Documents' texts by name, for a reviewer who is shown no quotes; a CSV leaves them out."""


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Writes the sheet as what the path's ending says, .xlsx or .csv, whole or not at all.

    Raises:
        FileExistsError: there is such a file; it may hold a person's work.
    """
    if path.exists():
        raise FileExistsError(path)
    write: Callable[[Sheet, Path], None] = _write_xlsx if path.suffix.lower() == ".xlsx" else _write_csv
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        write(sheet, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(sheet: Sheet, path: Path) -> None:
    wanted = columns(sheet.rows, blind=sheet.blind)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in wanted])
        for row in sheet.rows:
            values = (column.read(row) for column in wanted)
            writer.writerow([neutralised(value) if isinstance(value, str) else value for value in values])


def _write_xlsx(sheet: Sheet, path: Path) -> None:
    wanted = columns(sheet.rows, blind=sheet.blind)
    with Workbook(str(path)) as book:
        _Review(book, wanted).write(sheet)
        if sheet.texts:
            _write_texts(book, sheet.texts)


class _Review:
    """The workbook's first sheet, and the hidden one with the lists that it offers."""

    def __init__(self, book: Workbook, wanted: Sequence[Column]) -> None:
        self._columns = wanted
        self._sheet: Worksheet = book.add_worksheet(SHEET)
        self._lists: Worksheet = book.add_worksheet(_LISTS)
        self._lists.hide()
        self._listed_so_far = 0
        top = {"valign": "top", "text_wrap": True}
        self._heading = book.add_format({"bold": True, "valign": "top", "bottom": 1, "bg_color": "#EEF1F5"})
        self._plain = book.add_format(top)
        self._quoted = book.add_format(top)
        self._quoted.set_quote_prefix(True)
        # As text: what a reviewer types stays as typed, "2021-03" and "007" too.
        self._entry = book.add_format(
            {**top, "num_format": "@", "bg_color": "#FFFBE6", "border": 1, "border_color": "#D9D9D9"}
        )
        self._bold = book.add_format({"bold": True, "font_color": "#1F4E79"})

    def write(self, sheet: Sheet) -> None:
        rows, last = sheet.rows, len(sheet.rows)
        for number, column in enumerate(self._columns):
            self._sheet.set_column(number, number, column.width, None, {"hidden": column.is_id})
            self._sheet.write_string(0, number, column.name, self._heading)
        for number, row in enumerate(rows, start=1):
            for position, column in enumerate(self._columns):
                self._put(number, position, column, row)
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        self._offer(VERDICT, range(1, last + 1), [words[0] for words in VERDICT_WORDS.values()], strict=True)
        self._offer(MISSING_REASON, range(1, last + 1), MISSING_REASONS, strict=True)
        for variable in sheet.variables:
            numbers = [number for number, row in enumerate(rows, start=1) if row.variable == variable.name]
            # A correction may be another wording, or several values: the list is offered, not enforced.
            self._offer(CORRECTION, numbers, _choices(variable), strict=False)

    def _put(self, number: int, position: int, column: Column, row: SheetRow) -> None:
        value = column.read(row)
        if column.name == QUOTE:
            self._put_passage(number, position, row.passage)
        elif isinstance(value, str) or value is None:
            self._put_text(number, position, value or "", column)
        else:
            self._sheet.write_number(number, position, value, self._plain)

    def _put_text(self, number: int, position: int, text: str, column: Column) -> None:
        text = _safe(text)
        style = self._entry if column.is_reviewers else self._quoted if begins_formula(text) else self._plain
        if text:
            self._sheet.write_string(number, position, text, style)
        else:
            self._sheet.write_blank(number, position, None, style)

    def _put_passage(self, number: int, position: int, passage: Passage) -> None:
        before, quote, after = (_safe(part) for part in (passage.before, passage.quote, passage.after))
        parts = [part for part in (before, self._bold, quote, after) if part]
        if quote and (before or after) and cell_text(before + quote + after).whole:
            self._sheet.write_rich_string(number, position, *parts, self._plain)
        else:
            style = self._quoted if begins_formula(before or quote) else self._plain
            self._sheet.write_string(number, position, cell_text(before + quote + after).shown, style)

    def _offer(self, name: str, numbers: Sequence[int], choices: Sequence[str], *, strict: bool) -> None:
        """A list to choose from in these rows of a column."""
        position = next(number for number, column in enumerate(self._columns) if column.name == name)
        if not numbers or not choices:
            return
        runs = _runs(numbers)
        (first, last), *others = runs
        more = [[begin, position, end, position] for begin, end in others]
        self._sheet.data_validation(
            first,
            position,
            last,
            position,
            {
                "validate": "list",
                "source": self._listed(choices),
                "other_cells": more,
                "error_type": "stop" if strict else "information",
                "show_error": strict,
            },
        )

    def _listed(self, choices: Sequence[str]) -> str:
        """Writes the choices into a column of the hidden sheet; the formula that names them there."""
        for number, choice in enumerate(choices):
            self._lists.write_string(number, self._listed_so_far, _safe(choice))
        letters = _letters(self._listed_so_far)
        self._listed_so_far += 1
        return f"={_LISTS}!${letters}$1:${letters}${len(choices)}"


def _write_texts(book: Workbook, texts: Mapping[str, str]) -> None:
    sheet: Worksheet = book.add_worksheet(_TEXTS)
    wrapped = book.add_format({"valign": "top", "text_wrap": True})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 120)
    for number, (name, text) in enumerate(texts.items()):
        sheet.write_string(number, 0, _safe(name), wrapped)
        sheet.write_string(number, 1, _safe(text), wrapped)


def _choices(variable: Variable) -> Sequence[str]:
    if variable.type == "BOOLEAN":
        return ("true", "false")
    return [category.value for category in variable.categories]


def _safe(text: str) -> str:
    """The text as a cell can hold it; one that XlsxWriter would take for markup of its own gets a space before it."""
    shown = cell_text(text).shown
    return f" {shown}" if shown.startswith("<r>") and shown.endswith("</r>") else shown


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Increasing numbers as runs of successive ones: 1, 2, 3, 7 as (1, 3), (7, 7)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _letters(column: int) -> str:
    """A column's name, from 0: A, B ... Z, AA."""
    first, last = divmod(column, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)
