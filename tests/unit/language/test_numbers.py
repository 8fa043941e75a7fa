"""Numbers are found and read as people of many languages write them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.language.numbers import find_numbers, parse_number


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1,234.56", "en", 1234.56),
        ("1.234,56", "de", 1234.56),
        ("1.234,56", "en", 1234.56),
        ("1.234", "de", 1234),
        ("1.234", "en", 1.234),
        ("1,234", "en", 1234),
        ("1,234", "fr", 1.234),
        ("1 234", "fr", 1234),
        ("1\u202f234,5", "fr", 1234.5),
        ("1'234", "de", 1234),
        ("1,00,000", "en", 100_000),
        ("٢٣", "ar", 23),
        ("२३", "hi", 23),
        ("５０％", "ja", 50),
        ("12 %", "en", 12),
        ("RM 1,234.50", "en", 1234.5),
        ("-RM 0.02", "en", -0.02),
        ("(12.00)", "en", -12),
        ("−5", "en", -5),
        ("about 2.5 million", "en", 2_500_000),
        ("$1.2bn", "en", 1_200_000_000),
        ("20k", "en", 20_000),
        ("10 lakh", "en", 1_000_000),
        ("2 crore", "en", 20_000_000),
        ("5 mil personas", "es", 5_000),
        ("3,5 Millionen", "de", 3_500_000),
        ("5,2 milliards", "fr", 5_200_000_000),
        ("3 млн рублей", "ru", 3_000_000),
        ("10万人", "zh", 100_000),
        ("三十五人", "zh", 35),
        ("twenty-three", "en", 23),
        ("two dozen", "en", 24),
        ("three and a half million", "en", 3_500_000),
        ("half a million", "en", 500_000),
        ("a hundred", "en", 100),
        ("vingt-trois", "fr", 23),
        ("dreiundzwanzig", "de", 23),
        ("veintitrés", "es", 23),
        ("двадцать три человека", "ru", 23),
        ("un", "fr", 1),
        ("zero", "en", 0),
        ("23 people (5 of them children)", "en", 23),
    ],
)
def test_reads_one_number(text: str, language: str, value: float) -> None:
    assert parse_number(text, language) == value


@pytest.mark.parametrize(
    "text", ["", "many", "10-15", "between 5 and 7", "INV-0012", "1.2.3", "12:30", "men 5, women 7"]
)
def test_does_not_make_a_number_of_what_is_not_one(text: str) -> None:
    assert parse_number(text, "en") is None


def test_whole_numbers_are_ints() -> None:
    assert isinstance(parse_number("12.00", "en"), int)


@pytest.mark.parametrize(
    "text",
    [
        "the 3rd and 21st",
        "call 07-3507405",
        "at 20:49:59",
        "on 19/10/2018",
        "on 2018-03-05",
        "COVID-19",
        "version 1.2.3",
        "room A17",
        "one of them",
        "millions of people",
    ],
)
def test_parts_of_codes_times_and_dates_do_not_count(text: str) -> None:
    assert find_numbers(text, "en") == ()


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("10-15 people", 10, 15),
        ("between 10 and 15", 10, 15),
        ("10 to 15 million", 10_000_000, 15_000_000),
        ("from $5 to $10", 5, 10),
        ("zwischen 10 und 15", 10, 15),
    ],
)
def test_a_range_has_two_bounds(text: str, low: float, high: float) -> None:
    (number,) = find_numbers(text, "de" if "zwischen" in text else "en")
    assert (number.value, number.upper) == (low, high)


def test_units_and_currencies_come_with_the_number() -> None:
    found = find_numbers("RM60.31 for 1.5L at 6% and 20 €", "en")
    assert [(number.value, number.unit) for number in found] == [(60.31, "RM"), (1.5, "L"), (6, "%"), (20, "€")]


def test_the_texts_own_numbers_tell_the_decimal_mark() -> None:
    found = find_numbers("5,79 5,77 257,59 316,83 and 1.234", "en")
    assert found[-1].value == 1234


WORDS = (
    "hundred thousand million trillion billionen twenty one zero point and half minus dozen - , 5 1.5 000 k m to \ud83d"
)


@given(
    st.text() | st.lists(st.sampled_from(WORDS.split())).map(" ".join),
    st.sampled_from(["", "en", "de", "fr", "ru", "ar", "zh", "xx", "pt-BR"]),
)
def test_any_text_can_be_searched(text: str, language: str) -> None:
    found = find_numbers(text, language)
    parse_number(text, language)
    assert all(0 <= number.start < number.end <= len(text) for number in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(st.integers(min_value=0, max_value=10**12))
def test_digits_with_separators_are_read_back(value: int) -> None:
    assert parse_number(f"{value:,}", "en") == value
    assert parse_number(f"{value:,}".replace(",", "."), "de") == value
    assert parse_number(f"{value:,}".replace(",", "\u00a0"), "fr") == value
