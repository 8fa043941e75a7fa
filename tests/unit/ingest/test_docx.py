"""Word files are read in the order that a reader sees, and hostile ones are refused by name."""

import pytest

from coderai.services.ingest.domain.problems import FileDamaged, UnknownFormat
from tests.unit.ingest.files import docx, paragraph, read_one, zipped


def test_paragraphs_tables_lists_and_breaks() -> None:
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Town", "Strikers"))
    item = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>an item</w:t></w:r></w:p>"
    runs = "<w:p><w:r><w:t>Go</w:t><w:noBreakHyphen/><w:t>slow</w:t><w:tab/><w:t>now</w:t><w:br/></w:r><w:hyperlink>"
    body = paragraph("First") + f"<w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl>{item}{runs}"
    reading = read_one(docx(body + "<w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>"), "a")
    assert reading.format == "DOCX"
    assert reading.text == "First\n\nTown | Strikers\nTown | Strikers\n\n- an item\n\nGo-slow now\na link"


def test_what_was_deleted_is_not_read_and_what_was_inserted_is() -> None:
    body = """<w:p><w:r><w:t xml:space="preserve">They </w:t></w:r><w:del><w:r><w:delText>lost</w:delText></w:r></w:del>
    <w:ins><w:r><w:t>won</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"""
    assert read_one(docx(body), "a.docx").text == "They won"


def test_notes_and_text_boxes_follow_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('In a box')}</w:txbxContent>"
    shape = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p><w:r><w:t>Text</w:t>{shape}</w:r>{note}</w:p>{paragraph('More')}"
    notes = f'<w:footnotes><w:footnote w:id="2">{paragraph("A note")}</w:footnote></w:footnotes>'
    assert read_one(docx(body, {"word/footnotes.xml": notes}), "a.docx").text == "Text\n\nIn a box\n\nA note\n\nMore"


def test_headers_come_first_footers_last_and_each_once() -> None:
    edges = {
        "word/header1.xml": f"<w:hdr>{paragraph('The Courier')}</w:hdr>",
        "word/header2.xml": f"<w:hdr>{paragraph('The Courier')}</w:hdr>",
        "word/footer1.xml": f"<w:ftr>{paragraph('Confidential')}</w:ftr>",
    }
    assert read_one(docx(paragraph("Text"), edges), "a.docx").text == "The Courier\n\nText\n\nConfidential"


def test_pages_are_those_that_word_has_shown() -> None:
    page_break = '<w:r><w:br w:type="page"/></w:r>'
    rendered = "<w:r><w:lastRenderedPageBreak/></w:r>"
    set_only = f"<w:p><w:r><w:t>One</w:t></w:r>{page_break}<w:r><w:t>Two</w:t></w:r></w:p>"
    assert len(read_one(docx(set_only), "a.docx").pages) == 2
    both = f"<w:p><w:r><w:t>One</w:t></w:r>{page_break}{rendered}<w:r><w:t>Two</w:t></w:r></w:p>"
    reading = read_one(docx(both), "a.docx")
    assert [reading.text[page.start : page.end].strip() for page in reading.pages] == ["One", "Two"]


def test_a_table_that_serves_the_layout_is_read_cell_by_cell() -> None:
    long = paragraph("A long story. " * 30) + paragraph("Its end.")
    body = f"<w:tbl><w:tr><w:tc>{long}</w:tc><w:tc>{paragraph('Side')}</w:tc></w:tr></w:tbl>"
    assert read_one(docx(body), "a.docx").text.endswith("A long story.\n\nIts end.\n\nSide")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"word/document.xml": "<w:document"}, "XML is damaged"),
        ({"word/document.xml": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>'}, "entities"),
        ({"word/document.xml": "<a>" * 400 + "</a>" * 400}, "XML is damaged"),
    ],
)
def test_hostile_xml_is_refused(files: dict[str, bytes | str], reason: str) -> None:
    with pytest.raises(FileDamaged, match=reason):
        read_one(zipped(files), "a.docx")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (zipped({"xl/workbook.bin": ""}), "a.xlsb", "save it as XLSX"),
        (b"\xff\xfe\x00\x01" * 9, "a.doc", "is no old Word file"),
        (b"{\\rtf1 text}", "a.rtf", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "scan.pdf", "OCR"),
        (b"plain words", "a.docx", "is no Word file"),
    ],
)
def test_other_formats_are_named_with_what_to_do(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnknownFormat, match=reason):
        read_one(data, name)
