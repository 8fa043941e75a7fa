"""Tells a file's format by its bytes; its name decides only between formats that are all plain text."""

from __future__ import annotations

import re
from pathlib import PurePath

from coderai.services.ingest.adapters.parsers.csv_table import looks_like_table
from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.json_table import is_json
from coderai.services.ingest.adapters.parsers.unzipping import open_zip
from coderai.services.ingest.domain.document import DocumentFormat
from coderai.services.ingest.domain.problems import UnknownFormat

_PDF_HEADER_WITHIN = 1024
"""Bytes that may stand before a PDF's header (ISO 32000, annex H.3.4.1)."""
_HEAD = 64 * 1024
_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*(?:[{\[\]"\d-]|true\b|false\b|null\b))')
_BY_ENDING = {
    ".csv": DocumentFormat.CSV,
    ".tsv": DocumentFormat.CSV,
    ".tab": DocumentFormat.CSV,
    ".json": DocumentFormat.JSON,
    ".jsonl": DocumentFormat.JSON,
    ".ndjson": DocumentFormat.JSON,
    ".html": DocumentFormat.HTML,
    ".htm": DocumentFormat.HTML,
    ".xhtml": DocumentFormat.HTML,
}
_BINARY_ENDINGS = {".pdf": "PDF", ".docx": "Word file", ".parquet": "Parquet file", ".zip": "ZIP archive"}
_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file: save it as DOCX, or a table as CSV"),
    (b"{\\rtf", "an RTF file: save it as DOCX or PDF"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture: run text recognition (OCR) on it first"),
    (b"\xff\xd8\xff", "a picture: run text recognition (OCR) on it first"),
    (b"GIF8", "a picture: run text recognition (OCR) on it first"),
    (b"II*\x00", "a picture: run text recognition (OCR) on it first"),
    (b"MM\x00*", "a picture: run text recognition (OCR) on it first"),
    (b"\x1f\x8b", "a gzip archive: unpack it, or pack it as ZIP"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it, or pack it as ZIP"),
    (b"Rar!", "a RAR archive: unpack it, or pack it as ZIP"),
)
_OFFICE = {
    "xl/": "an Excel file: save the table as CSV",
    "ppt/": "a PowerPoint file: save it as PDF",
    "content.xml": "an OpenDocument file: save it as DOCX or PDF",
    "META-INF/container.xml": "an e-book: save it as PDF or HTML",
}


def detect(data: bytes, name: str) -> DocumentFormat:
    """The format of a file.

    Raises:
        UnknownFormat: it is none that can be read; FileDamaged: it is a damaged archive.
    """
    ending = PurePath(name.lower()).suffix
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return DocumentFormat.PDF
    if data.startswith(b"PK\x03\x04"):
        return _detect_zip(data)
    if data.startswith(b"PAR1"):
        return DocumentFormat.PARQUET
    for magic, what in _REFUSED:
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:_HEAD]):
            raise UnknownFormat(f"the file is {what}")
    if ending in _BINARY_ENDINGS:
        raise UnknownFormat(f"the file is named {ending} but is no {_BINARY_ENDINGS[ending]}: save it again as one")
    return _detect_text(data, ending)


def _detect_zip(data: bytes) -> DocumentFormat:
    with open_zip(data) as archive:
        names = archive.namelist()
    if "word/document.xml" in names:
        return DocumentFormat.DOCX
    for mark, what in _OFFICE.items():
        if any(name.startswith(mark) for name in names):
            raise UnknownFormat(f"the file is {what}")
    return DocumentFormat.ZIP


def _detect_text(data: bytes, ending: str) -> DocumentFormat:
    head = decode(data[:_HEAD], may_declare=True).text if len(data) > _HEAD else decode(data, may_declare=True).text
    if _HTML.match(head):
        return DocumentFormat.HTML
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if _JSON.match(head) and is_json(decode(data).text):
        return DocumentFormat.JSON
    return DocumentFormat.CSV if looks_like_table(head) else DocumentFormat.TXT
