"""Dates are found in many languages and formats, and stay as exact as they are written."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from coderai.language.dates import find_dates, parse_date


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("5 March 2021", "en", "2021-03-05"),
        ("March 5, 2021", "en", "2021-03-05"),
        ("this 5th day of March, 2021", "en", "2021-03-05"),
        ("30-MAY-2018", "en", "2018-05-30"),
        ("12MAY2018", "en", "2018-05-12"),
        ("2021-03-05", "en", "2021-03-05"),
        ("2021/3/5", "", "2021-03-05"),
        ("20210305", "", "2021-03-05"),
        ("5. März 2021", "de", "2021-03-05"),
        ("05.03.21", "de", "2021-03-05"),
        ("5. 3. 2021", "cs", "2021-03-05"),
        ("el 5 de marzo de 2021", "es", "2021-03-05"),
        ("le 1er janvier 2020", "fr", "2020-01-01"),
        ("5 марта 2021 года", "ru", "2021-03-05"),
        ("٥ مارس ٢٠٢١", "ar", "2021-03-05"),
        ("5 آذار/مارس 2021", "ar", "2021-03-05"),
        ("5 मार्च 2021", "hi", "2021-03-05"),
        ("2021年3月5日", "zh", "2021-03-05"),
        ("令和3年5月1日", "ja", "2021-05-01"),
        ("2021년 3월 5일", "ko", "2021-03-05"),
        ("ngày 5 tháng 3 năm 2021", "vi", "2021-03-05"),
        ("5 มีนาคม 2564", "th", "2021-03-05"),
        ("2021. március 5.", "hu", "2021-03-05"),
        ("5 mars 2021", "", "2021-03-05"),
        ("March 2021", "en", "2021-03"),
        ("03/2021", "en", "2021-03"),
        ("2021-03", "en", "2021-03"),
        ("2021", "en", "2021"),
        ("2021 (March 2021)", "en", "2021-03"),
    ],
)
def test_reads_one_date_as_exactly_as_it_is_written(text: str, language: str, iso: str) -> None:
    assert parse_date(text, language) == iso


@pytest.mark.parametrize("text", ["", "soon", "2020 or 2021", "31/02/2020", "2021-13-45", "March 5th", "5/3"])
def test_does_not_make_a_date_of_what_is_not_one(text: str) -> None:
    assert parse_date(text, "en") is None


@pytest.mark.parametrize(
    ("text", "language", "iso"),
    [
        ("05/06/2018", "en", "2018-05-06"),
        ("05/06/2018", "fr", "2018-06-05"),
        ("05/06/2018 incl. GST", "en", "2018-06-05"),
        ("05/06/2018, due 25/06/2018", "en", "2018-06-05"),
        ("05/06/2018, due 06/25/2018", "fr", "2018-05-06"),
    ],
)
def test_day_or_month_first_is_told_by_the_text_before_its_language(text: str, language: str, iso: str) -> None:
    assert find_dates(text, language)[0].iso == iso


@pytest.mark.parametrize(
    "text", ["Section 3.2.10", "192.168.1.100", "tel 07-3507405", "$2020", "RM 2018.00", "2,018 people"]
)
def test_numbers_that_are_no_dates_are_left_alone(text: str) -> None:
    assert find_dates(text, "en") == ()


def test_both_ends_of_a_range_are_dates() -> None:
    assert [mention.iso for mention in find_dates("5-7 March 2021", "en")] == ["2021-03-05", "2021-03-07"]


def test_two_dates_share_a_year() -> None:
    for text, found in [
        ("from 3 March to 7 April 2021", ["2021-03-03", "2021-04-07"]),
        ("from 28 December to 3 January 2021", ["2020-12-28", "2021-01-03"]),
        ("March and May 2021", ["2021-03", "2021-05"]),
        ("5 March and 2019", ["2019"]),
    ]:
        assert [mention.iso for mention in find_dates(text, "en")] == found


@pytest.mark.parametrize(
    "language",
    [
        "en",
        "de",
        "fr",
        "es",
        "pt",
        "it",
        "nl",
        "sv",
        "pl",
        "cs",
        "ru",
        "uk",
        "tr",
        "el",
        "ro",
        "hu",
        "fi",
        "da",
        "bg",
        "hr",
        "id",
        "ar",
        "hi",
        "ko",
    ],
)
def test_months_of_many_languages_are_known(language: str) -> None:
    for month in range(1, 13):
        day = date(2021, month, 23)
        assert parse_date(format_date(day, "long", locale=language), language) == day.isoformat()


def test_months_have_other_names_in_other_countries() -> None:
    assert [parse_date(text, "ar") for text in ("5 آب 2021", "5 غشت 2021", "5 أوت 2021")] == ["2021-08-05"] * 3


def test_relative_dates_count_only_against_the_documents_own_date() -> None:
    text = "On Monday the police, who yesterday and on March 7 had said nothing, met on 28 December."
    assert find_dates(text, "en") == ()
    found = find_dates(text, "en", date(2021, 3, 10))
    assert [mention.iso for mention in found] == ["2021-03-08", "2021-03-09", "2021-03-07", "2020-12-28"]


@given(st.text(), st.sampled_from(["", "en", "de", "ja", "ar", "th", "xx"]), st.none() | st.dates())
def test_any_text_can_be_searched(text: str, language: str, reference: date | None) -> None:
    found = find_dates(text, language, reference)
    parse_date(text, language)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in found)
    assert list(found) == sorted(found, key=lambda mention: mention.start)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_dates_are_read_back(day: date) -> None:
    assert parse_date(day.isoformat()) == day.isoformat()
    assert parse_date(day.strftime("%-d %B %Y"), "en") == day.isoformat()
    assert parse_date(day.strftime("%d.%m.%Y"), "de") == day.isoformat()
    assert parse_date(day.strftime("%m/%d/%Y"), "en") == day.isoformat()
