"""Quotes are found where they stand, however they are written, and what is not there is not found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.language.quotes import adds_words
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Match
from coderai.services.extractor.domain.coding.quotes import QuoteFinder

TEXT = (
    "The  march in Port Elmo drew 300 peo-\nple, the “Elmo Courier” said.\n"
    "Zwei Verletzte wurden ins Krankenhaus gebracht; der Stra\u00dfenverkehr ruhte. The o\ufb03ce stayed closed.\n"
    "警察は三百人が参加したと発表した。デモは平和的に終わった。\n"
    "قالت الشرطة إن ثلاثمئة شخص شاركوا في المسيرة.\n"
    "No shots were fired in the course of the evening, according to the police."
)
FINDER = QuoteFinder(Document("1", "d", TEXT, pages=[Span(0, 70), Span(70, len(TEXT))]))


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_whatever_is_copied_from_the_text_is_found_exactly(one: int, other: int) -> None:
    quote = TEXT[min(one, other) : max(one, other)]
    found = FINDER.find(quote, Span(min(one, other), max(one, other)))
    if quote.strip():
        assert found.match is Match.EXACT
        assert found.start is not None and found.end is not None
        assert TEXT[found.start : found.end] == found.quote == quote.strip()
        assert found.page == (1 if found.start < 70 else 2)


@given(st.text(), st.text())
def test_any_quote_in_any_text_satisfies_the_invariants(text: str, quote: str) -> None:
    found = QuoteFinder(Document("", "", text)).find(quote)
    if found.match is Match.NONE:
        assert found.start is None and found.end is None
    else:
        assert found.start is not None and found.end is not None
        assert text[found.start : found.end] == found.quote


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("the march in port elmo drew 300 people", "The  march in Port Elmo drew 300 peo-\nple"),
        ('the "Elmo Courier" said', "the “Elmo Courier” said"),
        ("DER STRASSENVERKEHR RUHTE", "der Stra\u00dfenverkehr ruhte"),
        ("The office stayed closed", "The o\ufb03ce stayed closed"),
        ("警察は 三百人が 参加した", "警察は三百人が参加した"),
        ("\u202bثلاثمئة  شخص شاركوا\u202c", "ثلاثمئة شخص شاركوا"),
        ("No shots were fired in the course of that evening", "No shots were fired in the course of the evening"),
    ],
)
def test_the_same_words_written_otherwise_are_found_with_their_place(quote: str, stands: str) -> None:
    found = FINDER.find(quote)
    assert found.match is Match.FUZZY and found.quote.startswith(stands)


def test_a_quote_is_located_where_it_stands_as_whole_words() -> None:
    text = "The house of us all, and of US all."
    assert QuoteFinder(Document("", "", text)).find("us").start == text.index("us all")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (TEXT, "The march in Port Elmo drew 400 people"),  # another number states something else
        (TEXT, "two people were killed"),
        ("The MARCH began.", "arch"),  # a part of a word
        ("no full stop of that kind", "。"),
        (TEXT, ""),
    ],
)
def test_what_is_not_there_is_not_found(text: str, quote: str) -> None:
    assert QuoteFinder(Document("", "", text)).find(quote).match is Match.NONE


REPORT = (
    "The police did not say that no force was used. They counted 1,200 marchers in front of the old town hall.\n"
    "Twelve people were hurt when the police used batons and tear gas late at night in front of the old town hall."
)
IN_REPORT = QuoteFinder(Document("", "", REPORT))


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("Twelve people ... the old town hall", "Twelve people […] the old town hall"),
        ("They counted [...] in front of", "They counted […] in front of"),
        ("Twelve people hurt when the police used batons", "Twelve people were hurt when the police used batons"),
        (
            "twelve young people were badly hurt when the police used batons late at night",
            REPORT[REPORT.index("Twel") :],
        ),
    ],
)
def test_quotes_as_models_shorten_and_change_them_are_found(quote: str, stands: str) -> None:
    assert IN_REPORT.find(quote).quote == stands


@pytest.mark.parametrize(
    "quote",
    [
        "They counted 1,300 marchers in front of the old town hall.",
        "Twelve people ... the church in Sorn",
        "The police did say that no force was used.",
        "The police did not say that force was used.",
        "They counted twelve thousand people in the streets.",
    ],
)
def test_a_quote_that_says_something_else_is_not_found(quote: str) -> None:
    assert IN_REPORT.find(quote).match is Match.NONE


FIRST_WORDS = "The Tenant shall indemnify the Landlord against all claims"
LAST_WORDS = "unless these arise from the wilful default of the Landlord"
BETWEEN = "Costs of repair, of lawyers and of experts are borne as agreed in the schedule to this lease. "
SHORT = st.sampled_from([("The Tenant shall", "of the Landlord"), (FIRST_WORDS, "of the Landlord"), ("A", LAST_WORDS)])


def lease(before: int, between: int, after: int) -> str:
    return f"{BETWEEN * before}{FIRST_WORDS}. {BETWEEN * between}{LAST_WORDS}. {BETWEEN * after}"


@given(st.integers(0, 40), st.integers(9, 180), st.integers(0, 40), st.sampled_from(["...", " […] ", " [...] "]))
def test_a_long_clause_is_found_by_its_first_and_last_words(before: int, between: int, after: int, gap: str) -> None:
    text = lease(before, between, after)
    found = QuoteFinder(Document("", "", text)).find(f"{FIRST_WORDS}{gap}{LAST_WORDS}")
    assert [text[span.start : span.end] for span in found.spans] == [FIRST_WORDS, LAST_WORDS]
    assert found.match is Match.EXACT


@given(SHORT, st.integers(30, 180), st.integers(0, 40))
def test_short_ends_are_not_matched_across_a_document(ends: tuple[str, str], between: int, around: int) -> None:
    text = lease(around, between, around)
    assert len(QuoteFinder(Document("", "", text)).find(" […] ".join(ends)).spans) < 2


@given(st.integers(30, 100), st.integers(0, 40))
def test_ends_that_stand_twice_are_not_matched_across_a_document(between: int, around: int) -> None:
    twice = f"{lease(around, between, around)}{FIRST_WORDS}. "
    assert QuoteFinder(Document("", "", twice)).find(f"{FIRST_WORDS} […] {LAST_WORDS}").match is Match.NONE


@given(st.integers(0, 20), st.integers(220, 400))
def test_not_even_long_ends_are_matched_over_any_distance(before: int, between: int) -> None:
    found = QuoteFinder(Document("", "", lease(before, between, 0))).find(f"{FIRST_WORDS} […] {LAST_WORDS}")
    assert found.match is Match.NONE


@pytest.mark.parametrize(
    ("quote", "found", "adds"),
    [
        ("Twelve people were killed", "Twelve people were hurt", True),
        ("Twelve persons was hurt", "Twelve people were hurt", True),
        ("twelve poeple were hurt", "Twelve people were hurt", False),
        ("Twelve were hurt", "Twelve people were hurt", False),
    ],
)
def test_words_that_a_quote_adds(quote: str, found: str, adds: bool) -> None:
    assert adds_words(quote, found) is adds
