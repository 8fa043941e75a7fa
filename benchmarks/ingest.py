"""How fast one reading process reads PDF, text and tables, beside the bare PDF libraries.

    .venv/bin/python -m benchmarks.ingest

Everything is read as the worker reads it: in the sandbox's child process, with chunks, language and sketch. The texts
are those of examples/public-events; the PDF is made of them.
"""

from __future__ import annotations

import asyncio
import csv
import io
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pypdf
import pypdfium2  # type: ignore[import-untyped]
from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
from reportlab.platypus import Paragraph, SimpleDocTemplate  # type: ignore[import-untyped]

from benchmarks.line import report
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.sandbox import Expansion, Sandbox

TEXTS = [file.read_text() for file in sorted(Path(__file__).parents[1].glob("examples/public-events/documents/*.txt"))]
PDF_STORIES, DOCUMENTS, ROWS = 400, 500, 20_000


def main() -> None:
    """Prints the measurements."""
    pdf = pdf_of_stories()
    pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    bare = {"pypdf": _pages_per_second(_by_pypdf, pdf, pages), "pypdfium2": _pages_per_second(_by_pdfium, pdf, pages)}
    for library, rate in bare.items():
        report(f"ingest.pdf.bare_{library}", rate, "pages/s", f"text of {pages} pages, in this process")
    asyncio.run(_measure(pdf, pages, bare["pypdf"]))


async def _measure(pdf: bytes, pages: int, pypdf_rate: float) -> None:
    async with Sandbox(Limits(), size=1) as sandbox:
        seconds = await _timed(sandbox, [(pdf, "a.pdf")] * 3)
        how = f"one process reads a PDF of {pages} pages three times; the goal is bare pypdf"
        report("ingest.pdf", 3 * pages / seconds, "pages/s", how, goal=pypdf_rate)
        texts = [(text.encode(), "a.txt") for text in islice(cycle(TEXTS), DOCUMENTS)]
        rate = DOCUMENTS / await _timed(sandbox, texts)
        report("ingest.txt", rate, "documents/s", f"one process reads {DOCUMENTS} texts of about 220 words", goal=100)
        rate = ROWS / await _timed(sandbox, [(_table(), "a.csv")])
        report("ingest.csv", rate, "rows/s", f"one process reads {ROWS} rows of about 36 words each", goal=1000)


async def _timed(sandbox: Sandbox, files: list[tuple[bytes, str]]) -> float:
    started = time.perf_counter()
    for data, name in files:
        outcome = await sandbox.read(data, name)
        if isinstance(outcome, Expansion):
            assert sum(len(batch) for batch in outcome.batches()) == ROWS
            outcome.close()
    return time.perf_counter() - started


def _pages_per_second(read: Callable[[bytes], int], pdf: bytes, pages: int) -> float:
    started = time.perf_counter()
    assert read(pdf) > 0
    return pages / (time.perf_counter() - started)


def _by_pypdf(pdf: bytes) -> int:
    return sum(len(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def _by_pdfium(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    return sum(len(document[number].get_textpage().get_text_range()) for number in range(len(document)))


def pdf_of_stories() -> bytes:
    """The stories, one after the other."""
    target, style = io.BytesIO(), getSampleStyleSheet()["BodyText"]
    stories = [Paragraph(part, style) for text in islice(cycle(TEXTS), PDF_STORIES) for part in text.split("\n\n")]
    SimpleDocTemplate(target).build(stories)
    return target.getvalue()


def _table() -> bytes:
    sentences = [" ".join(text.split()[n : n + 36]) for text in TEXTS for n in range(0, 180, 36)]
    target = io.StringIO(newline="")
    csv.writer(target).writerows([["id", "text"], *enumerate(islice(cycle(sentences), ROWS))])
    return target.getvalue().encode()


if __name__ == "__main__":
    main()
