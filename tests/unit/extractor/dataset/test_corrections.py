"""What a person says is right becomes a value of its variable, or is refused with what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.variable import Category, IfMultipleValues, ValidationRules, Variable, VariableType
from coderai.measuring.feedback import Answer
from coderai.services.extractor.domain.coding.extraction import MissingReason
from coderai.services.extractor.domain.dataset.corrections import REASONS, CorrectionInvalid, read_correction
from tests.support.codebooks import variable

ALL, JOINED = IfMultipleValues.ALL, IfMultipleValues.CONCATENATE
TEXT, NUMBER, DATE = variable("place"), variable("injured", VariableType.NUMBER), variable("day", VariableType.DATE)
YES = variable("permit", VariableType.BOOLEAN)
FORM = variable("form", VariableType.CATEGORY, categories=(Category("march"), Category("strike")))
LIMITED = variable("injured", VariableType.NUMBER, validation_rules=ValidationRules(min=1, max=500))
CODED = variable("code", validation_rules=ValidationRules(pattern="[A-Z]{2}[0-9]+"))
CLOSED = {"low_closed": True, "high_closed": True}


def read(of: Variable, raw: Any, language: str = "en") -> Any:
    answer = read_correction(of, raw, "", language)
    assert answer is not None and answer.missing_reason is None
    return answer.value


@pytest.mark.parametrize(
    ("of", "raw", "language", "value"),
    [
        (NUMBER, 250, "en", 250),
        (NUMBER, 250.0, "en", 250),
        (NUMBER, "1,200", "en", 1200),
        (NUMBER, "1.200", "de", 1200),
        (NUMBER, "400-500", "en", {"low": 400, "high": 500, **CLOSED}),
        (NUMBER, {"low": 400, "high": "500"}, "en", {"low": 400, "high": 500, **CLOSED}),
        (NUMBER, {"low": 60, "high": None, "low_closed": False}, "en", "more than 60"),
        (NUMBER, {"low": 7, "high": 7}, "en", 7),
        (DATE, "5 March 2021", "en", "2021-03-05"),
        (DATE, "2021", "en", "2021"),
        (
            DATE,
            {"low": "2021-03-03", "high": "2021-03-05"},
            "en",
            {"low": "2021-03-03", "high": "2021-03-05", **CLOSED},
        ),
        (DATE, {"low": "2021-03", "high": "2021"}, "en", {"low": "2021-03", "high": "2021", **CLOSED}),
        (YES, True, "en", True),
        (YES, "no", "en", False),
        (FORM, "March", "en", "march"),
        (TEXT, "  Malmö \n centre ", "en", "Malmö centre"),
        (TEXT, "ساحة التحرير", "ar", "ساحة التحرير"),
        (NUMBER, "٢٥٠", "ar", 250),
        (LIMITED, 500, "en", 500),
        (CODED, "AB12", "en", "AB12"),
    ],
)
def test_a_correction_is_read_as_a_models_value_is(of: Variable, raw: Any, language: str, value: Any) -> None:
    if value == "more than 60":
        value = {"low": 60, "high": None, "low_closed": False, "high_closed": False}
    assert read(of, raw, language) == value


@pytest.mark.parametrize(
    ("of", "raw", "says"),
    [
        (NUMBER, "many people", "is not a number"),
        (NUMBER, "dozens", "VAGUE"),
        (NUMBER, True, "is not a number"),
        (NUMBER, {"low": None, "high": None}, "at least"),
        (NUMBER, {"low": 9, "high": 5}, "above the high end"),
        (NUMBER, {"low": 9}, "is not a number"),
        (NUMBER, {"low": 9, "high": 10, "vague": True}, "VAGUE"),
        (NUMBER, {"low": 9, "high": 10, "middle": 9}, "is not a number"),
        (NUMBER, {"low": "many", "high": 10}, "end 'many'"),
        (NUMBER, {"low": [1], "high": 10}, "end [1]"),
        (NUMBER, {"low": "1-2", "high": 10}, "end '1-2'"),
        (NUMBER, [250], "keeps one"),
        (TEXT, {"low": 1, "high": 2}, "is not a text"),
        (TEXT, "   ", "is not a text"),
        (TEXT, "x" * 2001, "longer than"),
        (DATE, "someday", "is not a date"),
        (DATE, {"low": "2021-03-05", "high": "2021-03-03"}, "above the high end"),
        (YES, "perhaps", "is not true or false"),
        (FORM, "vigil", "is none of"),
        (LIMITED, 501, "more than 500"),
        (LIMITED, {"low": 0, "high": 7}, "less than 1"),
        (CODED, "12", "does not match"),
    ],
)
def test_what_is_no_value_of_the_variable_is_refused_and_says_why(of: Variable, raw: Any, says: str) -> None:
    with pytest.raises(CorrectionInvalid) as raised:
        read(of, raw)
    assert says in raised.value.message
    assert raised.value.message.startswith(of.name)
    assert "corrected_value" in raised.value.fields


def test_several_values_are_for_variables_that_keep_several() -> None:
    several = variable("weapon", if_multiple_values=ALL, max_values=3)
    assert read(several, ["bat", " knife "]) == ["bat", "knife"]
    assert read(several, ["bat"]) == "bat", "as a model's only value stands"
    assert read(several, "bat; knife") == "bat; knife"
    for wrong in ([], ["a", "b", "c", "d"], ["a", None], ["a", ["b"]], ["a", {}]):
        with pytest.raises(CorrectionInvalid):
            read(several, wrong)


def test_each_of_several_values_is_checked() -> None:
    numbers = variable("n", VariableType.NUMBER, if_multiple_values=ALL, validation_rules=ValidationRules(max=10))
    assert read(numbers, ["3", {"low": 4, "high": 5}]) == [3, {"low": 4, "high": 5, **CLOSED}]
    with pytest.raises(CorrectionInvalid):
        read(numbers, [3, 11])


def test_values_that_a_variable_joins_are_joined_as_a_models_are() -> None:
    joined = variable("n", VariableType.NUMBER, if_multiple_values=JOINED)
    assert read(joined, [3, "4-5"]) == "3; 4 to 5"
    assert read(joined, "3; 5") == "3; 5"
    assert read(joined, 3) == 3
    with pytest.raises(CorrectionInvalid):
        read(joined, "3; many")


def test_a_yes_or_no_is_never_several() -> None:
    with pytest.raises(CorrectionInvalid):
        read(variable("permit", VariableType.BOOLEAN, if_multiple_values=ALL), [True, False])


def test_a_person_says_that_it_is_missing_only_for_what_the_text_is_like() -> None:
    assert read_correction(TEXT, None, "", "en") is None
    for reason in MissingReason:
        if reason in REASONS:
            assert read_correction(TEXT, None, reason, "en") == Answer(missing_reason=reason)
        else:
            with pytest.raises(CorrectionInvalid):
                read_correction(TEXT, None, reason, "en")
    with pytest.raises(CorrectionInvalid):
        read_correction(TEXT, None, "RANGE", "en")
    with pytest.raises(CorrectionInvalid, match="not both"):
        read_correction(TEXT, "Malmö", "VAGUE", "en")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["low", "high", "x"]), inner),
    max_leaves=5,
)
variables = [TEXT, NUMBER, DATE, YES, FORM, LIMITED, CODED, variable("m", VariableType.NUMBER, if_multiple_values=ALL)]


@given(st.sampled_from(variables), json, st.sampled_from(["en", "ar", "de", ""]))
def test_any_json_is_read_or_refused_and_what_was_read_reads_as_itself(of: Variable, raw: Any, language: str) -> None:
    try:
        answer = read_correction(of, raw, "", language)
    except CorrectionInvalid:
        return
    assert answer is None or read_correction(of, answer.value, "", language) == answer
