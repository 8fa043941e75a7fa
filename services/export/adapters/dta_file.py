"""Writes a dataset as a file of Stata 14 and newer: typed columns with labels, .a to .z for why a value is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy

from coderai.services.export.adapters.cell_coding import Program, on_one_line
from coderai.services.export.adapters.coded_table import (
    CodedColumn,
    Numbers,
    coded_table,
    column_labels_for,
    data_frame,
    labels_for,
    names_for,
)
from coderai.services.export.adapters.load_stata import MOST_OF_LABEL
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.missing_codes import stata_codes
from coderai.services.export.domain.short_names import MOST_OF_STATA, no_name_in_stata


def _label(text: str) -> str:
    return on_one_line(text[:MOST_OF_LABEL], 4 * MOST_OF_LABEL)


STATA = Program(
    name="Stata",
    most_columns=32_767,
    most_of_name=MOST_OF_STATA,
    reserved=no_name_in_stata,
    column_label=_label,
    most_of_label=32_000,
    most_of_text=2_000_000_000,
    keeps_spaces=True,
    greatest=float.fromhex("0x1.fffffffffffffp+1022"),
    first_day=date(100, 1, 1),
)
"""What it holds ([R] limits, [D] data types, [D] datetime)."""
_VERSION = 14
_DAY_ZERO = date(1960, 1, 1).toordinal()
_DAY_FORMAT = "%tdCCYY-NN-DD"


def write_dta(dataset: Dataset, path: Path) -> None:
    """A column for each of the table's; words are labelled numbers, days Stata's, long texts strL.

    Raises:
        TooLargeForStatistics: the table has too many cells, or more than 32,767 columns.
    """
    import pyreadstat  # takes some 60 MB with pandas, which only exports to such programs need

    with coded_table(dataset, STATA, path) as columns:
        made, names = _Columns(dataset), names_for(dataset, columns, STATA, _room(columns))
        for name, column in zip(names, columns, strict=True):
            made.add(name, column)
        pyreadstat.write_dta(
            data_frame(made.cells),
            path,
            file_label=_label(dataset.codebook.project_name),
            column_labels=column_labels_for(dataset, names, columns, STATA),
            version=_VERSION,
            variable_value_labels=made.value_labels,
            missing_user_values=made.missing,
            variable_format=made.formats,
        )


def _objects(numbers: Numbers) -> Any:
    """The numbers as Python's, one for all cells that have the same: pyreadstat tells letters from those."""
    different, places = numpy.unique(numbers, return_inverse=True)
    return different.astype(object)[places]


def _room(columns: Sequence[CodedColumn]) -> int:
    """The digits that pyreadstat adds to a column's name to call its set of labels, which is no longer than a name."""
    return len(str(len(columns)))


@dataclass(slots=True)
class _Columns:
    """What pyreadstat wants to know of the columns, by their names."""

    dataset: Dataset
    cells: dict[str, Any] = field(default_factory=dict)
    value_labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    missing: dict[str, list[str]] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, column: CodedColumn) -> None:
        """Takes a further column."""
        if column.is_text:
            self.cells[name] = column.cells
        else:
            self._add_numbers(name, column)

    def _add_numbers(self, name: str, column: CodedColumn) -> None:
        numbers = column.numbers()
        if column.is_day:
            numbers = numbers - _DAY_ZERO
            self.formats[name] = _DAY_FORMAT
        labels: dict[Any, str] = {**labels_for(self.dataset, name, column, STATA)}
        cells: Any = numbers
        if column.reasons is not None:
            letters = {code[1]: reason for reason, code in stata_codes(self.dataset.words).items()}
            labels |= letters
            self.missing[name] = list(letters)
            why = column.why_empty()
            cells = numpy.where(why > 0, numpy.array([None, *letters], object)[why], _objects(numbers))
        if labels:
            self.value_labels[name] = labels
        self.cells[name] = cells
