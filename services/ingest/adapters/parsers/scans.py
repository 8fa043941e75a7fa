"""Pages of a PDF that are pictures, read by text recognition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.ocr import Ocr, PageNotRecognised, Picture, Recognised
from coderai.services.ingest.adapters.parsers.scan_reader import ScanReader
from coderai.services.ingest.domain.reading import LEAST_SURE, RecognisedPage
from coderai.services.ingest.domain.scanned_words import Line

_DOTS_PER_INCH, _POINTS_PER_INCH = 300, 72
"""What tesseract is made for; https://tesseract-ocr.github.io/tessdoc/ImproveQuality.html"""
_MOST_PIXELS = 25_000_000
"""Of one page, a byte each: A3 has 17 million. A larger page is shown smaller."""


@dataclass(frozen=True, slots=True)
class Scans:
    """What text recognition gave."""

    texts: Mapping[int, str] = field(default_factory=dict)
    """Of each page, by its number from 1, on which there is any."""
    lines: Mapping[int, Sequence[Line]] = field(default_factory=dict)
    """The same with their words."""
    remarks: tuple[str, ...] = ()
    """Which pages were read so and how well, and which were not, and why."""
    unread: tuple[int, ...] = ()
    """The pages that a remark says were not read."""
    pages: tuple[RecognisedPage, ...] = ()
    """Those on which there is text, in order."""

    @property
    def unsure(self) -> tuple[int, ...]:
        """The pages of which text recognition is unsure."""
        return _unsure(self.pages)


def read_scans(data: bytes, numbers: Sequence[int], ocr: Ocr, expected: str = "") -> Scans:
    """Reads these pages of a PDF (from 1) as pictures; `expected`: their likely language, ISO 639-1."""
    reader = ScanReader(ocr, expected)
    pages: dict[int, Recognised] = {}
    failed: dict[int, str] = {}
    for number in numbers[: ocr.most_pages]:
        try:
            if picture := _picture(data, number):
                pages[number] = reader.read(picture)
        except (PageNotRecognised, pypdfium2.PdfiumError) as error:
            failed[number] = str(error)
    read = {number: page for number, page in pages.items() if page.text}
    recognised = tuple(RecognisedPage(number, page.confidence) for number, page in read.items())
    remarks = [*_quality(read), *_doubts(recognised), *reader.remarks]
    remarks += [f"page {number} not read, as text recognition failed: {why}" for number, why in failed.items()]
    if left := numbers[ocr.most_pages :]:
        limit = f"text recognition takes {ocr.most_pages} pages of a file at most"
        remarks.append(f"page {page_list(left)} not read, as {limit}: split the file")
    return Scans(
        {number: page.text for number, page in read.items()},
        {number: page.lines for number, page in read.items()},
        tuple(remarks),
        (*failed, *left),
        recognised,
    )


def not_empty(data: bytes, numbers: Sequence[int]) -> tuple[int, ...]:
    """Those of a PDF's pages (from 1) that show something; all of them when PDFium cannot open it."""
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            return tuple(number for number in numbers if _shows_something(document, number))
    except pypdfium2.PdfiumError:
        return tuple(numbers)


def _shows_something(document: pypdfium2.PdfDocument, number: int) -> bool:
    with closing(document[number - 1]) as page:
        return bool(pypdfium2.raw.FPDFPage_CountObjects(page))


def page_list(numbers: Sequence[int]) -> str:
    """Page numbers in order, in short: "1-3, 7"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    return ", ".join("-".join(map(str, ends)) for ends in ranges)


def _quality(read: Mapping[int, Recognised]) -> Iterator[str]:
    for languages in dict.fromkeys(page.languages for page in read.values()):
        pages = {number: page.confidence for number, page in read.items() if page.languages == languages}
        worst = min(pages, key=lambda number: pages[number])
        mean, lowest = 100 * fmean(pages.values()), 100 * pages[worst]
        yield (
            f"page {page_list(list(pages))} read by text recognition (tesseract, {languages}) with a mean confidence "
            f"of {mean:.0f} %, the lowest {lowest:.0f} % on page {worst}: it may have misread characters"
        )


def _unsure(pages: Sequence[RecognisedPage]) -> tuple[int, ...]:
    return tuple(page.number for page in pages if page.confidence < LEAST_SURE)


def _doubts(pages: Sequence[RecognisedPage]) -> Iterator[str]:
    if unsure := _unsure(pages):
        yield (
            f"page {page_list(unsure)} read with a mean confidence below {100 * LEAST_SURE:.0f} %: compare what is "
            "taken from there with the file, or upload a better scan"
        )


def _picture(data: bytes, number: int) -> Picture | None:
    """A page as a PGM picture; None if there is nothing on it. Raises PdfiumError."""
    with closing(pypdfium2.PdfDocument(data)) as document, closing(document[number - 1]) as page:
        if not pypdfium2.raw.FPDFPage_CountObjects(page):
            return None
        width, height = page.get_size()
        scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, sqrt(_MOST_PIXELS / max(width * height, 1)))
        grey = page.render(scale=scale, grayscale=True).to_numpy()
    head = f"P5 {grey.shape[1]} {grey.shape[0]} 255\n"  # https://netpbm.sourceforge.net/doc/pgm.html
    height, width = grey.shape
    return Picture(head.encode() + grey.tobytes(), round(scale * _POINTS_PER_INCH), width, height)
