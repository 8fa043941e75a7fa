"""Running headers, footers and page numbers go; nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.ingest.domain.running_headers import drop_running_headers

BODIES = ["The strike began at noon.", "Nobody was hurt.", "The mayor resigned.", "It rained.", "They went home."]


def test_headers_footers_and_page_numbers_are_dropped_and_listed() -> None:
    pages = [f"The Courier\n{body}\nConfidential\nPage {n} of 5" for n, body in enumerate(BODIES, 1)]
    assert drop_running_headers(pages) == (
        ["The Courier\n" + BODIES[0], *BODIES[1:4], BODIES[4] + "\nConfidential"],
        ("The Courier", "Confidential", "Page 1 of 5"),
    )


def test_left_and_right_pages_may_differ() -> None:
    pages = [
        f"{body}\n{n} | Annual report" if n % 2 else f"{body}\nAcme | {n}" for n, body in enumerate(BODIES * 2, 17)
    ]
    last = [f"{BODIES[3]}\n25 | Annual report", f"{BODIES[4]}\nAcme | 26"]
    assert drop_running_headers(pages)[0] == [*BODIES, *BODIES[:3], *last]


def test_two_pages_repeat_nothing() -> None:
    pages = ["Receipt\n12 euros", "Receipt\n13 euros"]
    assert drop_running_headers(pages) == (pages, ())


def test_numbers_that_do_not_count_with_the_pages_stay() -> None:
    pages = [f"{body}\nTotal {total}" for body, total in zip(BODIES, (12, 40, 7, 7, 80), strict=True)]
    assert drop_running_headers(pages) == (pages, ())


def test_a_page_of_one_line_says_that_line() -> None:
    for pages in (["Background"] * 4, ["1", "2", "3"], ["Page 1", "Page 2", "Page 3"]):
        assert drop_running_headers(pages) == (pages, ())


@pytest.mark.parametrize(
    "counter",
    [
        "Page {}",
        "- {} -",
        "{}",
        "{} / 5",
        "Page {} of 5",
        "Seite {} von 5",
        "p. {}",
        "Стр. {}",
        "第{}页 共5页",
        "صفحة {}",
    ],
)
def test_lines_that_are_only_the_page_number_go(counter: str) -> None:
    pages = [f"{body}\n{body} Again.\n{counter.format(n)}" for n, body in enumerate(BODIES, 1)]
    assert drop_running_headers(pages)[0] == [f"{body}\n{body} Again." for body in BODIES]


@pytest.mark.parametrize(
    "line",
    [
        *("Arrests: {}", "Arrests {}", "Arrests | 10{}", "Daily report, {} March 2024", "Day {}", "Case 1{}", "{}."),
        *("Invoice 100{}", "202{}", "100{}", "({})", "{} arrests", "P {}", "{}/12", "€ {}", "{} %", "Case {} of 5"),
    ],
)
def test_data_that_grow_with_the_pages_stay(line: str) -> None:
    top = [f"{line.format(n)}\n{body}\n{body} Again." for n, body in enumerate(BODIES, 1)]
    assert drop_running_headers(top) == (top, ())
    bottom = [f"{body}\n{body} Again.\n{line.format(n)}" for n, body in enumerate(BODIES, 4)]
    assert drop_running_headers(bottom) == (bottom, ())


def test_what_differs_on_some_pages_stays_on_all() -> None:
    for values in ("open open open closed open", "12 12 12 12 13"):
        pages = [f"Status {value}\n{body}\n{body} Again." for value, body in zip(values.split(), BODIES, strict=True)]
        kept, _ = drop_running_headers(pages)
        assert [page.split("\n")[0] for page in kept] == [f"Status {value}" for value in values.split()]


def test_pages_that_are_a_record_each_keep_what_they_have_in_common() -> None:
    pages = [f"Daily report\nArrests: {n}\n{body}\nInjured: 0" for n, body in enumerate(BODIES, 4)]
    assert drop_running_headers(pages) == (pages, ())
    receipts = [f"Corner Shop\nReceipt\n{n}\nBread and milk\nQuantity\nIn cash\nThanks\nBye" for n in (7, 9, 4)]
    assert drop_running_headers(receipts) == (receipts, ())


def test_a_header_stays_where_it_begins_again() -> None:
    pages = [f"The harbour strike\n{body}" for body in BODIES[:3]]
    pages += [f"Our city council\n{body}" for body in BODIES[:3]]
    assert drop_running_headers(pages * 2)[0] == [pages[0], *BODIES[1:3], pages[3], *BODIES[1:3]] * 2


def test_pages_that_are_little_else_than_what_they_repeat_keep_it() -> None:
    pages = [f"Certificate number {n}\nawarded for ten years of work" for n in range(1, 9)]
    assert drop_running_headers(pages) == (pages, ())


@given(st.lists(st.lists(st.text("ab1 ", min_size=1, max_size=6).map(str.strip), max_size=9), max_size=8))
def test_what_is_dropped_is_listed_and_the_rest_stays_in_order(lines: list[list[str]]) -> None:
    pages = ["\n".join(page).strip("\n") for page in lines]
    kept, dropped = drop_running_headers(pages)
    for before, after in zip(pages, kept, strict=True):
        left = iter(before.split("\n"))
        assert all(line in left for line in after.split("\n") if line)
    assert (kept == pages) == (not dropped)
