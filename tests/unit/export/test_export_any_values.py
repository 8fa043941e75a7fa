"""Formats for programs give back what was written, whatever values a variable has, of its own type or of another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from coderai.services.export.adapters.json_lines_file import write_json_lines
from coderai.services.export.adapters.parquet_file import write_parquet
from coderai.services.export.adapters.sqlite_file import write_sqlite
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.storage import Storage, as_text, stored_columns
from coderai.services.export.domain.unicode_text import as_unicode
from tests.unit.export.datasets import dataset, document, variable
from tests.unit.export.everything import AWKWARD_TEXTS

TEXTS = st.text(st.characters()) | st.sampled_from(AWKWARD_TEXTS)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
DATES = st.dates().map(str) | st.sampled_from(["2021", "2021-03"])
CELLS = st.none() | TEXTS | NUMBERS | st.booleans() | DATES
KINDS = ("TEXT", "NUMBER", "DATE", "CATEGORY", "BOOLEAN")
OWN = {
    "TEXT": TEXTS,
    "NUMBER": NUMBERS,
    "DATE": DATES,
    "CATEGORY": st.sampled_from(["a", "b"]),
    "BOOLEAN": st.booleans(),
}
ROWS = st.lists(st.fixed_dictionaries({kind.lower(): CELLS for kind in KINDS}), max_size=4) | st.lists(
    st.fixed_dictionaries({kind.lower(): st.none() | own for kind, own in OWN.items()}), max_size=4
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def made_of(rows: list[dict[str, Any]]) -> Dataset:
    variables = [variable(kind.lower(), kind, categories=({"value": "b"}, {"value": "a"})) for kind in KINDS]
    return dataset(variables, [document(f"{number}.txt", row) for number, row in enumerate(rows)])


def in_unicode(cell: Any) -> Any:
    return as_unicode(cell) if isinstance(cell, str) else cell


@given(ROWS)
def test_json_lines(folder: Path, rows: list[dict[str, Any]]) -> None:
    made = made_of(rows)
    write_json_lines(made, folder / "dataset.jsonl")
    lines = (folder / "dataset.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    assert [list(json.loads(line).values()) for line in lines] == [list(map(in_unicode, row)) for row in made.rows()]


@settings(max_examples=60)
@given(ROWS)
def test_sqlite(folder: Path, rows: list[dict[str, Any]]) -> None:
    made = made_of(rows)
    (folder / "dataset.sqlite").unlink(missing_ok=True)
    write_sqlite(made, folder / "dataset.sqlite")
    with closing(sqlite3.connect(folder / "dataset.sqlite")) as file:
        found = [list(row) for row in file.execute("SELECT * FROM wide")]

    def held(cell: Any) -> Any:
        large = isinstance(cell, int) and not -(2**63) <= cell < 2**63
        return str(cell) if large else in_unicode(cell)

    assert found == [list(map(held, row)) for row in made.rows()]


@settings(max_examples=60)
@given(ROWS)
def test_parquet(folder: Path, rows: list[dict[str, Any]]) -> None:
    made = made_of(rows)
    write_parquet(made, folder / "dataset.parquet")
    found = [list(row.values()) for row in parquet.read_table(folder / "dataset.parquet").to_pylist()]
    columns = stored_columns(made)

    def held(cell: Any, storage: Storage) -> Any:
        if storage in (Storage.TEXT, Storage.WORD):
            return in_unicode(as_text(cell))
        if cell is None or storage is Storage.BOOLEAN:
            return cell
        return date.fromisoformat(cell) if storage is Storage.DAY else float(cell)

    rows_held = [[held(cell, found.storage) for cell, found in zip(row, columns, strict=True)] for row in made.rows()]
    assert found == rows_held


def test_a_number_that_a_double_cannot_hold_is_told(folder: Path) -> None:
    made = dataset([variable("x", "NUMBER")], [document(str(n), {"x": n}) for n in (5, 2**53 + 1, -(10**400))])
    write_parquet(made, folder / "dataset.parquet")
    found = parquet.read_table(folder / "dataset.parquet")["x"].to_pylist()
    assert found == [5.0, 2.0**53, float("-inf")]
    assert [note.partition(":")[2] for note in made.notes] == [" x (row 2).", " x (row 3)."]
