"""OpenDocument texts: list numbers, tables, notes and frames as shown; deletions and comments left out."""

from __future__ import annotations

import pytest

from coderai.services.ingest.domain.problems import FileEncrypted
from coderai.services.ingest.domain.reading import Reading
from tests.unit.ingest.files import read_one, zipped

_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in {
        **{name: name for name in ("office", "text", "table", "style", "manifest")},
        "draw": "drawing",
        "svg": "svg-compatible",
        "fo": "xsl-fo-compatible",
    }.items()
)
_LIST = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
    "</text:list-style>"
)


def odt(body: str, styles: str = "", parts: dict[str, str] | None = None) -> Reading:
    """What an ODT file with this content of office:text says."""
    content = (
        f"<office:document-content{_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    named = {name: xml.replace(">", f"{_NAMES}>", 1) for name, xml in (parts or {}).items()}
    return read_one(
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **named}), "a.odt"
    )


def test_lists_are_numbered_as_shown() -> None:
    def items(*contents: str) -> str:
        return "".join(f"<text:list-item>{content}</text:list-item>" for content in contents)

    inner = f"<text:list>{items('<text:p>deep</text:p>', '<text:p>er</text:p>')}</text:list>"
    first = (
        f"<text:list text:style-name='L1'>{items(f'<text:p>one</text:p>{inner}', '<text:p>two</text:p>')}</text:list>"
    )
    continued = "<text:list text:style-name='L1' text:continue-numbering='true'>"
    again = f"{continued}{items('<text:p>three</text:p>')}</text:list>"
    outline = (
        "<office:styles><text:outline-style><text:outline-level-style text:level='1' style:num-format='I'/>"
        "</text:outline-style></office:styles>"
    )
    body = f'<text:h text:outline-level="1">Head</text:h>{first}{again}'
    reading = odt(body, _LIST, {"styles.xml": outline})
    assert reading.text == "I Head\n\n1. one\na) deep\nb) er\n2. two\n\n3. three"


def test_tables_notes_frames_and_deletions() -> None:
    deletion = "<text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region>"
    tracked = f"<text:tracked-changes>{deletion}</text:tracked-changes>"
    mark, noted = (
        "<text:note-citation>1</text:note-citation>",
        "<text:note-body><text:p>a note</text:p></text:note-body>",
    )
    note = f"<text:note>{mark}{noted}</text:note>"
    frame = "<draw:frame><draw:text-box><text:p>in a box</text:p></draw:text-box></draw:frame>"
    comment = "<office:annotation><text:p>why?</text:p></office:annotation>"
    cells = "".join(f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in ("Town", "Gil"))
    table = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    spaces = '<text:s text:c="2000000000"/>'
    body = f"{tracked}<text:p>A{spaces}strike{note}{frame}{comment}<text:line-break/>began</text:p>{table}"
    reading = odt(body)
    assert reading.text == "A strike\nbegan\n\na note\n\nin a box\n\nTown | Gil"
    assert reading.report.warnings == ("1 comments were left out",)


def test_pages_headers_and_title() -> None:
    head = "<office:master-styles><style:header><text:p>Our paper</text:p></style:header></office:master-styles>"
    meta = '<office:meta><dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Strikes</dc:title></office:meta>'
    reading = odt(
        "<text:p>one</text:p><text:p><text:soft-page-break/>two</text:p>", "", {"styles.xml": head, "meta.xml": meta}
    )
    assert [reading.text[p.start : p.end].strip() for p in reading.pages] == ["Our paper\n\none", "two"]
    assert reading.metadata == {"title": "Strikes"}


def test_a_file_with_a_password_says_so() -> None:
    manifest = (
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    with pytest.raises(FileEncrypted):
        odt("<text:p>x</text:p>", "", {"META-INF/manifest.xml": manifest})
