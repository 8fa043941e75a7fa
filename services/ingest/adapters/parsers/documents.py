"""Which parser reads which format."""

from __future__ import annotations

from coderai.services.ingest.adapters.parsers import csv_table, docx, html, json_table, parquet_table, pdf, txt
from coderai.services.ingest.adapters.parsers.detection import detect
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.document import DocumentFormat
from coderai.services.ingest.domain.problems import ReaderFailed, Unreadable
from coderai.services.ingest.domain.reading import Extract, Reading, read_extract

__all__ = ["TABLES", "detect", "read_document"]

TABLES = {
    DocumentFormat.CSV: csv_table.parse,
    DocumentFormat.JSON: json_table.parse,
    DocumentFormat.PARQUET: parquet_table.parse,
}
_DOCUMENTS = {
    DocumentFormat.DOCX: docx.parse,
    DocumentFormat.HTML: html.parse,
    DocumentFormat.TXT: txt.parse,
}


def read_document(data: bytes, format: DocumentFormat, tools: Tools) -> Reading:
    """Reads a file that is one document. Raises Unreadable."""
    try:
        return read_extract(_extract(data, format, tools), tools.count_tokens)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise ReaderFailed.because(error) from error


def _extract(data: bytes, format: DocumentFormat, tools: Tools) -> Extract:
    return pdf.parse(data, tools.ocr) if format is DocumentFormat.PDF else _DOCUMENTS[format](data)
