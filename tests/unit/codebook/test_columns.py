"""Names of columns: which variables cannot be in one project, as a dataset has columns beside theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from coderai.codebook.changing import change_schema
from coderai.codebook.columns import OF_CELL, OF_ROW, check_columns
from coderai.codebook.context import Context
from coderai.codebook.definition import changed, define
from coderai.codebook.problems import ColumnNameTaken
from coderai.codebook.schema import Action, Change, Schema
from coderai.codebook.together import check_together
from coderai.codebook.variable import Variable

EXAMPLES = Path(__file__).parents[3] / "examples"


def variable(name: str, type: str = "TEXT", **fields: Any) -> Variable:
    return define(name, "project 1", {"name": name, "type": type, **fields}, 0)


@pytest.mark.parametrize("detail", OF_CELL)
def test_a_variable_cannot_be_called_as_a_column_beside_another(detail: str) -> None:
    with pytest.raises(ColumnNameTaken) as raised:
        check_together([variable(f"strike_{detail}"), variable("strike")])
    assert raised.value.code == "column_name_taken"
    message = raised.value.fields["name"]
    assert "strike and " in message
    assert f"strike_{detail}" in message


@pytest.mark.parametrize(
    ("type", "names"),
    [
        ("NUMBER", ("x_low", "x_high")),
        ("DATE", ("x_low", "x_high", "x_date")),
    ],
)
def test_numbers_and_dates_have_more_columns(type: str, names: tuple[str, ...]) -> None:
    for name in names:
        with pytest.raises(ColumnNameTaken, match=name):
            check_together([variable("x", type), variable(name)])
        check_together([variable("x", "TEXT"), variable(name)])


def test_what_no_dataset_has_is_no_name_of_a_column() -> None:
    names = ("event", "event_type", "event_low", "event_date", "event_quoted", "event_1", "quote", "confidence", "date")
    check_together([variable(name) for name in names])
    check_together([variable("event", "NUMBER"), variable("event_date", "DATE"), variable("event_1")])


def test_several_values_have_columns_as_many_as_are_kept() -> None:
    demands = variable("demand", "DATE", if_multiple_values="ALL", max_values=3)
    for name in ("demand_1", "demand_3", "demand_2_low", "demand_3_date", "demand_quote"):
        with pytest.raises(ColumnNameTaken, match=name):
            check_together([demands, variable(name)])
    check_together([demands, variable("demand_4"), variable("demand_low"), variable("demand_0")])


@pytest.mark.parametrize("name", OF_ROW)
def test_a_variable_cannot_be_called_as_a_column_of_the_row(name: str) -> None:
    with pytest.raises(ColumnNameTaken, match=name):
        check_together([variable(name)])


def test_a_project_with_such_names_can_be_worked_on_but_gets_no_more_of_them() -> None:
    before = [variable("x"), variable("x_quote"), variable("document")]
    after = [changed(before[0], {"instructions": "Other words."}), *before[1:]]
    check_together(after, before)
    check_together([*after, variable("place")], before)
    with pytest.raises(ColumnNameTaken, match="x_page"):
        check_together([*after, variable("x_page")], before)
    with pytest.raises(ColumnNameTaken, match="x_low"):
        check_columns([changed(after[0], {"type": "NUMBER"}), variable("x_low")], [after[0], variable("x_low")])


def test_a_proposed_change_cannot_make_them_either() -> None:
    schema = Schema(Context(), (variable("place"),))
    plain = {"name": "place_status", "type": "TEXT"}
    step = Change(Action.CREATE_VARIABLE, variable="place_status", fields=("name", "type"), variable_after=plain)
    with pytest.raises(ColumnNameTaken, match="place and place_status"):
        change_schema(schema, [step], {}, lambda: "new")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("**/project.yaml")), ids=lambda path: path.parent.name)
def test_what_ships_has_no_such_names(path: Path) -> None:
    given = yaml.safe_load(path.read_text())["variables"]
    check_columns(
        [
            variable(
                one["name"], one["type"].upper(), if_multiple_values=one.get("if_multiple_values", "FIRST").upper()
            )
            if one["type"].upper() != "CATEGORY"
            else variable(one["name"])
            for one in given
        ]
    )
