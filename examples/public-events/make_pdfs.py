"""Makes the corpus's PDFs again from their text sources: `python examples/public-events/make_pdfs.py [FOLDER]`.

A source is a headline, a line below it and paragraphs, with blank lines between them; a short paragraph without a full
stop is a subheading. A first paragraph `Running header: ...` puts that line at the top of each page and the page's
number at its foot. The same source and the same reportlab always give the same bytes.
"""

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import cm  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
from reportlab.platypus import Paragraph, SimpleDocTemplate  # type: ignore[import-untyped]

HERE = Path(__file__).parent
HEADER_MARK = "Running header: "
SUBHEADING_LENGTH = 40

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=12, leading=17, spaceAfter=8)
SUBHEADING = ParagraphStyle("subheading", BODY, fontName="Times-Bold", spaceBefore=6, spaceAfter=4, keepWithNext=True)
BELOW_HEADLINE = ParagraphStyle("below-headline", BODY, fontName="Times-Italic")
HEADLINE = ParagraphStyle("headline", BODY, fontName="Helvetica-Bold", fontSize=17, leading=21, spaceAfter=10)


def make_pdf(source: Path, target: Path) -> None:
    """Writes the text file `source` as an A4 PDF with a text layer to `target`."""
    paragraphs = source.read_text(encoding="utf-8").strip().split("\n\n")
    header = paragraphs.pop(0).removeprefix(HEADER_MARK) if paragraphs[0].startswith(HEADER_MARK) else ""

    def furnish(canvas: Canvas, document: SimpleDocTemplate) -> None:
        if header:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(2.5 * cm, A4[1] - 1.3 * cm, header)
            canvas.drawRightString(A4[0] - 2.5 * cm, 1.2 * cm, f"Page {document.page}")

    document = SimpleDocTemplate(
        str(target), pagesize=A4, title=paragraphs[0], leftMargin=2.5 * cm, rightMargin=2.5 * cm, invariant=1
    )
    document.build(list(_flow(paragraphs)), onFirstPage=furnish, onLaterPages=furnish)


def _flow(paragraphs: list[str]) -> Iterator[Paragraph]:
    headline, below, *rest = paragraphs
    yield Paragraph(escape(headline), HEADLINE)
    yield Paragraph(escape(below), BELOW_HEADLINE)
    for text in rest:
        is_subheading = len(text) < SUBHEADING_LENGTH and text[-1].isalpha()
        yield Paragraph(escape(text), SUBHEADING if is_subheading else BODY)


def main() -> None:
    """Makes every PDF of the corpus, into documents/ or the folder named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "documents"
    for source in sorted((HERE / "pdf-sources").glob("*.txt")):
        make_pdf(source, folder / f"{source.stem}.pdf")


if __name__ == "__main__":
    main()
