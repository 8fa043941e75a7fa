"""Reads PDFs by pypdf, where PDFium does not; loaded when needed: it takes a third of what a reading process loads."""

from __future__ import annotations

import logging
from io import BytesIO

import pypdf
from pypdf.errors import PyPdfError

from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, TextTooLarge

_ERRORS = (PyPdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError, NotImplementedError)
"""What pypdf raises on damaged files."""
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def page_texts(data: bytes, most: int) -> list[str]:
    """The texts of all pages.

    Raises:
        FileEncrypted: it needs a password.
        FileDamaged: pypdf cannot read it.
        TextTooLarge: it shows more than `most` pages.
    """
    try:
        pages = _open(data).pages
        if len(pages) > most:
            raise TextTooLarge(f"it has {len(pages)} pages, more than so small a file can hold: print it to a new PDF")
        return [page.extract_text() for page in pages]
    except _ERRORS as error:
        raise FileDamaged(f"the PDF is damaged ({error}): export it again and upload that copy") from error


def page_text(data: bytes, index: int) -> str | None:
    """The text of one page; None where pypdf cannot read it."""
    try:
        return _open(data).pages[index].extract_text()
    except _ERRORS:
        return None


def _open(data: bytes) -> pypdf.PdfReader:
    reader = pypdf.PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise FileEncrypted()
    return reader
