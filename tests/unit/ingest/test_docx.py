"""Word files are read in the order that a reader sees, and hostile ones are refused by name."""

import pytest

from coderai.services.ingest.adapters.parsers.docx import parse
from coderai.services.ingest.adapters.parsers.tools import Tools
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


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def _related(**kinds: str) -> str:
    found = (
        f'<Relationship Id="{kind}" Type="{_RELATIONS}/{kind.rstrip("12")}" Target="{t}"/>' for kind, t in kinds.items()
    )
    return "".join(found)


def _with_relations(parts: dict[str, str], **kinds: str) -> dict[str, str]:
    root = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return {**parts, "word/_rels/document.xml.rels": f"{root}{_related(**kinds)}</Relationships>"}


def test_headers_stand_before_their_section_and_what_no_page_shows_is_left_out_by_name() -> None:
    def section(kind: str, id: str, first: str = "") -> str:
        reference = f'<w:headerReference w:type="{kind}" r:id="{id}" xmlns:r="{_RELATIONS}"/>'
        return f"<w:sectPr>{reference}{first}</w:sectPr>"

    texts = ("Letterhead", "Chapter two", "Never shown")
    parts = {f"word/header{n}.xml": f"<w:hdr>{paragraph(text)}</w:hdr>" for n, text in enumerate(texts)}
    parts = _with_relations(parts, header="header0.xml", header1="header1.xml", header2="header2.xml")
    one = f"<w:p><w:pPr>{section('first', 'header', '<w:titlePg/>')}</w:pPr><w:r><w:t>One</w:t></w:r></w:p>"
    data = docx(f"{one}{paragraph('Two')}{section('default', 'header1')}", parts)
    reading = read_one(data, "a.docx")
    assert reading.text.split() == ["Letterhead", "One", "Chapter", "two", "Two"]
    assert [reading.text[page.start : page.end].strip() for page in reading.pages][1] == "Chapter two\n\nTwo"
    assert reading.report.left_out == ("Never shown",)
    assert "Never shown" in parse(data, Tools(whole=True)).pages[0]


def test_page_numbers_of_a_footer_are_dropped() -> None:
    field = '<w:p><w:fldSimple w:instr=" PAGE "><w:r><w:t>3</w:t></w:r></w:fldSimple></w:p>'
    parts = {"word/footer1.xml": f"<w:ftr>{paragraph('Draft')}{field}</w:ftr>"}
    reading = read_one(docx(paragraph("Text"), parts), "a.docx")
    assert (reading.text, reading.report.dropped) == ("Text\n\nDraft", ("3",))


def test_equations_read_as_latex_and_apart_from_words() -> None:
    run = "<m:r><m:t>{}</m:t></m:r>"
    power = f"<m:sSup><m:e>{run.format('r')}</m:e><m:sup>{run.format('2')}</m:sup></m:sSup>"
    fraction = f"<m:f><m:num>{power}</m:num><m:den>{run.format('π')}</m:den></m:f>"
    root = f"<m:rad><m:deg/><m:e>{run.format('x')}</m:e></m:rad>"
    maths = f'<m:oMath xmlns:m="{_MATH}">{fraction}{run.format("≤")}{root}</m:oMath>'
    body = (
        f"<w:p><w:r><w:t>where</w:t></w:r>{maths}<w:r><w:t>holds, and</w:t></w:r>{maths}<w:r><w:t>.</w:t></w:r></w:p>"
    )
    one = r"\frac{r^{2}}{\pi} \leq \sqrt{x}"
    assert read_one(docx(body), "a.docx").text == f"where {one} holds, and {one}."


def test_check_boxes_lists_of_choices_and_fields_show_what_was_chosen() -> None:
    word14 = "http://schemas.microsoft.com/office/word/2010/wordml"
    box = f'<w14:checkbox xmlns:w14="{word14}"><w14:checked w14:val="1"/></w14:checkbox>'
    control = f"<w:sdt><w:sdtPr>{box}</w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"
    asked = "<w:sdtContent><w:r><w:t>Tap here</w:t></w:r></w:sdtContent>"
    unfilled = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>{asked}</w:sdt>"
    begin, middle, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end"))

    def form(data: str) -> str:
        return f"<w:r>{begin.replace('/>', '>')}<w:ffData>{data}</w:ffData></w:fldChar>{end}</w:r>"

    old_box = form('<w:checkBox><w:default w:val="0"/></w:checkBox>')
    choices = '<w:listEntry w:val="North"/><w:listEntry w:val="South"/>'
    choice = form(f'<w:ddList><w:result w:val="1"/>{choices}</w:ddList>')
    inner = f"{begin}{middle}<w:t>asked</w:t>{end}"
    nested = f"<w:r>{begin}<w:instrText>IF </w:instrText>{inner}{middle}<w:t>shown</w:t>{end}</w:r>"
    blank = "<w:r><w:t> </w:t></w:r>"
    data = docx(f"<w:p>{control}{blank}{unfilled}{old_box}{blank}{choice}{blank}{nested}</w:p>")
    reading = read_one(data, "a.docx")
    assert (reading.text, reading.report.left_out) == ("☒ ☐ South shown", ("Tap here",))


def test_hidden_text_is_left_out_by_name_unless_all_is_wanted() -> None:
    body = "<w:p><w:r><w:t>Seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t> unseen</w:t></w:r></w:p>"
    reading = read_one(docx(body), "a.docx")
    assert (reading.text, reading.report.left_out) == ("Seen", ("unseen",))
    assert parse(docx(body), Tools(whole=True)).pages == ["Seen unseen"]


def test_comments_are_left_out_by_name_unless_all_is_wanted() -> None:
    comments = f'<w:comments><w:comment w:id="1">{paragraph("Is it so?")}</w:comment></w:comments>'
    body = '<w:p><w:r><w:t>It is.</w:t><w:commentReference w:id="1"/></w:r></w:p>'
    data = docx(body, {"word/comments.xml": comments})
    assert read_one(data, "a.docx").report.left_out == ("Is it so?",)
    assert parse(data, Tools(whole=True)).pages == ["It is.\n\nIs it so?"]


def test_rows_and_cells_in_controls_merged_cells_and_deleted_rows() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    def control(content: str) -> str:
        return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"

    wide = cell("Town", '<w:gridSpan w:val="2"/>') + cell("Year")
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell('gone')}</w:tr>"
    controlled = control(f"<w:tr>{cell('a')}{control(cell('b'))}{cell('c')}</w:tr>")
    assert (
        read_one(docx(f"<w:tbl><w:tr>{wide}</w:tr>{gone}{controlled}</w:tbl>"), "a.docx").text
        == "Town | | Year\na | b | c"
    )


def test_a_note_of_a_table_follows_the_table_and_a_table_in_a_cell_keeps_its_rows() -> None:
    row = f"<w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}</w:tc></w:tr>"
    inner = f"<w:tbl>{row * 2}</w:tbl>"
    noted = '<w:p><w:r><w:t>12</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    first = f"<w:tr><w:tc>{noted}</w:tc><w:tc>{paragraph('x')}</w:tc></w:tr>"
    body = f"<w:tbl>{first}<w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    notes = f'<w:footnotes><w:footnote w:id="1">{paragraph("Estimate")}</w:footnote></w:footnotes>'
    text = read_one(docx(body, {"word/footnotes.xml": notes}), "a.docx").text
    assert text == "12 | x\n\na | b\na | b\n\nEstimate"


def test_a_note_that_refers_to_itself_is_read_once() -> None:
    reference = '<w:p><w:r><w:t>Note</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    notes = f'<w:footnotes><w:footnote w:id="1">{reference}</w:footnote></w:footnotes>'
    assert read_one(docx(reference * 2, {"word/footnotes.xml": notes}), "a.docx").text == "Note\n\nNote\n\nNote"


def test_charts_and_diagrams_say_their_words_and_numbers() -> None:
    c, d, a = (f"http://schemas.openxmlformats.org/drawingml/2006/{name}" for name in ("chart", "diagram", "main"))

    def points(*values: str) -> str:
        return "".join(f'<c:pt idx="{i}"><c:v>{value}</c:v></c:pt>' for i, value in enumerate(values))

    values = f"<c:val>{points('0.30000000000000004', '2')}</c:val>"
    series = f"<c:tx>{points('Share')}</c:tx><c:cat>{points('May', 'June')}</c:cat>{values}"
    title = "<c:title><a:p><a:r><a:t>Strikes</a:t></a:r></a:p></c:title>"
    chart = f'<c:chartSpace xmlns:c="{c}" xmlns:a="{a}">{title}<c:ser>{series}</c:ser></c:chartSpace>'
    point = '<d:pt modelId="{0}"{1}><d:t><a:p><a:r><a:t>{0}</a:t></a:r></a:p></d:t></d:pt>'
    links = '<d:cxn srcId="top" destId="first" srcOrd="0"/><d:cxn srcId="top" destId="second" srcOrd="1"/>'
    nodes = point.format("top", ' type="doc"') + point.format("second", "") + point.format("first", "")
    diagram = f'<d:dataModel xmlns:d="{d}" xmlns:a="{a}">{nodes}{links}</d:dataModel>'
    parts = _with_relations(
        {"word/charts/chart1.xml": chart, "word/diagrams/data1.xml": diagram},
        chart="charts/chart1.xml",
        diagramData="diagrams/data1.xml",
    )
    drawn = '<c:chart r:id="chart"/><d:relIds r:dm="diagramData"/>'
    names = f'xmlns:c="{c}" xmlns:d="{d}" xmlns:r="{_RELATIONS}"'
    text = read_one(docx(f"<w:p><w:r><w:drawing {names}>{drawn}</w:drawing></w:r></w:p>", parts), "a.docx").text
    assert text == "Strikes\n\nShare\nMay | 0.3\nJune | 2\n\ntop\nfirst\nsecond"


def test_signs_of_symbol_fonts_are_those_a_reader_sees() -> None:
    sign = '<w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Wingdings" w:char="F0FE"/>'
    typed = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf0a8</w:t></w:r>'
    assert read_one(docx(f"<w:p><w:r>{sign}</w:r>{typed}</w:p>"), "a.docx").text == "α☑☐"


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next() -> None:
    first = '<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">They </w:t></w:r></w:p>'
    assert read_one(docx(first + paragraph("won")), "a.docx").text == "They won"


def test_a_strict_file_and_one_whose_text_part_is_numbered_are_read() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    body = f'<w:document xmlns:w="{strict}"><w:body><w:p><w:pPr><w:pStyle w:val="x"/></w:pPr>'
    data = zipped({"word/document2.xml": f"{body}<w:r><w:t>Strict</w:t></w:r></w:p></w:body></w:document>"})
    assert read_one(data, "a.docx").text == "Strict"


def test_text_in_another_format_is_taken_over() -> None:
    parts = _with_relations(
        {"word/chunk.htm": "<html><body><p>From <b>elsewhere</b></p></body></html>"}, aFChunk="chunk.htm"
    )
    body = f'<w:altChunk xmlns:r="{_RELATIONS}" r:id="aFChunk"/>'
    assert read_one(docx(body, parts), "a.docx").text == "From elsewhere"


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
        (b"\0\1 no words", "a.doc", "is no old Word file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(90), "scan.pdf", "OCR"),
        (b"\0\1 no words", "a.docx", "is no Word file"),
    ],
)
def test_other_formats_are_named_with_what_to_do(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnknownFormat, match=reason):
        read_one(data, name)
