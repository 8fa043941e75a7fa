"""Text has one form, whatever it came in, and pages are contiguous slices of it."""

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.ingest.domain.text import join_pages, normalise

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@given(anything)
def test_normalised_text_is_stable_and_can_be_stored(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()
    assert not {"\0", "\r", "\t", "\xad", "\ufeff"} & set(once)


@given(st.text(st.characters(categories=["L", "N"]), max_size=100))
def test_no_letter_is_lost(text: str) -> None:
    def letters(of: str) -> str:
        return unicodedata.normalize("NFKC", of).replace(" ", "")

    assert letters(normalise(text)) == letters(unicodedata.normalize("NFC", text))


def test_spaces_line_ends_and_what_nobody_sees() -> None:
    assert normalise(" a \t b\r\nc\u2028d \n\n\n\n e\xa0\u2003f\f") == "a b\nc\nd\n\ne f"
    assert normalise("\ufeffco\xadop\u200bera\u2060tion\0") == "cooperation"
    assert normalise("e\u0301 \ufb01nal \ufb04 \ufefb \ud800") == "é final ffl لا \ufffd"
    assert normalise("می\u200cخواهم 👩\u200d👩") == "می\u200cخواهم 👩\u200d👩"


@given(st.lists(anything.map(normalise), max_size=12))
def test_pages_are_contiguous_slices_of_the_text(pages: list[str]) -> None:
    text, joined = join_pages(pages)
    assert [page.number for page in joined] == list(range(1, len(pages) + 1))
    assert [text[page.start : page.end].rstrip("\n") for page in joined] == pages
    assert all(before.end == after.start for before, after in pairwise(joined))
    assert not joined or (joined[0].start, joined[-1].end) == (0, len(text))
    assert normalise(text) == text


def test_a_sentence_runs_on_over_the_page_break() -> None:
    assert (
        join_pages(["It was decided", "to wait.", "", "Nobody came."])[0] == "It was decided\nto wait.\n\nNobody came."
    )
