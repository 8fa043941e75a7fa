"""Amounts are read with both ends as people state them, and what is not understood is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.language.amounts import Amount, find_amounts, read_amount


def written(amount: Amount | None) -> str:
    """An amount as intervals are written: "(60, None)" is more than 60, "[300, 300]" is 300, also "about 300"."""
    if amount is None:
        return "refused"
    low, high = "[" if amount.low_closed else "(", "]" if amount.high_closed else ")"
    mark = "?" if amount.vague else ""
    return f"{mark}{low}{amount.low}, {amount.high}{high}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.5", "[1234.5, 1234.5]"),
        ("400-500", "[400, 500]"),
        ("400 to 500", "[400, 500]"),
        ("Between 400 and 500 were students", "[400, 500]"),
        ("from $5 to $10", "[5, 10]"),
        ("between 5 and 7 million", "[5000000, 7000000]"),
        ("minus 5 to 5", "[-5, 5]"),
        ("one or two", "[1, 2]"),
        ("two or three hundred", "[200, 300]"),
        ("not fewer than twenty (20) days", "[20, None)"),
        ("greater than or equal to 20", "[20, None)"),
        ("up to and including 20", "(None, 20]"),
        ("more than 60", "(60, None)"),
        ("over $60", "(60, None)"),
        ("more than a dozen", "(12, None)"),
        ("at least 60 people", "[60, None)"),
        ("no fewer than 60", "[60, None)"),
        ("60 or more", "[60, None)"),
        ("60+ people", "[60, None)"),
        ("fewer than 20", "(None, 20)"),
        ("nearly 2,000", "(None, 2000)"),
        ("almost half a million", "(None, 500000)"),
        ("up to 20", "(None, 20]"),
        ("at most 20", "(None, 20]"),
        ("no more than 20", "(None, 20]"),
        ("did not exceed 20", "(None, 20]"),
        ("20 or fewer", "(None, 20]"),
        ("<= 20%", "(None, 20]"),
        ("about 300", "[300, 300]"),
        ("some 300", "[300, 300]"),
        ("300 or so", "[300, 300]"),
        ("about 400 to 500", "[400, 500]"),
        ("several hundred", "?[200, 999]"),
        ("a few thousand", "?[2000, 9999]"),
        ("a couple of people", "?[2, 2]"),
        ("hundreds of people", "?[200, None)"),
        ("dozens", "?[24, None)"),
        ("tens of thousands", "?[20000, None)"),
        ("more than several hundred", "?[200, None)"),
    ],
)
def test_reads_both_ends(text: str, expected: str) -> None:
    assert written(read_amount(text, "en")) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "zwischen 400 und 500", "[400, 500]"),
        ("de", "mehr als 60", "(60, None)"),
        ("de", "nicht mehr als 20", "(None, 20]"),
        ("de", "fast 2.000", "(None, 2000)"),
        ("de", "rund drei Millionen", "[3000000, 3000000]"),
        ("de", "mehrere Hundert", "?[200, 999]"),
        ("fr", "entre 400 et 500", "[400, 500]"),
        ("fr", "plus d'un million", "(1000000, None)"),
        ("fr", "au moins 60", "[60, None)"),
        ("fr", "des dizaines de milliers", "?[20000, None)"),
        ("es", "más de 60", "(60, None)"),
        ("es", "unos 300", "[300, 300]"),
        ("es", "varios cientos", "?[200, 999]"),
        ("pt", "até 20", "(None, 20]"),
        ("pt", "quase 2.000", "(None, 2000)"),
        ("it", "tra 400 e 500", "[400, 500]"),
        ("it", "oltre 60", "(60, None)"),
        ("nl", "minstens 60", "[60, None)"),
        ("nl", "tussen 400 en 500", "[400, 500]"),
        ("ar", "بين 400 و500", "[400, 500]"),
        ("ar", "أكثر من 60", "(60, None)"),
        ("ar", "لا يقل عن ٦٠", "[60, None)"),
        ("ar", "مئات الآلاف", "?[200000, None)"),
        ("zh", "超过60人", "(60, None)"),
        ("zh", "三十多人", "(30, None)"),
        ("zh", "60人以上", "[60, None)"),
    ],
)
def test_reads_the_common_words_of_other_languages(language: str, text: str, expected: str) -> None:
    assert written(read_amount(text, language)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "not 60",
        "twice 60",
        "ten more than 60",
        "five times more than 60",
        "hardly more than 20",
        "more than 400 to 500",
        "over 5 days",
        "one in five",
        "5 out of 10",
        "men 5, women 7",
        "at least 60 and at most 80",
        "up to several hundred",
        "less than half",
        "a third of 60",
        "half of the 300",
        "the 1990s",
        "INV-0012",
    ],
)
def test_refuses_what_it_does_not_understand(text: str) -> None:
    assert read_amount(text, "en") is None


def test_only_one_number_is_a_value() -> None:
    texts = ["about 300", "more than 300", "300-400", "several hundred", "a couple of people"]
    assert [amount and amount.value for amount in map(read_amount, texts)] == [300, None, None, None, None]


def test_an_amount_spans_the_words_that_bound_it_and_its_unit_is_kept() -> None:
    text = "It cost more than $5 million and took at least 20 % of the budget."
    assert [(text[found.start : found.end], found.unit) for found in find_amounts(text, "en")] == [
        ("more than $5 million", "$"),
        ("at least 20", "%"),
    ]


@pytest.mark.parametrize(
    ("text", "language", "bounded"),
    [
        ("On 11 January 2025 about 200 litres were spilt.", "en", ["about 200"]),
        ("في عام ٢٠٢٥ حوالي ٢٠٠ شخص", "ar", ["حوالي ٢٠٠"]),
        ("Of $2000 less than 500 was paid.", "en", []),
        ("Of 1,500 about 20 were hurt.", "en", []),
        ("Of 2500 about 20 were hurt.", "en", []),
    ],
)
def test_words_after_a_year_bound_what_follows_and_after_another_number_may_bound_either(
    text: str, language: str, bounded: list[str]
) -> None:
    found = [text[amount.start : amount.end] for amount in find_amounts(text, language)]
    assert [words for words in found if " " in words] == bounded


def test_ages_are_told_from_counts() -> None:
    found = find_amounts("A fourteen-year-old, a man aged 40 and 3 others", "en")
    assert [(amount.value, amount.age) for amount in found] == [(14, True), (40, True), (3, False)]


WORDS = "more than at least nearly about several hundred dozens a couple of 5 7 - to and between million not $ % or so"


@given(
    st.text() | st.lists(st.sampled_from(WORDS.split())).map(" ".join),
    st.sampled_from(["", "en", "de", "fr", "ar", "zh", "xx"]),
)
def test_any_text_can_be_searched(text: str, language: str) -> None:
    read_amount(text, language)
    for amount in find_amounts(text, language):
        assert 0 <= amount.start < amount.end <= len(text)
        assert amount.low is None or amount.high is None or amount.low <= amount.high
        assert (amount.low, amount.high) != (None, None)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_ranges_are_read_back(low: int, more: int) -> None:
    amount = read_amount(f"between {low:,} and {low + more:,}", "en")
    assert amount
    assert (amount.low, amount.high) == (low, low + more)
