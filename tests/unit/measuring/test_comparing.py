"""Whether an answer is right: equal but for how it is written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.ranges import make_range
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType
from coderai.measuring.comparing import is_right
from coderai.measuring.feedback import Answer
from coderai.services.extractor.domain.coding.extraction import MissingReason

NUMBER, DATE, TEXT = VariableType.NUMBER, VariableType.DATE, VariableType.TEXT
CATEGORY, BOOLEAN = VariableType.CATEGORY, VariableType.BOOLEAN


def _right(type_: VariableType, says: Any, right: Any, **rest: Any) -> bool:
    return is_right(Variable("v", "v", type_, **rest), Answer(says), Answer(right))


@pytest.mark.parametrize(
    ("type_", "says", "right", "is_it"),
    [
        (NUMBER, 400, 400.0, True),
        (NUMBER, 0.1 + 0.2, 0.3, True),
        (NUMBER, 400, 401, False),
        (NUMBER, make_range(400, 500), make_range(400, 500), True),
        (NUMBER, make_range(400, 500), make_range(400, 501), False),
        (NUMBER, make_range(400, None), make_range(400, 500), False),
        (NUMBER, make_range(400, 400), 400, True),
        (NUMBER, 400, make_range(400, 500), False),
        (NUMBER, 1, True, False),
        (DATE, "2021-03-05", "2021-03-05", True),
        (DATE, "2021-03", "2021-03-05", False),
        (DATE, make_range("2021-03-03", "2021-03-05"), make_range("2021-03-03", "2021-03-05"), True),
        (CATEGORY, "strike", "strike", True),
        (CATEGORY, "C", "C#", False),
        (BOOLEAN, False, False, True),
        (BOOLEAN, False, True, False),
        (TEXT, "  The  Acme-Corp. ", "the acme corp", True),
        (TEXT, "Straße", "STRASSE", True),
        (TEXT, "Ａｃｍｅ", "acme", True),
        (TEXT, "東京都、新宿区", "東京都 新宿区", True),
        (TEXT, "القاهرة، مصر", "القاهرة مصر", True),
        (TEXT, "résumé", "re\u0301sume\u0301", True),
        (TEXT, "résumé", "resume", False),
        (TEXT, "1.5 m", "15 m", False),
        (TEXT, "1,500 people", "1500 people", True),
        (TEXT, "5.3.2021", "5/3/2021", True),
        (TEXT, "—", "?", False),
        (TEXT, "Acme", "Acme Ltd", False),
    ],
)
def test_equal_but_for_how_it_is_written(type_: VariableType, says: Any, right: Any, is_it: bool) -> None:
    assert _right(type_, says, right) is is_it
    assert _right(type_, right, says) is is_it


def test_several_values_are_equal_as_sets() -> None:
    several = {"if_multiple_values": IfMultipleValues.ALL}
    assert _right(TEXT, ["Kyiv", "Odesa"], ["odesa", "KYIV"], **several)
    assert _right(TEXT, ["Kyiv"], "Kyiv", **several)
    assert not _right(TEXT, ["Kyiv"], ["Kyiv", "Odesa"], **several)
    assert _right(NUMBER, [1, 2.0, 2], [2, 1], **several)


def test_a_missing_value_is_right_where_it_is_missing_for_any_reason() -> None:
    number = Variable("v", "v", NUMBER)
    nothing, unknown = Answer(None, MissingReason.NOT_STATED), Answer(None, MissingReason.AMBIGUOUS)
    assert is_right(number, nothing, unknown)
    assert not is_right(number, nothing, Answer(0))
    assert not is_right(number, Answer(0), nothing)


def test_a_default_that_stands_in_for_a_missing_value_is_missing() -> None:
    number = Variable("v", "v", NUMBER, default_value=0)
    assert is_right(number, Answer(0, MissingReason.NOT_STATED), Answer(None, MissingReason.NOT_STATED))
    assert not is_right(number, Answer(0, MissingReason.NOT_STATED), Answer(0))


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.lists(st.text()))


@given(st.sampled_from(list(VariableType)), VALUES)
def test_every_answer_says_what_it_says(type_: VariableType, value: Any) -> None:
    """Also where the variable had another type when it was given."""
    assert _right(type_, value, value)
