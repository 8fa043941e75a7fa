"""PDF text comes page by page, with paragraphs and whole words, or with the reason why it does not."""

from collections.abc import Iterable
from io import BytesIO

import pypdf
import pytest
from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.pdf import parse
from coderai.services.ingest.adapters.parsers.pdf_rows import Line, in_order
from coderai.services.ingest.adapters.parsers.right_to_left import agree, is_right_to_left, with_mended_ligatures
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, NoText, TextTooLarge
from tests.unit.ingest.files import read_one

SENTENCE = "The dockers of the harbour did not work on that day, and nobody else did. "


def drawn(*pages: str, password: str | None = None) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, encrypt=password)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 800 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def flowing(*paragraphs: str) -> bytes:
    file, style = BytesIO(), getSampleStyleSheet()["BodyText"]
    SimpleDocTemplate(file).build([Paragraph(p, style) if p else PageBreak() for p in paragraphs])
    return file.getvalue()


def test_paragraphs_are_told_by_the_space_between_them() -> None:
    reading = read_one(flowing("A headline", SENTENCE * 4, SENTENCE * 3, "", SENTENCE), "a.pdf")
    assert reading.format == "PDF"
    paragraphs = [" ".join(paragraph.split()) for paragraph in reading.text.split("\n\n")]
    assert paragraphs == ["A headline", (SENTENCE * 4).strip(), (SENTENCE * 3).strip(), SENTENCE.strip()]
    assert [reading.text[page.start : page.end].count("dockers") for page in reading.pages] == [7, 1]


ROWS = [
    ("City", "Arrests", "Injured", "Cost"),
    ("Berlin", "12", "3", "1,200.50"),
    ("Hamburg", "7", "0", "980.00"),
    ("Bonn am Rhein", "104", "22", "15,000.00"),
    ("Ulm", "1", "0", "20.10"),
]


def placed(cells: Iterable[tuple[int, int, str]]) -> bytes:
    """A page with texts at places, drawn in this order."""
    file = BytesIO()
    canvas = Canvas(file)
    canvas.setFont("Helvetica", 10)
    for x, y, text in cells:
        canvas.drawString(x, y, text)
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize("drawn_by", ["rows", "rows from below", "columns"])
def test_cells_of_a_row_are_on_one_line_however_the_table_was_drawn(drawn_by: str) -> None:
    rows = [[(72 + 110 * c, 700 - 16 * r, text) for c, text in enumerate(row)] for r, row in enumerate(ROWS)]
    order = {"rows": rows, "rows from below": rows[::-1], "columns": list(zip(*rows, strict=True))}[drawn_by]
    reading = read_one(placed(cell for cells in order for cell in cells), "a.pdf")
    assert reading.text.split("\n") == [" ".join(row) for row in ROWS]


def test_a_broken_word_at_the_end_of_a_joined_line_goes_on_in_the_next() -> None:
    lines = [
        Line("x\r\n", 72, 80, 700, 10),
        Line("is the demon\ufffe", 84, 200, 700, 10),
        Line("stration", 72, 99, 688, 10),
    ]
    assert "".join(line.text for line in in_order(lines)) == "x is the demon\ufffestration\r\n"


def test_values_drawn_before_their_labels_stand_beside_them() -> None:
    values, labels = ("Jan 1, 2022", "30 days net", "Taylor"), ("Date:", "Payment terms:", "Seller:")
    cells = [(x, 700 - 15 * n, text) for x, texts in ((300, values), (72, labels)) for n, text in enumerate(texts)]
    assert read_one(placed(cells), "a.pdf").text == "Date: Jan 1, 2022\nPayment terms: 30 days net\nSeller: Taylor"


@pytest.mark.parametrize(
    "columns",
    [
        (("Bill to:", "Taylor Riddel", "12 High Street"), ("Ship to:", "Taylor's Store", "5 Low Street")),
        ((SENTENCE[:40],) * 5, (SENTENCE[40:],) * 5),
        (("The dockers did", "not work on that", "day, nor did", "others."), ("5", "10", "15", "20")),
    ],
    ids=["addresses", "text", "numbers of lines"],
)
def test_columns_that_are_no_table_stay_one_after_the_other(columns: tuple[tuple[str, ...], ...]) -> None:
    cells = [(72 + 230 * c, 700 - 13 * n, text) for c, column in enumerate(columns) for n, text in enumerate(column)]
    reading = read_one(placed(cells), "a.pdf")
    assert reading.text.split() == [word for column in columns for text in column for word in text.split()]


def test_words_broken_at_line_ends_are_whole() -> None:
    reading = read_one(drawn("The demon-\nstration of the ship-\nyard was well-\nknown, a well-known one."), "a.pdf")
    assert reading.text.split("\n") == ["The demonstration of the shipyard was well-known, a well-known one."]


def test_pages_without_text_are_named() -> None:
    reading = read_one(drawn("Some text", "", "More of it"), "a.pdf")
    assert [(page.start, page.end) for page in reading.pages] == [(0, 10), (10, 10), (10, 20)]
    assert reading.report.warnings == ("no text on page 2: perhaps a picture",)
    assert reading.report.unread_pages == (), "nothing is on it"
    with pytest.raises(NoText, match="2 pages without text, most likely a scan"):
        read_one(drawn("", ""), "a.pdf")


def test_passwords() -> None:
    with pytest.raises(FileEncrypted):
        read_one(drawn("Secret", password="sesame"), "a.pdf")
    writer = pypdf.PdfWriter(BytesIO(drawn("Open to all")))
    writer.encrypt("", "owner", algorithm="AES-256")
    open_to_all = BytesIO()
    writer.write(open_to_all)
    assert read_one(open_to_all.getvalue(), "a.pdf").text == "Open to all"


def test_damage_is_mended_where_it_can_be_and_named_where_it_cannot() -> None:
    whole = drawn("Some text", "More of it")
    moved = b"garbage before it\n" + whole.replace(b"startxref", b"startxref\n999999")
    assert read_one(moved, "a.pdf").text == "Some text\nMore of it"
    with pytest.raises(FileDamaged, match="export it again"):
        read_one(whole[:200], "a.pdf")


def test_pages_that_go_in_circles_end() -> None:
    circle = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999>>endobj
trailer<</Root 1 0 R>>"""
    with pytest.raises((FileDamaged, NoText)):
        read_one(circle, "a.pdf")


def tree(kids: int, depth: int) -> bytes:
    """A file of one page, whose page tree refers to it kids ** depth times."""
    nodes = [
        f"{n} 0 obj<</Type/Pages/Kids[{f'{n + 1} 0 R ' * kids}]/Count {kids ** (depth + 2 - n)}>>endobj"
        for n in range(2, depth + 2)
    ]
    page = f"{depth + 2} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj"
    catalog = "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj"
    return "\n".join(["%PDF-1.4", catalog, *nodes, page, "trailer<</Root 1 0 R>>", "startxref\n0\n%%EOF"]).encode()


@pytest.mark.parametrize("depth", [3, 6])
def test_a_small_file_that_shows_its_page_a_million_times_is_refused(depth: int) -> None:
    """PDFium reads the page anew each time: 1 KB took 100 seconds."""
    with pytest.raises((TextTooLarge, FileDamaged), match=r"has 1000 pages|page tree entry limit"):
        read_one(tree(10, depth), "a.pdf")


def test_a_file_that_claims_more_pages_than_it_has_is_read() -> None:
    claimed = drawn("Some text").replace(b"/Count 1 ", b"/Count 1000000 ")
    assert read_one(claimed, "a.pdf").text == "Some text"


def test_nothing_is_left_out_of_a_file_read_whole() -> None:
    bodies = ("It rained all day.", "Nobody was hurt then.", "They had gone home.")
    pages = drawn(*(f"The Courier\n{body}\nPage {n}" for n, body in enumerate(bodies, 1)))
    assert parse(pages, Tools()).report.dropped == ("The Courier", "Page 1")
    whole = parse(pages, Tools(whole=True))
    assert whole.report.dropped == ()
    assert whole.pages[2] == "The Courier\nThey had gone home.\nPage 3"


def test_letters_of_one_glyph_are_turned_around_and_others_are_not() -> None:
    assert with_mended_ligatures("سالم", [1, 2, 2, 3].__getitem__) == "سلام"
    assert with_mended_ligatures("سالم", [1, 2, 3, 4].__getitem__) == "سالم"


def test_two_readings_agree_by_their_words() -> None:
    assert is_right_to_left("في يوم الاثنين 400 worker")
    assert not is_right_to_left("On Monday the word سلام was said")
    assert agree("بدأ عمال الميناء إضرابا 400", "400 بدأ عمال الميناء إضرابا")
    assert not agree("أدب لامع ءانيملا ابارضإ", "بدأ عمال الميناء إضرابا")
