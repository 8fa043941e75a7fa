"""How fast pages are drawn and passages found on them, and what part of random passages is found for sure.

    .venv/bin/python -m benchmarks pages

Files are those of examples/public-events as a PDF, the same as a scan, and all PDF files of the folder that
CODERAI_CORPORA names. A passage is found rightly when the glyphs whose middles its rectangles hold spell it, no more
and no less. Times are processor time of the work itself, and waiting time through the sandbox, which depends on what
else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from benchmarks.ingest import pdf_of_stories
from benchmarks.line import report
from coderai.services.ingest.adapters.page_sandbox import PageSandbox
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.parsers.page_pictures import draw
from coderai.services.ingest.adapters.parsers.pdf_glyphs import glyphs_of
from coderai.services.ingest.adapters.parsers.pdf_passages import locate
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.domain.glyphs import Box
from coderai.services.ingest.domain.pages import PageSpans, PictureSize, Region, Span
from coderai.services.ingest.domain.problems import Unreadable
from coderai.services.ingest.domain.reading import Reading
from coderai.services.ingest.domain.spelling import spelling
from coderai.services.ingest.usecases.ports import PageFile

CORPORA = Path(os.environ.get("CODERAI_CORPORA", "/nowhere"))
PAGES, PASSAGES_A_PAGE = 60, 30
WORDS = (1, 1, 2, 3, 5, 9, 16, 30)
_WORKSPACE = UUID(int=0)


def main() -> None:
    """Prints the measurements."""
    text = pdf_of_stories()
    files = {"text": text, "scan": _scanned(text)}
    for name, data in files.items():
        _draw(name, data)
    asyncio.run(_wait(files))
    _locate("examples", [text])
    for folder in sorted({path.parent for path in CORPORA.rglob("*.pdf")}):
        _locate(folder.relative_to(CORPORA).as_posix(), [path.read_bytes() for path in sorted(folder.glob("*.pdf"))])


def _draw(name: str, data: bytes) -> None:
    seconds, sizes = [], []
    with pypdfium2.PdfDocument(data) as document:
        for number in range(min(PAGES, len(document))):
            started = time.process_time()
            sizes.append(len(draw(document[number], PictureSize()).data))
            seconds.append(time.process_time() - started)
    how = f"processor time, a page of {name} at 110 dots per inch, {median(sizes) / 1024:.0f} KiB"
    report(f"pages.draw.{name}.median", 1000 * median(seconds), "ms", how)
    report(f"pages.draw.{name}.p95", 1000 * quantiles(seconds, n=20)[-1], "ms", how)


async def _wait(files: Mapping[str, bytes]) -> None:
    async with PageSandbox(Limits(seconds=60), 2) as sandbox:
        started = time.perf_counter()
        await sandbox.draw(_file(files["text"]), 1, PictureSize(), _WORKSPACE)
        report("pages.first", 1000 * (time.perf_counter() - started), "ms", "the first page, with a process to start")
        for name, data in files.items():
            file, seconds = _file(data), []
            for number in range(1, min(PAGES, len(pypdfium2.PdfDocument(data))) + 1):
                started = time.perf_counter()
                await sandbox.draw(file, number, PictureSize(), _WORKSPACE)
                seconds.append(time.perf_counter() - started)
            report(f"pages.wait.{name}", 1000 * median(seconds), "ms", f"a page of {name} through the sandbox")


@dataclass
class _Found:
    asked: int = 0
    sure: int = 0
    exact: int = 0


def _locate(name: str, files: Iterable[bytes]) -> None:
    """Looks for passages that begin at random words of every page with text."""
    found, seconds, chance = _Found(), list[float](), random.Random(1)
    for data in files:
        for page in _pages(data, chance):
            with pypdfium2.PdfDocument(data) as document:
                started = time.process_time()
                places = locate(document[page.number - 1], page)
                seconds.append(time.process_time() - started)
            _count(found, data, page, places)
    if found.asked:
        how = f"{found.asked} passages of 1 to 30 words from {len(seconds)} pages of {name}"
        report(f"pages.sure.{name}", 100 * found.sure / found.asked, "%", f"found for sure, of {how}")
        report(f"pages.exact.{name}", 100 * found.exact / max(found.sure, 1), "%", "of these, spelt by their glyphs")
        how = f"processor time for the {PASSAGES_A_PAGE} passages of a page"
        report(f"pages.locate.{name}", 1000 * median(seconds), "ms", how)


def _pages(data: bytes, chance: random.Random) -> Iterator[PageSpans]:
    try:
        (reading,) = read_file(data, "a.pdf")
    except Unreadable:
        return
    assert isinstance(reading, Reading)
    for page in reading.pages:
        text = reading.text[page.start : page.end]
        words = [word.span() for word in re.finditer(r"\S+", text)]
        if words:
            yield PageSpans(page.number, text, [_passage(words, chance) for _ in range(PASSAGES_A_PAGE)])


def _passage(words: Sequence[tuple[int, int]], chance: random.Random) -> Span:
    first = chance.randrange(len(words))
    last = min(first + chance.choice(WORDS), len(words)) - 1
    return Span(words[first][0], words[last][1])


def _count(found: _Found, data: bytes, page: PageSpans, places: Sequence[Sequence[Region]]) -> None:
    with pypdfium2.PdfDocument(data) as document:
        shown = document[page.number - 1]
        width, height = shown.get_size()
        glyphs = next(iter(glyphs_of(shown)), None)
        for span, regions in zip(page.spans, places, strict=True):
            found.asked += 1
            found.sure += bool(regions)
            if regions and glyphs is not None:
                held = (
                    c for c, box in zip(glyphs.text, glyphs.boxes, strict=True) if _holds(regions, box, width, height)
                )
                found.exact += _letters("".join(held)) == _letters(page.text[span.start : span.end])


def _holds(regions: Iterable[Region], box: Box | None, width: float, height: float) -> bool:
    if box is None:
        return False
    x, y = (box.left + box.right) / 2 / width, (box.top + box.bottom) / 2 / height
    return any(region.left <= x <= region.right and region.top <= y <= region.bottom for region in regions)


def _letters(text: str) -> Counter[str]:
    return Counter(spelling(text).letters)


def _scanned(data: bytes) -> bytes:
    """The first pages as pictures of paper that is not quite white."""
    target = BytesIO()
    canvas = Canvas(target)
    with pypdfium2.PdfDocument(data) as document:
        for number in range(5):
            picture = document[number].render(scale=200 / 72).to_pil()
            noise = Image.effect_noise(picture.size, 30).convert("RGB")
            canvas.drawImage(ImageReader(Image.blend(picture.convert("RGB"), noise, 0.15)), 0, 0, 595, 842)
            canvas.showPage()
    canvas.save()
    return target.getvalue()


def _file(data: bytes) -> PageFile:
    return PageFile(str(hash(data)), partial(_given, data))


async def _given(data: bytes) -> bytes:
    return data
