"""Writes a dataset as CSV (RFC 4180) in UTF-8.

Excel reads it as UTF-8 only with the byte order mark that an option puts before it. R, Stata and Python read it with
the scripts beside it (load_r, load_stata, load_python).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

from coderai.language.spreadsheets import neutralised
from coderai.services.export.domain.cell_notes import CellNotes
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Options
from coderai.services.export.domain.storage import as_text
from coderai.services.export.domain.table import Row
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

LINE_BREAK = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
"""What str.splitlines takes for one."""
_NEUTRALISED = "an apostrophe stands before a text that a spreadsheet would run as a formula"


def write_csv(dataset: Dataset, path: Path) -> None:
    """A header and a line per row; TRUE and FALSE, as R reads them by itself, and nothing for missing.

    Line breaks inside cells are kept, unless the options want a space for each.
    """
    names = [column.name for column in dataset.table.columns()]
    lines = _Lines(dataset.options, names)
    encoding = "utf-8-sig" if dataset.options.byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=dataset.options.delimiter)
        writer.writerow(names)
        writer.writerows(lines.line(number, row) for number, row in enumerate(dataset.rows(), start=1))
    lines.notes.tell(dataset)


class _Lines:
    """Makes rows such as a CSV can hold them, and counts the cells that became other ones."""

    def __init__(self, options: Options, names: list[str]) -> None:
        self.notes = CellNotes()
        self._names = names
        self._broken: Callable[[str], str] = _on_one_line if options.replace_line_breaks else _as_it_is

    def line(self, number: int, row: Row) -> list[str | None]:
        """The row with texts as they can stand in a CSV; `number` is its place, from 1."""
        return [
            value if value is None else self._text(value, number, place) if isinstance(value, str) else as_text(value)
            for place, value in enumerate(row)
        ]

    def _text(self, text: str, number: int, place: int) -> str:
        text = self._broken(text)
        if not encodable(text):
            text = as_unicode(text)
            self.notes.count(REPLACED, self._names[place], number)
        safe = neutralised(text)
        if safe is not text:
            self.notes.count(_NEUTRALISED, self._names[place], number)
        return safe


def _on_one_line(text: str) -> str:
    return LINE_BREAK.sub(" ", text)


def _as_it_is(text: str) -> str:
    return text
