"""A dataset's table as statistics programs have it: texts and numbers, with their labels and why cells are empty.

pyreadstat, which writes their files, wants the whole table at once and goes through it several times. So the cells are
written to a file of Arrow batches first, of which memory has what is read at the moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy
import pyarrow as arrow  # type: ignore[import-untyped]
from numpy.typing import NDArray
from pyarrow import compute

from coderai.services.export.adapters.arrow_batches import Cells, arrow_batches
from coderai.services.export.adapters.cell_coding import CellCoding, Program, is_cut, on_one_line
from coderai.services.export.domain.cell_notes import CellNotes, Count
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.names import Names
from coderai.services.export.domain.problems import TooLargeForStatistics
from coderai.services.export.domain.short_names import short_names, shortened
from coderai.services.export.domain.storage import Storage, StoredColumn, missing_columns, stored_columns
from coderai.services.export.domain.wide import WideTable

MOST_CELLS = 20_000_000
"""Of a table: it takes some 50 bytes of memory for each, and texts in columns of Stata's strL twice their length."""
_MOST_NAMED = 20
_YES_AND_NO = {0: "no", 1: "yes"}

Numbers = NDArray[numpy.float64]
Why = NDArray[numpy.int16]


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """One column of the table."""

    stored: StoredColumn
    cells: arrow.ChunkedArray
    """Texts, "" where there is none, or numbers, null where there is none."""
    labels: Mapping[int, str]
    """What numbers mean that stand for words, yes or no."""
    reasons: arrow.ChunkedArray | None
    """Of values: why each cell is missing, as the number of the reason from 1; null where nothing is."""

    @property
    def is_text(self) -> bool:
        """Whether its cells are texts."""
        return bool(arrow.types.is_string(self.cells.type))

    @property
    def is_day(self) -> bool:
        """Whether its cells are days, as proleptic Gregorian ordinals."""
        return not self.is_text and self.stored.storage is Storage.DAY

    def numbers(self) -> Numbers:
        """The cells, NaN where there is none; they may be those of the file, which cannot be changed."""
        return numpy.asarray(self.cells.to_numpy(), numpy.float64)

    def why_empty(self) -> Why:
        """The number of the reason of each cell that is empty and is said to be missing; else 0."""
        if self.reasons is None:
            return numpy.zeros(len(self.cells), numpy.int16)
        empty = compute.equal(self.cells, "") if self.is_text else compute.is_null(self.cells)
        found = compute.if_else(empty, compute.fill_null(self.reasons, 0), 0)
        return numpy.asarray(found.to_numpy(), numpy.int16)


@contextmanager
def coded_table(dataset: Dataset, program: Program, beside: Path) -> Iterator[list[CodedColumn]]:
    """The table's columns, in order; `beside` names the file that is written, and that of the batches stands beside it.

    What the program cannot hold is noted.

    Raises:
        TooLargeForStatistics: the table has too many cells, or columns for the program.
    """
    _check_size(dataset, program)
    full = _with_reasons(dataset)
    codings = [CellCoding(found, program) for found in _stored(dataset, full)]
    path = beside.with_name(f"{beside.name}.arrow")
    try:
        _write(full, codings, path)
        with arrow.memory_map(str(path)) as source:
            table = arrow.ipc.open_file(source).read_all()
            yield _columns(dataset, codings, table)
    finally:
        path.unlink(missing_ok=True)


def names_for(dataset: Dataset, columns: Sequence[CodedColumn], program: Program, less: int = 0) -> list[str]:
    """What the columns are called in the file, in `less` characters fewer than the program has; notes what changed."""
    own = [column.stored.column for column in columns]
    names = short_names(own, program.most_of_name - less, program.reserved)
    changed = ", ".join(f"{name} became {short}" for name, short in shortened(own, names).items())
    if changed:
        dataset.note(f"Columns whose names {program.name} cannot have are called otherwise: {changed}.")
    return names


def column_labels_for(
    dataset: Dataset, names: Sequence[str], columns: Sequence[CodedColumn], program: Program
) -> dict[str, str | None]:
    """What the columns hold, by their names in the file, in labels that are short enough; notes those that were cut."""
    labels, cut = dict[str, str | None](), list[str]()
    for name, column in zip(names, columns, strict=True):
        labels[name] = label = program.column_label(column.stored.label)
        if is_cut(label, column.stored.label):
            cut.append(name)
    if cut:
        more = f" and {len(cut) - _MOST_NAMED:,} more" if len(cut) > _MOST_NAMED else ""
        some = f"{', '.join(cut[:_MOST_NAMED])}{more}"
        dataset.note(f"The labels of these columns were cut, as {program.name} holds no longer ones: {some}.")
    return labels


def labels_for(dataset: Dataset, name: str, column: CodedColumn, program: Program) -> dict[int, str]:
    """What the column's numbers mean, in labels that are short enough; notes those that were cut."""
    labels = {code: on_one_line(word, program.most_of_label) for code, word in column.labels.items()}
    told = ", ".join(str(code) for code, label in labels.items() if is_cut(label, column.labels[code]))
    if told:
        dataset.note(
            f"The labels of these values of {name} were cut, as {program.name} holds {program.most_of_label:,} bytes of"
            f" one: {told}."
        )
    return labels


def data_frame(cells: Mapping[str, Any]) -> Any:
    """Columns by their names, of Arrow or NumPy, as a data frame of pandas that has no copy of them."""
    import pandas  # with pyreadstat some 60 MB, which only exports to such programs need

    own = {
        name: pandas.Series(pandas.arrays.ArrowExtensionArray(one)) if isinstance(one, arrow.ChunkedArray) else one
        for name, one in cells.items()
    }
    return pandas.DataFrame(own, copy=False)


def _check_size(dataset: Dataset, program: Program) -> None:
    count = len(dataset.table.columns())
    cells = count * dataset.row_count
    if count > program.most_columns:
        raise TooLargeForStatistics(
            f"the table has {count:,} columns, and {program.name} holds {program.most_columns:,}: choose variables"
        )
    if cells > MOST_CELLS:
        raise TooLargeForStatistics(
            f"the table has {cells:,} cells, and files for {program.name} are made of {MOST_CELLS:,} at most: choose"
            " variables, documents or fewer columns beside them, or take CSV with its script"
        )


def _with_reasons(dataset: Dataset) -> Dataset:
    """The dataset with the columns of missing reasons, which the codes of missing cells need."""
    if dataset.layout is Layout.LONG or dataset.options.missing_reason:
        return dataset
    options = replace(dataset.options, missing_reason=True)
    names = Names(variable.name for variable in dataset.codebook.variables)
    return replace(dataset, table=WideTable(dataset.codebook, options, dataset.survey, dataset.codes, names))


def _stored(dataset: Dataset, full: Dataset) -> list[StoredColumn]:
    """The columns of the full dataset, called as in the other, which may lack those of missing reasons."""
    found, own = stored_columns(full), iter(dataset.table.columns())
    if full is dataset:
        return found
    return [one if one.column.detail == "missing" else replace(one, column=next(own)) for one in found]


def _write(dataset: Dataset, codings: Sequence[CellCoding], path: Path) -> None:
    schema = arrow.schema((str(place), _type(coding)) for place, coding in enumerate(codings))
    makers = [(coding.stored.name, partial(_array, coding)) for coding in codings]
    with arrow.OSFile(str(path), "wb") as sink, arrow.ipc.new_file(sink, schema) as writer:
        for batch in arrow_batches(dataset, schema, makers):
            writer.write_batch(batch)


def _array(coding: CellCoding, cells: Cells, count: Count) -> arrow.Array:
    return arrow.array(coding.coded(cells, count), _type(coding))


def _type(coding: CellCoding) -> arrow.DataType:
    return arrow.string() if coding.is_text else arrow.float64()


def _columns(dataset: Dataset, codings: Sequence[CellCoding], table: arrow.Table) -> list[CodedColumn]:
    stored = [coding.stored for coding in codings]
    places = {found.name: place for place, found in enumerate(stored)}
    reasons = {found.name: table.column(places[why.name]) for found, why in missing_columns(stored)}
    wanted = {column.name for column in dataset.table.columns()}
    notes = CellNotes()
    found = [
        _column(coding, cells, reasons.get(coding.stored.name), notes)
        for coding, cells in zip(codings, table.columns, strict=True)
        if coding.stored.name in wanted
    ]
    notes.tell(dataset)
    return found


def _column(
    coding: CellCoding, cells: arrow.ChunkedArray, reasons: arrow.ChunkedArray | None, notes: CellNotes
) -> CodedColumn:
    stored, labels = coding.stored, {code: word for word, code in coding.codes.items()}
    if stored.storage is Storage.BOOLEAN:
        labels = _YES_AND_NO
    if stored.storage is Storage.DAY:
        cells = _days(coding, cells, notes)
    return CodedColumn(stored, cells, labels, reasons)


def _days(coding: CellCoding, cells: arrow.ChunkedArray, notes: CellNotes) -> arrow.ChunkedArray:
    """The days where the program has them all; else their texts, or without those where texts stand beside them."""
    name, program = coding.stored.name, coding.program
    early = compute.fill_null(compute.less(cells, program.first_day.toordinal()), False)
    if not compute.any(early).as_py():
        return cells
    rows = [row for row, is_early in enumerate(early.to_pylist(), start=1) if is_early]
    beside_text = bool(coding.stored.column.detail)
    for row in rows:
        notes.count(program.too_early if beside_text else program.early_as_text, name, row)
    if beside_text:
        return compute.if_else(early, arrow.scalar(None, arrow.float64()), cells)
    texts = ["" if day is None else date.fromordinal(int(day)).isoformat() for day in cells.to_pylist()]
    return arrow.chunked_array([arrow.array(texts, arrow.string())])
