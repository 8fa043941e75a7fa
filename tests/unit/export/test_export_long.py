"""The long table: a row per value, and for each empty cell one that says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from coderai.codebook.ranges import make_range
from coderai.services.export.adapters.json_lines_file import write_json_lines
from coderai.services.export.adapters.parquet_file import write_parquet
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.coded import NOT_SELECTED, Document, cell
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import CategoriesAs, Layout, Options
from tests.unit.export.datasets import ALL, dataset, document, extraction, names, variable
from tests.unit.export.everything import everything

LONG = Layout.LONG
OF_VALUES = ["variable", "value_index", "value", "value_number", "value_date", "value_low", "value_high"]


def rows_of(made: Dataset) -> list[dict[str, Any]]:
    return [dict(zip(names(made), row, strict=True)) for row in made.rows()]


def values_of(made: Dataset) -> list[list[Any]]:
    return [[row[name] for name in (*OF_VALUES, "missing")] for row in rows_of(made)]


def test_every_value_is_a_row_and_an_empty_cell_says_why() -> None:
    made = dataset(
        [variable("demand", if_multiple_values="ALL"), variable("injured", "NUMBER"), variable("held", "BOOLEAN")],
        [document("a", {"demand": ["pay", "hours"], "injured": None, "held": False}), document("b", status="PENDING")],
        layout=LONG,
    )
    assert names(made) == ["document", "document_id", "flagged", *OF_VALUES, "missing"]
    assert values_of(made) == [
        ["demand", 1, "pay", None, None, None, None, None],
        ["demand", 2, "hours", None, None, None, None, None],
        ["injured", None, None, None, None, None, None, "NOT_STATED"],
        ["held", 1, False, None, None, None, None, None],
        ["demand", None, None, None, None, None, None, "NOT_PROCESSED"],
        ["injured", None, None, None, None, None, None, "NOT_PROCESSED"],
        ["held", None, None, None, None, None, None, "NOT_PROCESSED"],
    ]
    assert made.row_count == 7


def test_numbers_dates_and_ends_have_columns_of_their_own() -> None:
    between = make_range(400, 500)
    made = dataset(
        [variable("x", "NUMBER"), variable("day", "DATE"), variable("part", "DATE")],
        [document("a", {"x": between, "day": "2021-03-05", "part": "2021-03"})],
        layout=LONG,
    )
    assert values_of(made) == [
        ["x", 1, None, None, None, 400, 500, "RANGE"],
        ["day", 1, "2021-03-05", None, "2021-03-05", "2021-03-05", "2021-03-05", None],
        ["part", 1, "2021-03", None, None, "2021-03", "2021-03", None],
    ]


def test_a_value_has_the_details_of_its_cell_and_a_default_its_reason() -> None:
    doubtful = extraction("x", 7, status="FLAGGED", flags=("UNCHECKED",), confidence=0.4)
    default = extraction("y", 0, origin="DEFAULTED", missing_reason="NOT_STATED", support="", confidence=0.0)
    one = Document("1", "a", extractions=[doubtful, default])
    first, second = rows_of(dataset([variable("x", "NUMBER"), variable("y", "NUMBER")], [one], ALL, layout=LONG))
    assert (first["flagged"], first["flags"], first["confidence"], first["status"]) == (
        *("UNCHECKED", "UNCHECKED"),
        *(0.4, "FLAGGED"),
    )
    assert (second["value"], second["missing"], second["origin"]) == (0, "NOT_STATED", "DEFAULTED")


def test_no_variable_disturbs_its_columns() -> None:
    made = dataset([variable("document"), variable("value"), variable("missing")], [document("a")], ALL, layout=LONG)
    assert names(made) == names(dataset([variable("x")], [document("a")], ALL, layout=LONG))
    assert [row["variable"] for row in rows_of(made)] == ["document", "value", "missing"]
    assert not [note for note in made.notes if "is called" in note]


def test_cells_that_were_not_chosen_are_no_rows() -> None:
    made = everything(layout=LONG, choice=Choice(only_reviewed=True))
    found = rows_of(made)
    assert [(row["entity"], row["variable"], row["verdict"]) for row in found] == [
        ('the tug "Tern"', "place", "INCORRECT"),
        ('the tug "Tern"', "violence", "INCORRECT"),
        ('the tug "Tern"', "police", "CORRECT"),
    ]
    assert made.row_count == len(found)


@pytest.mark.parametrize("options", [Options(), ALL, replace(ALL, categories_as=CategoriesAs.CODES)])
def test_it_holds_the_same_as_the_cells(options: Options) -> None:
    made = everything(options, layout=LONG)
    found = rows_of(made)
    assert made.row_count == len(found)
    wanted = [
        (unit.document.id, unit.entity_index or None, of.name, number)
        for unit in made.units()
        for of in made.codebook.variables
        for number in range(1, len(cell(unit, of).stated) + 1) or [None]
        if cell(unit, of).missing_reason != NOT_SELECTED
    ]
    assert [(r["document_id"], r["entity_index"], r["variable"], r["value_index"]) for r in found] == wanted
    violence = [row for row in found if row["variable"] == "violence" and row["value"] is not None]
    codes = options.categories_as is CategoriesAs.CODES
    assert [row["value"] for row in violence] == ([2, 1, 3] if codes else ["force", "none", "قوة مميتة"])
    assert [row["value_number"] for row in violence] == ([2, 1, 3] if codes else [None] * 3)


def test_files_with_types_have_values_as_texts_and_as_numbers_and_dates(tmp_path: Path) -> None:
    made = everything(layout=LONG)
    write_parquet(made, tmp_path / "long.parquet")
    table = parquet.read_table(tmp_path / "long.parquet")
    assert table.num_rows == made.row_count
    kinds = {name: str(table.schema.field(name).type) for name in ("value", "value_number", "value_date", "value_low")}
    assert kinds == {"value": "string", "value_number": "double", "value_date": "date32[day]", "value_low": "string"}
    found = table.to_pylist()
    police = [row["value"] for row in found if row["variable"] == "police" and row["value"]]
    assert police == ["TRUE", "FALSE", "TRUE", "FALSE"]
    injured = [row["value_number"] for row in found if row["variable"] == "injured" and row["value_number"] is not None]
    assert injured == [7.0, 0.0, 12.0]
    write_json_lines(made, tmp_path / "long.jsonl")
    assert len((tmp_path / "long.jsonl").read_text().splitlines()) >= made.row_count


@given(st.lists(st.lists(st.text(max_size=2), max_size=3) | st.text(max_size=2) | st.none(), max_size=4))
def test_its_rows_are_counted_before_they_are_written(values: list[Any]) -> None:
    found = [document(str(number), {"x": value}) for number, value in enumerate(values)]
    made = dataset([variable("x")], found, layout=LONG)
    rows = list(made.rows())
    assert made.row_count == len(rows)
    assert all(len(row) == len(names(made)) for row in rows)
