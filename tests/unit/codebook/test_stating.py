"""What a quote says of a value is said only where it has one reading."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coderai.codebook.stating import Says
from coderai.codebook.types import spec
from coderai.codebook.variable import Category, Variable, VariableType
from coderai.language.negation import denials
from tests.support.codebooks import variable

NUMBER = variable("hurt", VariableType.NUMBER)
DATE = variable("day", VariableType.DATE)
TEXT = variable("place")
FORM = variable("form", VariableType.CATEGORY, categories=(Category("march"), Category("strike")))
PERMIT = variable("permit", VariableType.BOOLEAN)


def says(asked: Variable, value: Any, quote: str, language: str = "en") -> Says:
    return spec(asked).states(asked, value, quote, language)


@pytest.mark.parametrize(
    ("asked", "value", "quote", "said"),
    [
        (NUMBER, 12, "twelve were hurt", Says.VALUE),
        (NUMBER, 12, "twelve were hurt on 3 March 2021", Says.VALUE),
        (NUMBER, 12, "of 300, twelve were hurt", Says.PERHAPS),
        (NUMBER, 12, "a twelve-year-old was hurt", Says.PERHAPS),
        (NUMBER, 12, "12% were hurt", Says.PERHAPS),
        (NUMBER, 2021, "hurt in 2021", Says.PERHAPS),
        (NUMBER, 1234, "1.234 were hurt", Says.SCALED),
        (NUMBER, 12, "300 were hurt", Says.OTHER),
        (NUMBER, 0, "of 300 nobody was hurt", Says.NOTHING),
        (NUMBER, 12, "many were hurt", Says.NOTHING),
        (DATE, "2021-03-05", "on 5 March 2021", Says.VALUE),
        (DATE, "2021-03", "on 5 March 2021", Says.VALUE),
        (DATE, "2021-03-05", "planned for 3 March 2021, held on 5 March 2021", Says.PERHAPS),
        (DATE, "2021-03-05", "05/03/2021", Says.PERHAPS),
        (DATE, "2021-03-05", "25/03/2021", Says.OTHER),
        (DATE, "2021-03-05", "on 5 March", Says.NOTHING),
        (DATE, "2021-03-05", "yesterday, unlike in 2020", Says.NOTHING),
        (DATE, "2021-03-05", "on 6 March 2021", Says.OTHER),
        (TEXT, "Port Elmo", "in PÓRT  ELMO", Says.VALUE),
        (TEXT, "union of nurses", "the union of the nurses", Says.VALUE),
        (TEXT, "nurses of union", "the union of all the nurses", Says.NOTHING),
        (TEXT, "no strike", "a strike", Says.NOTHING),
        (TEXT, "Line 7", "Line 5", Says.NOTHING),
        (FORM, "march", "a march", Says.VALUE),
        (FORM, "march", "a march, no strike", Says.PERHAPS),
        (FORM, "march", "on 5 March 2021", Says.NOTHING),
        (PERMIT, True, "Permit: yes", Says.VALUE),
        (PERMIT, False, "Permit: no", Says.VALUE),
        (PERMIT, True, "Smoking: yes", Says.PERHAPS),
        (PERMIT, False, "No", Says.NOTHING),
    ],
)
def test_what_a_quote_says_of_a_value(asked: Variable, value: Any, quote: str, said: Says) -> None:
    assert says(asked, value, quote) is said


def test_a_per_cent_is_one_where_it_is_asked_for() -> None:
    assert says(variable("turnout", VariableType.NUMBER, "Turnout in per cent."), 12, "12% came") is Says.VALUE


def test_small_numbers_may_be_in_words_where_those_are_not_read() -> None:
    quote = "300 marscherade och tolv skadades"
    assert (says(NUMBER, 12, quote, "sv"), says(NUMBER, 12000, quote, "sv")) == (Says.NOTHING, Says.OTHER)


@given(st.integers(3, 10**9), st.integers(3, 10**9))
def test_a_number_alone_is_stated_and_no_other_is(one: int, other: int) -> None:
    assume(one != other and not any(1600 <= number < 2100 for number in (one, other)))
    quote = f"The damage came to {one} euros."
    assert says(NUMBER, one, quote) is Says.VALUE
    assert says(NUMBER, other, quote) in (Says.OTHER, Says.PERHAPS)
    assert says(NUMBER, one, f"{quote} The fine was {other} euros.") is Says.PERHAPS


DAYS = st.dates(date(1700, 1, 1), date(2099, 12, 31))


@given(DAYS, DAYS)
def test_a_date_alone_is_stated_and_no_other_is(one: date, other: date) -> None:
    assume(one != other)
    assert says(DATE, one.isoformat(), f"It was on {one.isoformat()}.") is Says.VALUE
    assert says(DATE, other.isoformat(), f"It was on {one.isoformat()}.") is Says.OTHER


@given(
    st.sampled_from(VariableType), st.text(max_size=40), st.text(max_size=40), st.sampled_from(["en", "ar", "zh", ""])
)
def test_any_value_and_quote_can_be_compared(type_: VariableType, value: str, quote: str, language: str) -> None:
    asked = variable("v", type_, categories=(Category("march"), Category(value)))
    read = spec(asked).read(asked, value, language)
    if read is not None:
        assert isinstance(says(asked, read, quote, language), Says)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("No. 5 and no 7", 0),
        ("no one did not go", 2),
        ("It didn't, and they cannot", 2),
        ("没有", 1),
        ("Er kam nicht", 1),
    ],
)
def test_denials_are_counted(text: str, count: int) -> None:
    assert denials(text) == count
