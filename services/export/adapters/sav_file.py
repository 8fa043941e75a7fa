"""Writes a dataset as a file of SPSS: typed columns with labels, and a code for why a value is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy
import pyarrow as arrow  # type: ignore[import-untyped]
from pyarrow import compute

from coderai.services.export.adapters.cell_coding import Program, clean, on_one_line
from coderai.services.export.adapters.coded_table import (
    CodedColumn,
    Numbers,
    Why,
    coded_table,
    column_labels_for,
    data_frame,
    labels_for,
    names_for,
)
from coderai.services.export.domain.codebook import facts
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.missing_codes import spss_codes
from coderai.services.export.domain.short_names import MOST_OF_SPSS, no_name_in_spss
from coderai.services.export.domain.storage import Storage

_FILE_LABEL, _COLUMN_LABEL, _LINE_OF_NOTE = 64, 255, 80
"""Bytes."""
SPSS = Program(
    name="SPSS",
    most_columns=2**31 - 1,
    most_of_name=MOST_OF_SPSS,
    reserved=no_name_in_spss,
    column_label=lambda text: on_one_line(text, _COLUMN_LABEL),
    most_of_label=120,
    most_of_text=32_767,
    keeps_spaces=False,
    greatest=float.fromhex("0x1.ffffffffffffep+1023"),
    first_day=date(1582, 10, 15),
)
"""What it holds (IBM, SPSS Statistics: Command Syntax Reference). The greatest double of all it keeps for HIGHEST."""
_DAY_ZERO = date(1582, 10, 14).toordinal()
_SECONDS = 86_400
_MOST_TEXT_CODES = 3
"""Missing values that a column of texts may have."""
_BYTES_OF_CODE = 8
"""At most, of such a missing value."""
_NO_TEXT = " "
_MOST_DECIMALS, _LEAST_WIDTH, _MOST_WIDTH = 6, 8, 40
_NOMINAL = frozenset({Storage.TEXT, Storage.WORD, Storage.CODE, Storage.BOOLEAN})


def write_sav(dataset: Dataset, path: Path) -> None:
    """A column for each of the table's; words are labelled numbers, days SPSS's, texts at most 32,767 bytes.

    Raises:
        TooLargeForStatistics: the table has too many cells.
    """
    import pyreadstat  # takes some 60 MB with pandas, which only exports to such programs need

    with coded_table(dataset, SPSS, path) as columns:
        made, names = _Columns(dataset), names_for(dataset, columns, SPSS)
        for name, column in zip(names, columns, strict=True):
            made.add(name, column)
        made.tell()
        pyreadstat.write_sav(
            data_frame(made.cells),
            path,
            file_label=on_one_line(dataset.codebook.project_name, _FILE_LABEL),
            column_labels=column_labels_for(dataset, names, columns, SPSS),
            row_compress=True,
            note=list(_note(dataset)),
            variable_value_labels=made.value_labels,
            missing_ranges=made.missing,
            variable_measure=made.measures,
            variable_format=made.formats,
        )


def _note(dataset: Dataset) -> Iterator[str]:
    """How the dataset came about, in lines that are short enough whatever the alphabet."""
    for label, value in facts(dataset):
        text = clean(f"{label}: {value}")
        yield from textwrap.wrap(text, _LINE_OF_NOTE if text.isascii() else _LINE_OF_NOTE // 4)


@dataclass(slots=True)
class _Columns:
    """What pyreadstat wants to know of the columns, by their names."""

    dataset: Dataset
    cells: dict[str, Any] = field(default_factory=dict)
    value_labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    missing: dict[str, list[Any]] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    without_codes: list[str] = field(default_factory=list)
    """Columns of texts that have more reasons than codes."""

    def add(self, name: str, column: CodedColumn) -> None:
        """Takes a further column."""
        nominal = column.is_text or column.stored.storage in _NOMINAL
        self.measures[name] = "nominal" if nominal else "scale"
        if column.is_text:
            self._add_texts(name, column)
        else:
            self._add_numbers(name, column)

    def _add_numbers(self, name: str, column: CodedColumn) -> None:
        numbers = column.numbers()
        if column.is_day:
            numbers = (numbers - _DAY_ZERO) * _SECONDS
        self.formats[name] = _format(column, numbers)
        labels: dict[Any, str] = {**labels_for(self.dataset, name, column, SPSS)}
        why = column.why_empty()
        if column.reasons is not None:
            codes = spss_codes(self.dataset.words, lambda codes: _has(numbers, min(codes), max(codes)))
            labels |= {code: reason for reason, code in codes.items()}
            numbers = self._with_codes(name, numbers, why, list(codes.values()))
        if labels:
            self.value_labels[name] = labels
        self.cells[name] = numbers

    def _with_codes(self, name: str, numbers: Numbers, why: Why, codes: list[int]) -> Numbers:
        if not codes:
            self.dataset.note(f"Why cells of {name} are missing is not in it, as its numbers leave none for codes.")
            return numbers
        self.missing[name] = [{"lo": min(codes), "hi": max(codes)}]
        return numpy.where(numpy.isnan(numbers), numpy.array([numpy.nan, *codes])[why], numbers)

    def _add_texts(self, name: str, column: CodedColumn) -> None:
        texts, why = column.cells, column.why_empty()
        codes = _text_codes(self.dataset, texts)
        used = {number: codes[number - 1] for number in self._coded_reasons(name, column, why) if codes}
        for number, code in used.items():
            texts = compute.if_else(arrow.array(why == number), code, texts)
        if used:
            self.value_labels[name] = {code: self.dataset.words.reasons[number - 1] for number, code in used.items()}
        self.missing[name] = [*used.values(), *([_NO_TEXT] if len(used) < _MOST_TEXT_CODES else [])]
        self.cells[name] = texts

    def _coded_reasons(self, name: str, column: CodedColumn, why: Why) -> list[int]:
        """The numbers of the reasons that get a code, the commonest first: all, or two and none for cells without."""
        found, counts = numpy.unique(why[why > 0], return_counts=True)
        ranked = [int(number) for number in found[numpy.argsort(-counts, kind="stable")]]
        empty = compute.sum(compute.equal(column.cells, "")).as_py() or 0
        if len(ranked) + (empty > counts.sum()) <= _MOST_TEXT_CODES:
            return ranked
        if len(ranked) >= _MOST_TEXT_CODES:
            self.without_codes.append(name)
        return ranked[: _MOST_TEXT_CODES - 1]

    def tell(self) -> None:
        """Notes the columns of texts that have more reasons than codes."""
        if self.without_codes:
            names = ", ".join(self.without_codes)
            self.dataset.note(
                f"SPSS has {_MOST_TEXT_CODES} missing values for a column of texts: cells of {names} that are missing"
                " for other reasons than the two commonest are empty; columns of missing reasons, if asked for, have"
                " all."
            )


def _has(numbers: Numbers, low: float, high: float) -> bool:
    """Whether any of the numbers is between the two, or one of them."""
    return bool(((numbers >= low) & (numbers <= high)).any())


def _text_codes(dataset: Dataset, texts: arrow.ChunkedArray) -> list[str]:
    """Codes for all reasons, such that no text is one of them: "-901", "-902" ..."""

    def taken(codes: Sequence[int]) -> bool:
        words = arrow.array(map(str, codes), arrow.string())
        return len(str(min(codes))) > _BYTES_OF_CODE or bool(compute.any(compute.is_in(texts, words)).as_py())

    return [str(code) for code in spss_codes(dataset.words, taken).values()]


def _format(column: CodedColumn, numbers: Numbers) -> str:
    """How SPSS shows the column."""
    if column.is_day:
        return "SDATE10"
    if column.stored.storage is not Storage.NUMBER:
        return f"F{_LEAST_WIDTH}.0"
    known = numbers[~numpy.isnan(numbers)]
    with numpy.errstate(over="ignore", invalid="ignore"):
        exact = (n for n in range(_MOST_DECIMALS) if numpy.array_equal(numpy.round(known, n), known))
        decimals = next(exact, _MOST_DECIMALS)
    digits = len(f"{numpy.abs(known).max(initial=0):.0f}")
    return f"F{min(max(digits + decimals + 2, _LEAST_WIDTH), _MOST_WIDTH)}.{decimals}"
