"""A file's format is told by its bytes, in the order of the registry; its name decides only between kinds of text."""

import pytest

from coderai.ingest.v1.ingest_service_pb2 import DocumentFormat
from coderai.kit.wire import enum_names
from coderai.services.ingest.adapters.parsers.detection import FORMATS, detect
from coderai.services.ingest.domain.problems import UnknownFormat
from tests.unit.ingest.files import docx, paragraph, read_one, read_parts, zipped

PAGE = b"<!doctype html><p>A strike</p>"


def test_every_format_of_the_contract_is_read() -> None:
    assert {format.name for format in FORMATS} == set(enum_names(DocumentFormat.DESCRIPTOR).values()) - {""}


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (b"\n" * 900 + b"%PDF-1.4", "a.csv", "PDF"),
        (docx(paragraph("A strike")), "a.zip", "DOCX"),
        (zipped({"a.txt": "A strike"}), "a.docx", "ZIP"),
        (zipped({"xl/workbook.xml": ""}), "a.zip", "XLSX"),
        (zipped({"ppt/presentation.xml": ""}), "a.docx", "PPTX"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}), "a.zip", "ODT"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), "a", "ODS"),
        (b"PAR1", "a.json", "PARQUET"),
        (PAGE, "a.csv", "HTML"),
        (b"text\nA strike", "a.csv", "CSV"),
        (b'{"text": "A strike"}', "a.csv", "JSON"),
        (b"# A strike", "a.md", "MARKDOWN"),
        (b"From: me\n\nA letter", "a.txt", "TXT"),
        (b"From: me\n\nA mail", "a.eml", "EML"),
        (b"From - Tue\nMessage-ID: <1@x>\nFrom: me\n\nA mail", "a", "EML"),
        (b"{\\rtf1 A strike}", "a.doc", "RTF"),
        (b'{"text": "A strike"}', "a.txt", "JSON"),
        (b"MZ is short for Mozambique", "a.txt", "TXT"),
    ],
)
def test_bytes_go_before_names(data: bytes, name: str, format: str) -> None:
    assert detect(data, name).name == format


@pytest.mark.parametrize(
    ("data", "name", "text", "remark"),
    [
        (b"A strike", "a.pdf", "A strike", "named .pdf, but its content is plain text"),
        (PAGE, "a.docx", "A strike", "named .docx, but its content is HTML"),
        (docx(paragraph("A strike")), "a.doc", "A strike", "named .doc, but its content is DOCX"),
        (docx(paragraph("A strike")), "a.txt", "A strike", "named .txt, but its content is DOCX"),
        ("Grève à Paris".encode(), "a.epub", "Grève à Paris", "named .epub, but its content is plain text"),
    ],
)
def test_a_file_named_as_another_is_read_as_what_it_is(data: bytes, name: str, text: str, remark: str) -> None:
    reading = read_one(data, name)
    assert reading.text == text
    assert any(remark in warning for warning in reading.report.warnings)


def test_a_table_named_as_a_spreadsheet_is_read_as_a_table() -> None:
    parts, container = read_parts(b"id;text\n1;one\n", "a.xlsx")
    assert (len(parts), container.format) == (1, "CSV")
    assert "named .xlsx, but its content is CSV" in container.report.warnings[0]


@pytest.mark.parametrize(("data", "name"), [(b"A strike", "a.txt"), (b"A strike", "a.v2"), (b"# A", "notes.md")])
def test_a_fitting_name_gets_no_remark(data: bytes, name: str) -> None:
    assert read_one(data, name).report.warnings == ()


def test_front_matter_is_text_and_metadata() -> None:
    text = "---\ntitle: Strikes\ndate: 2026-01-02\n---\n# A *strike*\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    reading = read_one(text.encode(), "a.md")
    assert (reading.text, reading.metadata) == (text, {"title": "Strikes", "date": "2026-01-02"})
    aliased = read_one(b"---\na: &a [1]\nb: [*a, *a]\n---\nText", "a.md")
    assert (aliased.metadata, len(aliased.report.warnings)) == ({}, 1)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (bytes(range(256)) * 40, "a.pdf", r"named \.pdf but is no PDF"),
        (b"1 0 obj <<>> stream \x01\x02", "a.pdf", r"named \.pdf but is no PDF"),
        (bytes(range(256)) * 40, "a.dat", "no text"),
        (b"MZ\0", "a.txt", "a program"),
        (zipped({"xl/workbook.bin": ""}), "a.docx", "a binary Excel file"),
    ],
)
def test_what_is_of_no_format_is_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnknownFormat, match=reason):
        detect(data, name)
