"""The rectangles of a passage hold its glyphs and no others, or there are none."""

from __future__ import annotations

from itertools import pairwise

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coderai.services.ingest.adapters.parsers.pdf_passages import locate
from coderai.services.ingest.domain.glyphs import Box, GlyphFinder, Glyphs
from coderai.services.ingest.domain.pages import PageSpans, Span, of_words
from coderai.services.ingest.domain.scanned_words import ScannedWord
from coderai.services.ingest.domain.spelling import spelling
from tests.unit.ingest.files import read_one
from tests.unit.ingest.pages import drawn, found, letters, lines, mapped, under

STORY = (
    "The dockers of the harbour walked out on Monday morning and some\n"
    "three hundred people marched to the town hall, the police said.\n"
    "The union had called for a strike of two days over wages."
)
WALKED_OUT, MARCHED = "walked out on Monday", "three hundred people marched"


def test_a_line_has_a_rectangle_around_its_words() -> None:
    data = drawn(lines(STORY))
    (region,) = found(data, read_one(data, "a.pdf"), MARCHED)
    assert under(data, [region]) == MARCHED
    assert region.page == 1
    assert 72 / 595 - 0.005 < region.left < 73 / 595
    assert 1 - (760 - 14 + 8) / 842 < region.top < region.bottom < 1 - (760 - 14 - 3) / 842


def test_a_passage_of_three_lines_has_three_rectangles_in_reading_order() -> None:
    data = drawn(lines(STORY))
    regions = found(data, read_one(data, "a.pdf"), STORY)
    assert len(regions) == 3
    assert all(before.bottom < after.top + 0.01 for before, after in pairwise(regions))
    assert letters(under(data, regions)) == letters(STORY)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (50, 600, 500, 800)], ids=["whole", "cropped"])
def test_rectangles_are_those_of_the_page_as_it_is_shown(rotation: int, crop: tuple[int, int, int, int] | None) -> None:
    data = drawn(lines(STORY), rotation=rotation, crop=crop)
    regions = found(data, read_one(data, "a.pdf"), WALKED_OUT)
    assert letters(under(data, regions)) == letters(WALKED_OUT)
    is_wide = [region.right - region.left > region.bottom - region.top for region in regions]
    assert is_wide == [rotation in (0, 180)]


def test_what_the_page_does_not_show_is_not_found() -> None:
    data = drawn(lines(STORY), crop=(50, 740, 500, 800))
    reading = read_one(data, "a.pdf")
    assert found(data, reading, WALKED_OUT)
    assert found(data, reading, "a strike of two days") == [], "it lies below the crop box"


def test_columns_follow_one_another() -> None:
    left = "In the first column stands\nhow the strike began and\nwho had called for it."
    right = "In the second one stands\nhow long it went on and\nwhat came of it then."
    data = drawn([*lines(left), *lines(right, left=320)])
    reading = read_one(data, "a.pdf")
    quote = "who had called for it.\nIn the second one stands"
    regions = found(data, reading, quote)
    assert letters(under(data, regions)) == letters(quote)
    assert len(regions) == 2
    assert regions[0].right < 0.5 < regions[1].left


def test_cells_of_a_table_drawn_by_columns_are_found() -> None:
    columns = [("City", "Berlin", "Hamburg", "Ulm"), ("Cost", "1,200.50", "980.00", "20.10"), ("Hurt", "3", "0", "0")]
    data = drawn(
        [(72 + 110 * c, 700 - 16 * r, cell) for c, cells in enumerate(columns) for r, cell in enumerate(cells)]
    )
    reading = read_one(data, "a.pdf")
    regions = found(data, reading, "Hamburg 980.00 0")
    assert letters(under(data, regions)) == letters("Hamburg 980.00 0")
    assert len(regions) == 3, "each cell by itself: between them nothing stands"
    (zero,) = found(data, reading, "0", nth=reading.text[: reading.text.index("Ulm 20.10 0")].count("0") + 2)
    assert under(data, [zero]) == "0"
    assert zero.top > regions[-1].bottom


def test_a_word_broken_at_a_line_end_is_found_whole() -> None:
    data = drawn(lines("Nobody knew why the demon-\nstration of the shipyard workers\nhad been forbidden."))
    reading = read_one(data, "a.pdf")
    regions = found(data, reading, "demonstration")
    assert [under(data, [region]) for region in regions] == ["demon\ufffe", "stration"] or letters(
        under(data, regions)
    ) == letters("demonstration")
    assert len(regions) == 2


def test_a_minus_sign_at_the_beginning_is_inside() -> None:
    data = drawn(lines("The balance of the year was at\n-5 million, far below the plan."))
    (region,) = found(data, read_one(data, "a.pdf"), "-5 million")
    assert under(data, [region]).startswith("-5")


def test_of_two_places_with_the_same_words_it_is_the_right_one() -> None:
    text = "Monday: 20 people took part.\nTuesday: 20 people took part.\nWednesday: 20 people took part."
    data = drawn(lines(text))
    reading = read_one(data, "a.pdf")
    tops = [found(data, reading, "20 people took part.", nth)[0].top for nth in range(3)]
    assert tops == sorted(set(tops))
    for nth, top in enumerate(tops):
        assert abs(top - (1 - (760 - 14 * nth + 7.2) / 842)) < 0.003


def test_a_running_header_that_was_dropped_does_not_mislead() -> None:
    words = (STORY + " " + STORY.upper()).split()
    pages = []
    for n in range(5):
        around = [" ".join(words[(7 * n + 5 * k) % 60 :][:6]) for k in range(9)]
        body = "\n".join([*around[:5], "Report on strikes", *around[5:]])
        pages.append([(72, 800, "Report on strikes"), *lines(body, top=700)])
    data = drawn(*pages)
    reading = read_one(data, "a.pdf")
    page = reading.pages[2]
    assert reading.text[page.start : page.end].count("Report on strikes") == 1, "the header is gone"
    nth = reading.text[: page.start].count("Report on strikes")
    (region,) = found(data, reading, "Report on strikes", nth)
    assert region.page == 3
    assert 1 - 640 / 842 < region.top < 1 - 630 / 842


def test_ligatures_are_found_by_their_letters() -> None:
    data = mapped(
        [(72, 700, ["o", "\ufb03", "c", "e"]), (72, 660, ["\ufb01", "r", "e", " ", "a", "t", " ", "s", "e", "a"])]
    )
    reading = read_one(data, "a.pdf")
    assert reading.text == "office\nfire at sea"
    (region,) = found(data, reading, "office")
    assert letters(under(data, [region])) == letters("office")
    assert region.left > 72 / 595 - 0.01
    assert region.right < (72 + 4 * 12) / 595 + 0.01


ARABIC = ["خرج العمال في مسيرة", "بمدينة القاهرة للمطالبة"]
FORMS = {"ا": "\ufe8d", "ل": "\ufedf", "م": "\ufee3", "ه": "\ufeeb", "ر": "\ufead", "خ": "\ufea7"}


@pytest.mark.parametrize("is_shaped", [False, True], ids=["letters", "presentation forms"])
def test_arabic_drawn_from_left_to_right_is_found_where_it_stands(is_shaped: bool) -> None:
    rows = [[FORMS.get(letter, letter) if is_shaped else letter for letter in line] for line in ARABIC]
    data = mapped([(300 - 12 * len(row), 700 - 40 * number, row[::-1]) for number, row in enumerate(rows)])
    reading = read_one(data, "a.pdf")
    assert reading.text.split("\n") == ARABIC
    for quote in ("العمال في مسيرة", "القاهرة", "مسيرة\nبمدينة"):
        regions = found(data, reading, quote)
        assert letters(under(data, regions)) == letters(quote)
    (first,) = found(data, reading, "خرج")
    assert first.right * 595 == pytest.approx(300, abs=6), "it begins at the right"


def test_arabic_of_which_the_reader_mixed_up_the_words_is_found_by_its_places() -> None:
    """As a browser prints it: each word drawn by itself, from its last letter to its first."""
    words, right, rows = ARABIC[0].split(), 500.0, []
    for word in words:
        right -= 12 * len(word)
        rows.append((right, 700.0, word[::-1]))
        right -= 12
    data, quote = mapped(rows), "العمال في"
    assert read_one(data, "a.pdf").text == ARABIC[0], "it reads words by the places of their letters"
    span = Span(ARABIC[0].index(quote), ARABIC[0].index(quote) + len(quote))
    with pypdfium2.PdfDocument(data) as document:
        ((regions),) = locate(document[0], PageSpans(1, ARABIC[0], [span]))
    assert letters(under(data, regions)) == letters(quote)


def test_text_that_the_page_does_not_have_is_not_found() -> None:
    glyphs = on_one_line("The strike went on for two days")
    assert GlyphFinder("The strike went on for ten days", glyphs).boxes_of(4, 10)
    assert GlyphFinder("The strike went on for ten days", glyphs).boxes_of(23, 26) == []


def test_a_place_that_may_as_well_be_another_is_none() -> None:
    glyphs = on_one_line("ten men ten men")
    assert GlyphFinder("ten men", glyphs).boxes_of(0, 3) == [], "either may be meant"
    assert GlyphFinder("ten men ten men", glyphs).boxes_of(8, 11) == [Box(8, 0, 11, 1)]


def test_a_short_word_among_others_is_not_taken_for_the_same_elsewhere() -> None:
    glyphs = on_one_line("xxxx yyyy Berlin zzzz")
    assert GlyphFinder("aaaa bbbb Berlin cccc", glyphs).boxes_of(10, 16) == [], "nothing around it is alike"


def test_layout_alone_has_no_place() -> None:
    glyphs = on_one_line("one - two")
    finder = GlyphFinder("one - two", glyphs)
    assert finder.boxes_of(3, 4) == []
    assert finder.boxes_of(4, 5) == []


def on_one_line(text: str) -> Glyphs:
    boxes = [None if letter == " " else Box(x, 0, x + 1, 1) for x, letter in enumerate(text)]
    return Glyphs(text, boxes, [0] * len(text))


@given(
    words=st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=40),
    extra=st.lists(st.text("abc", min_size=1, max_size=4), max_size=10),
    first=st.integers(0, 39),
    count=st.integers(1, 10),
)
@settings(max_examples=300, deadline=None)
def test_what_is_found_is_where_it_was_read(words: list[str], extra: list[str], first: int, count: int) -> None:
    """Text of few letters, which repeats itself everywhere; before it stands a header that was dropped."""
    text, header = " ".join(words), " ".join(extra)
    shown = f"{header} {text}" if header else text
    first %= len(words)
    start = len(" ".join(words[:first])) + (first > 0)
    end = start + len(" ".join(words[first : first + count]))
    boxes = GlyphFinder(text, on_one_line(shown)).boxes_of(start, end)
    offset = len(shown) - len(text)
    held = "".join(c for x, c in enumerate(shown) if any(b.left <= x < b.right for b in boxes))
    assert not boxes or spelling(held).letters == spelling(text[start:end]).letters
    if not header:
        assert boxes == [Box(start, 0, end, 1)]
    elif boxes and boxes != [Box(start + offset, 0, end + offset, 1)]:
        # Only where the page is as well read in another way: the header's end is the text's beginning, for example.
        place = int(boxes[0].left)
        assert spelling(shown[place:]).letters.startswith(spelling(text[start:]).letters[: end - start])


def word(start: int | None, end: int | None, left: float, top: float) -> ScannedWord:
    return ScannedWord(start, end, left, top, left + 0.1, top + 0.02, 0.9)


WORDS = [word(0, 3, 0.1, 0.1), word(4, 8, 0.3, 0.105), word(9, 12, 0.1, 0.15), word(None, None, 0.5, 0.9)]


def test_recognised_words_give_a_rectangle_for_each_line() -> None:
    regions = of_words(WORDS, 4, "one four six", Span(0, 12))
    assert [(r.page, r.left, r.top, round(r.right, 3), round(r.bottom, 3)) for r in regions] == [
        (4, 0.1, 0.1, 0.4, 0.125),
        (4, 0.1, 0.15, 0.2, 0.17),
    ]
    assert len(of_words(WORDS, 4, "our", Span(5, 8))) == 1, "a part of a word has the word's"


def test_a_passage_with_a_word_that_has_no_place_has_none() -> None:
    assert of_words(WORDS, 4, "one four six more", Span(0, 17)) == []
