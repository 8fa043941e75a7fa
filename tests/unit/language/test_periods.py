"""Spans of time are read with both ends, as exact as they are written, and what is not understood is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coderai.language.periods import Period, find_periods, read_period


def written(period: Period | None) -> str:
    """A period as intervals are written: "(2020, None)" is after 2020."""
    if period is None:
        return "refused"
    low, high = "[" if period.low_closed else "(", "]" if period.high_closed else ")"
    return f"{low}{period.low}, {period.high}{high}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 March 2021", "[2021-03-05, 2021-03-05]"),
        ("20210305", "[2021-03-05, 2021-03-05]"),
        ("March 2021", "[2021-03, 2021-03]"),
        ("2021", "[2021, 2021]"),
        ("2021 (March 2021)", "[2021-03, 2021-03]"),
        ("3-5 March 2021", "[2021-03-03, 2021-03-05]"),
        ("from 28 to 3 March 2021", "[2021-02-28, 2021-03-03]"),
        ("March 3 to 5, 2021", "[2021-03-03, 2021-03-05]"),
        ("between 3 and 5 March 2021", "[2021-03-03, 2021-03-05]"),
        ("between 3 March and 7 April 2021", "[2021-03-03, 2021-04-07]"),
        ("28 December to 3 January 2021", "[2020-12-28, 2021-01-03]"),
        ("March to May 2021", "[2021-03, 2021-05]"),
        ("from 2019 to 2021", "[2019, 2021]"),
        ("2019-2021", "[2019, 2021]"),
        ("2020-21", "[2020, 2021]"),
        ("the 1990s", "[1990, 1999]"),
        ("2021-03-05 to 2021-04-07", "[2021-03-05, 2021-04-07]"),
        ("before 2020", "(None, 2020)"),
        ("before the end of 2020", "(None, 2020]"),
        ("until 5 March 2021", "(None, 2021-03-05]"),
        ("no later than 5 March 2021", "(None, 2021-03-05]"),
        ("by the end of 2020", "(None, 2020]"),
        ("after March 2021", "(2021-03, None)"),
        ("since 2019", "[2019, None)"),
        ("around 2020", "[2020, 2020]"),
    ],
)
def test_reads_both_ends(text: str, expected: str) -> None:
    assert written(read_period(text, "en")) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "vom 3. bis 5. März 2021", "[2021-03-03, 2021-03-05]"),
        ("de", "zwischen 3. März und 7. April 2021", "[2021-03-03, 2021-04-07]"),
        ("de", "seit März 2021", "[2021-03, None)"),
        ("fr", "entre le 3 mars et le 7 avril 2021", "[2021-03-03, 2021-04-07]"),
        ("fr", "jusqu'en 2020", "(None, 2020]"),
        ("es", "antes de 2020", "(None, 2020)"),
        ("es", "del 3 al 5 de marzo de 2021", "[2021-03-03, 2021-03-05]"),
        ("pt", "após 2020", "(2020, None)"),
        ("it", "dal 2019 al 2021", "[2019, 2021]"),
        ("nl", "van 2019 tot 2021", "[2019, 2021]"),
        ("ar", "بين عامي 2019 و2021", "[2019, 2021]"),
        ("ar", "منذ مارس 2021", "[2021-03, None)"),
    ],
)
def test_reads_the_common_words_of_other_languages(language: str, text: str, expected: str) -> None:
    assert written(read_period(text, language)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "March 5th",
        "2020 or 2021",
        "3 and 5 March 2021",
        "in March and May 2021",
        "two days after 5 March 2021",
        "the day before 5 March 2021",
        "not in 2020",
        "as of 5 March 2021",
        "2010 to 2012 and 2015",
        "March 2021 to June",
        "3 March 2020 - 5 April",
        "late 2020 to early 2021",
        "between 5 March 2021 and today",
        "5 March 2021 or later",
    ],
)
def test_refuses_what_it_does_not_understand(text: str) -> None:
    assert read_period(text, "en") is None


def test_a_period_spans_the_words_that_bound_it() -> None:
    text = "It ran from 3 March to 7 April 2021 and closed before 2023."
    assert [text[found.start : found.end] for found in find_periods(text, "en")] == [
        "from 3 March to 7 April 2021",
        "before 2023",
    ]


WORDS = "from to between and since before the end of March 3 5 2019 2021 2020-21 - not days after 05/03/2021 1990s"


@given(
    st.text() | st.lists(st.sampled_from(WORDS.split())).map(" ".join),
    st.sampled_from(["", "en", "de", "fr", "ar", "xx"]),
)
def test_any_text_can_be_searched(text: str, language: str) -> None:
    read_period(text, language)
    for period in find_periods(text, language):
        assert 0 <= period.start < period.end <= len(text)
        assert (period.low, period.high) != (None, None)
        assert period.low is None or period.high is None or period.low[:4] <= period.high[:4]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 30)), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_spans_are_read_back(one: date, other: date) -> None:
    assume(one != other)
    first, last = min(one, other), max(one, other)
    for text in (
        f"from {first:%-d %B %Y} to {last:%-d %B %Y}",
        f"{first} - {last}",
        f"between {first:%B %-d, %Y} and {last}",
    ):
        period = read_period(text, "en")
        assert period
        assert (period.low, period.high) == (first.isoformat(), last.isoformat())
