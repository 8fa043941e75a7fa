"""Values with two ends: what stands in a variable's own column, and what beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.column_values import in_column
from coderai.codebook.ranges import make_range
from coderai.codebook.variable import IfRange
from coderai.services.export.domain.coded import Document
from coderai.services.export.domain.export import Options
from tests.unit.export.datasets import dataset, document, extraction, names, variable, withheld

NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
LATE_MARCH = make_range("2021-03-25", "2021-04-01")
BETWEEN = make_range(400, 500)
OVER_60 = make_range(60, None, low_closed=False)
DOZENS = {**make_range(24, 99), "vague": True}
MISSING = Options(missing_reason=True)


def exported(value: Any, kind: str = "NUMBER", if_range: str = "EMPTY", **fields: Any) -> list[Any]:
    """What stands in x, x_low, x_high and x_missing of a unit with this value, and in x_date where that is partial."""
    one = Document("1", "a", extractions=[extraction("x", value, **fields)])
    made = dataset([variable("x", kind, if_range=if_range)], [one], MISSING)
    row = dict(zip(names(made)[3:], next(made.rows())[3:], strict=True))
    assert row.pop("x_date", None) is None
    assert list(row) == ["x", "x_low", "x_high", "x_missing"]
    return list(row.values())


@pytest.mark.parametrize(
    ("value", "kind", "if_range", "shown"),
    [
        (BETWEEN, "NUMBER", "LOW", [400, 400, 500, None]),
        (BETWEEN, "NUMBER", "HIGH", [500, 400, 500, None]),
        (BETWEEN, "NUMBER", "MIDDLE", [450, 400, 500, None]),
        (BETWEEN, "NUMBER", "EMPTY", [None, 400, 500, "RANGE"]),
        (make_range(3, 4), "NUMBER", "MIDDLE", [3.5, 3, 4, None]),
        (OVER_60, "NUMBER", "LOW", [60, 60, None, None]),
        (OVER_60, "NUMBER", "HIGH", [None, 60, None, "RANGE"]),
        (OVER_60, "NUMBER", "MIDDLE", [None, 60, None, "RANGE"]),
        (LATE_MARCH, "DATE", "LOW", ["2021-03-25", "2021-03-25", "2021-04-01", None]),
        (LATE_MARCH, "DATE", "MIDDLE", ["2021-03-28", "2021-03-25", "2021-04-01", None]),
        (make_range("2021-03", "2021-05"), "DATE", "MIDDLE", [None, "2021-03", "2021-05", "RANGE"]),
        (make_range("2021-03", "2021-05"), "DATE", "HIGH", ["2021-05", "2021-03", "2021-05", None]),
        (make_range("2021-03-25", None), "DATE", "MIDDLE", [None, "2021-03-25", None, "RANGE"]),
    ],
)
def test_the_column_holds_what_the_variable_says_and_the_ends_stand_beside_it(
    value: Any, kind: str, if_range: str, shown: list[Any]
) -> None:
    assert exported(value, kind, if_range) == shown


@pytest.mark.parametrize("if_range", list(IfRange))
def test_a_vague_number_is_missing_with_the_bounds_of_its_words(if_range: str) -> None:
    candidates = (
        withheld({**make_range(2, 3), "vague": True}, "CONTRADICTED", confidence=0.99),
        withheld({**make_range(200, 900), "vague": True}, "STATED", confidence=0.5),
        withheld(DOZENS, "STATED", confidence=0.8),
    )
    found = exported(None, if_range=if_range, missing_reason="VAGUE", candidates=candidates)
    assert found == [None, 24, 99, "VAGUE"]


def test_what_was_withheld_has_no_ends() -> None:
    units = [
        extraction("x", None, missing_reason="UNSUPPORTED", candidates=(withheld(BETWEEN, "CONTRADICTED"),)),
        extraction("x", 7),
    ]
    documents = [Document(str(n), str(n), extractions=[unit]) for n, unit in enumerate(units)]
    made = dataset([variable("x", "NUMBER")], documents, Options(bounds=True))
    assert names(made)[3:] == ["x", "x_low", "x_high"]
    assert [row[3:] for row in made.rows()] == [[None, None, None], [7, 7, 7]]


def test_ends_have_columns_where_any_unit_has_two_or_where_they_are_asked_for() -> None:
    variables = [variable("x", "NUMBER"), variable("day", "DATE"), variable("place")]
    documents = [document("a", {"x": 7, "day": "2021", "place": "X"}), document("b", {"x": BETWEEN})]
    assert names(dataset(variables, documents))[3:] == ["x", "x_low", "x_high", "day", "day_date", "place"]
    assert names(dataset(variables, documents[:1]))[3:] == ["x", "day", "day_date", "place"]
    asked = dataset(variables, documents[:1], Options(bounds=True))
    assert names(asked)[3:] == ["x", "x_low", "x_high", "day", "day_date", "day_low", "day_high", "place"]
    assert next(asked.rows())[3:] == [7, 7, 7, "2021", None, "2021", "2021", "X"]


def test_each_of_several_values_has_its_ends_beside_it() -> None:
    several = variable("x", "NUMBER", if_multiple_values="ALL", if_range="LOW")
    made = dataset([several], [document("a", {"x": [BETWEEN, 7]}), document("b", {"x": [1]})])
    assert names(made)[3:] == ["x_1", "x_1_low", "x_1_high", "x_2", "x_2_low", "x_2_high"]
    assert [row[3:] for row in made.rows()] == [[400, 400, 500, 7, 7, 7], [1, 1, 1, None, None, None]]
    assert made.table.columns_of("x") == names(made)[3:]


@given(NUMBERS, NUMBERS)
def test_the_middle_of_two_numbers_lies_between_them(one: float, other: float) -> None:
    low, high = sorted((one, other))
    middle = in_column(make_range(low, high), IfRange.MIDDLE)
    assert isinstance(middle, int | float)
    assert low <= middle <= high or middle == pytest.approx(low)


@given(st.dates(), st.dates())
def test_the_middle_of_two_days_is_half_way(one: date, other: date) -> None:
    low, high = sorted((one, other))
    middle = date.fromisoformat(str(in_column(make_range(low.isoformat(), high.isoformat()), IfRange.MIDDLE)))
    assert (high - middle) - (middle - low) in (middle - middle, date(2021, 1, 2) - date(2021, 1, 1))
