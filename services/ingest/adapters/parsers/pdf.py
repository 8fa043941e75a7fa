"""PDF: by PDFium, by pypdf what PDFium cannot open or mixes up, and by text recognition what is a picture."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.ocr import Ocr
from coderai.services.ingest.adapters.parsers.pdf_page import page_text
from coderai.services.ingest.adapters.parsers.right_to_left import agree, is_right_to_left
from coderai.services.ingest.adapters.parsers.scan_reader import language_of
from coderai.services.ingest.adapters.parsers.scans import Scans, not_empty, page_list, read_scans
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.hyphens import join_broken_words
from coderai.services.ingest.domain.problems import FileEncrypted, NoText
from coderai.services.ingest.domain.reading import Extract, Report, ScannedPage
from coderai.services.ingest.domain.running_headers import drop_running_headers
from coderai.services.ingest.domain.text import normalise

_HEADER_WITHIN = 1024
"""Bytes that may stand before the header (ISO 32000, annex H.3.4.1), and itself."""
_BYTES_A_PAGE, _FEW_PAGES = 10, 100
"""The least that a page takes of a file, and how many a smaller file may have: page trees may refer to one page again
and again, so that 1 KB shows a million."""
_PDFIUM, _PYPDF = "pdfium", "pypdf"


def parse(data: bytes, tools: Tools) -> Extract:
    """The text of each page, without running headers, footers and page numbers, broken words joined.

    Raises:
        FileEncrypted: it needs a password.
        FileDamaged: neither library can open it.
        TextTooLarge: it shows far more pages than a file of its size can hold.
        NoText: no page has text, as in a scan, or text recognition finds none.
    """
    ocr, (reader, raw) = tools.ocr, _read(data)
    full = [normalise(page) for page in raw]
    blank = _blank(full)
    expected = language_of("\n".join(full)) or tools.language
    scans = read_scans(data, blank, ocr, expected) if ocr and blank else Scans()
    for number, text in scans.texts.items():
        full[number - 1] = normalise(text)
    blank = _blank(full)
    if len(blank) == len(full):
        raise NoText(_why_no_text(len(full), ocr, scans))
    warnings = scans.remarks
    if pictures := [number for number in blank if number not in scans.unread]:
        warnings += (f"no text on page {page_list(pictures)}: perhaps a picture",)
    if reader == _PYPDF and any(map(is_right_to_left, full)):
        warnings += ("written from right to left in an unusual way: numbers and signs may stand in the wrong place",)
    pages, dropped = (full, ()) if tools.whole else drop_running_headers(full)
    readers = f"{reader}, tesseract" if scans.texts else reader
    unread = not_empty(data, blank) if blank else ()
    report = Report(
        readers,
        dropped=dropped,
        warnings=warnings,
        unread_pages=unread,
        unsure_pages=scans.unsure,
        recognised_pages=scans.pages,
    )
    scanned = {number: ScannedPage(lines, pages[number - 1]) for number, lines in scans.lines.items()}
    return Extract(join_broken_words(pages), report, scanned=scanned)


def _blank(pages: Sequence[str]) -> list[int]:
    return [number for number, page in enumerate(pages, 1) if not page]


def _why_no_text(count: int, ocr: Ocr | None, scans: Scans) -> str:
    pages = "1 page" if count == 1 else f"{count} pages"
    if ocr:
        return "; ".join([f"{pages} without text, and text recognition ({ocr.languages}) found none", *scans.remarks])
    return (
        f"{pages} without text, most likely a scan: run text recognition (OCR) on it first, or have tesseract (with "
        "the packs of its languages) installed where files are read, and upload it again"
    )


def _read(data: bytes) -> tuple[str, Sequence[str]]:
    try:
        for placed in (False, True):
            pages = _by_pdfium(data, placed)
            if _is_credible(data, pages):
                return _PDFIUM, pages
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise FileEncrypted() from error
    from coderai.services.ingest.adapters.parsers import pypdf_pages

    return _PYPDF, pypdf_pages.page_texts(data, _most_pages(data))


def _is_credible(data: bytes, pages: Sequence[str]) -> bool:
    """PDFium turns some words around that run from right to left; pypdf does not, but mixes up words and numbers."""
    index = next((index for index, page in enumerate(pages) if is_right_to_left(page)), None)
    if index is None:
        return True
    from coderai.services.ingest.adapters.parsers import pypdf_pages

    other = pypdf_pages.page_text(data, index)
    return other is None or agree(normalise(pages[index]), normalise(other))


def _by_pdfium(data: bytes, placed: bool) -> list[str]:
    with closing(pypdfium2.PdfDocument(data)) as document:
        if len(document) > _most_pages(data):  # pypdf tells a wrong count from pages that are there
            raise pypdfium2.PdfiumError("more pages than the file can hold")
        return [_text_of(document[number], placed) for number in range(len(document))]


def _text_of(page: pypdfium2.PdfPage, placed: bool) -> str:
    with closing(page):
        return page_text(page, placed=placed)


def _most_pages(data: bytes) -> int:
    return _FEW_PAGES + len(data) // _BYTES_A_PAGE


FORMAT = Format("PDF", parse, (".pdf",), lambda file: b"%PDF-" in file.data[:_HEADER_WITHIN], file_called="PDF")
