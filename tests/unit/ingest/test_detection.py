"""A file's format is told by its bytes, in the order of the registry; its name decides only between kinds of text."""

import pytest

from coderai.ingest.v1.ingest_service_pb2 import DocumentFormat
from coderai.kit.wire import enum_names
from coderai.services.ingest.adapters.parsers.detection import FORMATS, detect
from coderai.services.ingest.domain.problems import UnknownFormat
from tests.unit.ingest.files import docx, paragraph, zipped

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
        (b'{"text": "A strike"}', "a.csv", "CSV"),
        (b'{"text": "A strike"}', "a.txt", "JSON"),
        (b"MZ is short for Mozambique", "a.txt", "TXT"),
    ],
)
def test_bytes_go_before_names(data: bytes, name: str, format: str) -> None:
    assert detect(data, name).name == format


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (PAGE, "a.pdf", r"named \.pdf but is no PDF"),
        (b"MZ\0", "a.txt", "a program"),
        (zipped({"xl/workbook.bin": ""}), "a.docx", "a binary Excel file"),
    ],
)
def test_a_disguised_file_is_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnknownFormat, match=reason):
        detect(data, name)
