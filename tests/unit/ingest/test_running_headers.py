"""Running headers, footers and page numbers go; nothing else does."""

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.ingest.domain.running_headers import drop_running_headers

BODIES = ["The strike began at noon.", "Nobody was hurt.", "The mayor resigned.", "It rained.", "They went home."]


def test_headers_footers_and_page_numbers_are_dropped_and_listed() -> None:
    pages = [f"The Courier\n{body}\nConfidential\nPage {n} of 5" for n, body in enumerate(BODIES, 1)]
    assert drop_running_headers(pages) == (
        ["The Courier\n" + BODIES[0], *BODIES[1:]],
        ("The Courier", "Confidential", "Page 1 of 5"),
    )


def test_left_and_right_pages_may_differ() -> None:
    pages = [
        f"{body}\n{n} | Annual report" if n % 2 else f"{body}\nAcme | {n}" for n, body in enumerate(BODIES * 2, 17)
    ]
    assert drop_running_headers(pages)[0] == BODIES * 2


def test_two_pages_repeat_nothing() -> None:
    pages = ["Receipt\n12 euros", "Receipt\n13 euros"]
    assert drop_running_headers(pages) == (pages, ())


def test_numbers_that_do_not_count_with_the_pages_stay() -> None:
    pages = [f"{body}\nTotal {total}" for body, total in zip(BODIES, (12, 40, 7, 7, 80), strict=True)]
    assert drop_running_headers(pages) == (pages, ())


def test_pages_that_have_one_line_keep_it_unless_it_is_the_page_number() -> None:
    assert drop_running_headers(["Background"] * 4) == (["Background"] * 4, ())
    assert drop_running_headers(["1", "2", "3"]) == (["", "", ""], ("1",))


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
