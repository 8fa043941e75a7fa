"""Numbers are found and read as people of many languages write them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unicode_rbnf import RbnfEngine

from coderai.language.number_words import parse_spelled_number
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
        ("two million and a half", "en", 2_500_000),
        ("a quarter of a million", "en", 250_000),
        ("a dozen", "en", 12),
        ("half a dozen", "en", 6),
        ("three quarters", "en", 0.75),
        ("three-quarters of a million", "en", 750_000),
        ("one and one-half days", "en", 1.5),
        ("two and three quarters", "en", 2.75),
        ("2¾", "en", 2.75),
        ("11 1/4 miles", "en", 11.25),
        ("drei Viertel", "de", 0.75),
        ("ثلاثة أرباع", "ar", 0.75),
        ("nineteen ninety-nine", "en", 1999),
        ("nineteen oh five", "en", 1905),
        ("minus five", "en", -5),
        ("2 crore 50 lakh", "en", 25_000_000),
        ("триста двадцать три", "ru", 323),
        ("три тысячи пятьсот", "ru", 3_500),
        ("ثلاثة آلاف وخمسمائة", "ar", 3_500),
        ("أحد عشر ألفا", "ar", 11_000),
        ("مئتين وخمسين شخصا", "ar", 250),
        ("三万五千人", "zh", 35_000),
        ("3万5千人", "zh", 35_000),
        ("一百零五人", "zh", 105),
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
    ("text", "language"),
    [
        *(
            (text, "en")
            for text in ["", "many", "10-15", "between 5 and 7", "INV-0012", "1.2.3", "12:30", "men 5, women 7"]
        ),
        ("several hundred", "en"),
        ("a few thousand", "en"),
        ("a couple of thousand", "en"),
        ("dozens", "en"),
        ("mehrere Hundert", "de"),
        ("one two three", "en"),
        ("two quarters of growth", "en"),
        ("ألفا وخمسمائة", "ar"),
        ("مئات", "ar"),
        ("两三百人", "zh"),
        ("十几人", "zh"),
    ],
)
def test_does_not_make_a_number_of_what_is_not_one(text: str, language: str) -> None:
    assert parse_number(text, language) is None


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


def test_ages_are_marked() -> None:
    found = find_numbers("Twenty thirty-year-old men, a 14-year-old, a girl aged 9 and 3 others", "en")
    assert [(number.value, number.age) for number in found] == [
        (20, False),
        (30, True),
        (14, True),
        (9, True),
        (3, False),
    ]


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


LANGUAGES = "ar bg cs el fa he hi hr id ms pl ro ru sr tr uk zh ja en fr de es pt it nl"


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_numbers_in_words_are_read_right_or_refused(language: str) -> None:
    engine = RbnfEngine.for_language(language)
    numbers = [*range(1, 200), *range(200, 10_000, 97), *range(10_007, 2_000_000, 98_765)]
    spelled = [(number, text) for number in numbers for text in spellings(engine, number)]
    read = [(number, parse_spelled_number(text, language), text) for number, text in spelled]
    assert not [found for found in read if found[1] not in (None, found[0])]
    assert sum(value is not None for _, value, _ in read) > 0.4 * len(read)


def spellings(engine: RbnfEngine, number: int) -> set[str]:
    """How the locale data spell a number as a count, in each gender and case."""
    by_ruleset = engine.format_number(number).text_by_ruleset
    texts = {text for rules, text in by_ruleset.items() if "cardinal" in rules or rules == "spellout-numbering"}
    return {text.replace("\u00ad", "").replace("\u200b", "") for text in texts}
