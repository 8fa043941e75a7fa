"""PDF files that are hard to find passages in, and what stands under rectangles on their pages."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from io import BytesIO

import pypdf
import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.pdf_passages import locate
from coderai.services.ingest.domain.pages import PageSpans, Region, Span
from coderai.services.ingest.domain.reading import Reading
from coderai.services.ingest.domain.spelling import spelling

_DOTS = 1_000_000


def drawn(
    *pages: Iterable[tuple[float, float, str]], rotation: int = 0, crop: tuple[float, float, float, float] | None = None
) -> bytes:
    """Pages with texts at places, in points from the lower left; `crop`: what is shown of them."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(595, 842))
    for page in pages:
        canvas.setFont("Helvetica", 10)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return _turned(file, rotation, crop)


def _turned(file: BytesIO, rotation: int, crop: tuple[float, float, float, float] | None) -> bytes:
    target, writer = BytesIO(), pypdf.PdfWriter(clone_from=pypdf.PdfReader(file))
    for page in writer.pages:
        page.rotate(rotation)
        if crop:
            page.cropbox = pypdf.generic.RectangleObject(crop)
    writer.write(target)
    return target.getvalue()


def lines(text: str, left: float = 72, top: float = 760) -> list[tuple[float, float, str]]:
    """The lines of a text below one another."""
    return [(left, top - 14 * number, line) for number, line in enumerate(text.split("\n"))]


def mapped(rows: Iterable[tuple[float, float, Sequence[str]]]) -> bytes:
    """A page of glyphs drawn from left to right, which stand for any characters: each for a text of its own."""
    rows = list(rows)
    texts = sorted({text for _, _, row in rows for text in row})
    codes = {text: 33 + number for number, text in enumerate(texts)}
    entries = "".join(f"<{codes[t]:02x}> <{t.encode('utf-16-be').hex()}>\n" for t in texts)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(texts)} beginbfchar\n{entries}endbfchar\n"
        "endcmap end end"
    )
    shown = "".join(
        f"BT /F 20 Tf 1 0 0 1 {x} {y} Tm <{''.join(f'{codes[t]:02x}' for t in row)}> Tj ET\n" for x, y, row in rows
    )
    widths = " ".join(["600"] * 224)
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /FirstChar 32 /LastChar 255 /ToUnicode 5 0 R"
    font += f" /Widths [{widths}] >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 6 0 R >> >> >>",
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
        font,
    ]
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer << /Root 1 0 R /Size 7 >>\n%%EOF\n".encode()


def found(data: bytes, reading: Reading, quote: str, nth: int = 0) -> list[Region]:
    """Where a quote stands that the text has, the first time or a later one."""
    start = -1
    for _ in range(nth + 1):
        start = reading.text.index(quote, start + 1)
    page = next(page for page in reading.pages if page.start <= start < page.end)
    span = Span(start - page.start, start - page.start + len(quote))
    with pypdfium2.PdfDocument(data) as document:
        wanted = PageSpans(page.number, reading.text[page.start : page.end], [span])
        return locate(document[page.number - 1], wanted)[0]


def under(data: bytes, regions: Sequence[Region]) -> str:
    """The characters of a page whose middles the rectangles hold, in the order in which the file draws them."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[regions[0].page - 1]
        text = page.get_textpage()
        inside = []
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            if left < right and _holds(regions, *_shares(page, (left + right) / 2, (bottom + top) / 2)):
                inside.append(chr(pypdfium2.raw.FPDFText_GetUnicode(text, index)))
        return "".join(inside)


def letters(text: str) -> list[str]:
    """What a text is spelt with, in no order."""
    return sorted(spelling(text).letters)


def _holds(regions: Iterable[Region], x: float, y: float) -> bool:
    return any(region.left <= x <= region.right and region.top <= y <= region.bottom for region in regions)


def _shares(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """Where a point of the page's own coordinates is shown, as PDFium says it."""
    across, down = ctypes.c_int(), ctypes.c_int()
    where = (ctypes.c_double(x), ctypes.c_double(y))
    pypdfium2.raw.FPDF_PageToDevice(page, 0, 0, _DOTS, _DOTS, 0, *where, ctypes.byref(across), ctypes.byref(down))
    return across.value / _DOTS, down.value / _DOTS
