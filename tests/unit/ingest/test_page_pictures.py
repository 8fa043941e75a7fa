"""Pages are drawn as large as asked, within bounds, in the smaller of two formats, whatever the file does."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from io import BytesIO
from uuid import UUID, uuid4

import numpy
import pypdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from coderai.kit.errors import InvalidInput
from coderai.services.ingest.adapters.page_sandbox import PageSandbox
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.domain.pages import MOST_PIXELS, PageSpans, Picture, PictureSize, Span
from coderai.services.ingest.domain.problems import (
    AnswerRefused,
    FileDamaged,
    FileEncrypted,
    PageNotFound,
    PagePicturesMissing,
    ReaderDied,
    ReadingTooSlow,
    TooManyPages,
    Unreadable,
)
from coderai.services.ingest.usecases.ports import PageFile
from tests.unit.ingest.files import zipped
from tests.unit.ingest.pages import drawn, lines

STORY = "Some three hundred people marched.\nThe police counted them."
WORKSPACE = UUID(int=1)
PROGRAM = "tests.unit.ingest.page_attacker"


@pytest.fixture(scope="module")
async def pages() -> AsyncIterator[PageSandbox]:
    async with PageSandbox(Limits(seconds=30), 2) as sandbox:
        yield sandbox


class Stored:
    """A file, and how often it was fetched."""

    def __init__(self, data: bytes, path: str = "", sha256: str = "") -> None:
        self.fetched = 0
        self.data = data
        self.file = PageFile(str(uuid4()), self._load, path, sha256)

    async def _load(self) -> bytes:
        self.fetched += 1
        return self.data


def opened(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.data))
    assert image.get_format_mimetype() == picture.media_type
    return image.convert("RGB")


async def test_a_page_is_as_large_as_asked(pages: PageSandbox) -> None:
    file = Stored(drawn(lines(STORY))).file
    usual = opened(await pages.draw(file, 1, PictureSize(), WORKSPACE))
    assert usual.size == (910, 1287), "595 x 842 points at 110 dots per inch"
    for width in (16, 800, 4000):
        drawn_wide = await pages.draw(file, 1, PictureSize(width), WORKSPACE)
        wide = opened(drawn_wide).width
        assert (
            wide == width
            if width < 2900
            else MOST_PIXELS * 0.99 < wide * opened(drawn_wide).height <= MOST_PIXELS * 1.01
        )
    assert opened(await pages.draw(file, 1, PictureSize(dpi=72), WORKSPACE)).size == (595, 842)


async def test_what_is_drawn_is_the_text_where_it_stands(pages: PageSandbox) -> None:
    data = drawn(lines(STORY), rotation=90, crop=(50, 600, 500, 800))
    stored = Stored(data)
    spans = [Span(0, len("Some three hundred people marched."))]
    (((region,),),) = await pages.locate(stored.file, [PageSpans(1, STORY, spans)], WORKSPACE)
    image = opened(await pages.draw(stored.file, 1, PictureSize(dpi=144), WORKSPACE))
    dark = numpy.argwhere(numpy.asarray(image.convert("L")) < 128) / (image.height, image.width)
    inside = [region.top <= y <= region.bottom and region.left <= x <= region.right for y, x in dark]
    beside = dark[[not one for one in inside]]
    assert sum(inside) > 300, "the line's ink"
    assert len(beside) > 200, "that of the other line"
    assert all(x < region.left for _, x in beside), "which stands below it: on a page turned clockwise, left of it"
    assert stored.fetched <= 2, "a process keeps the file that it has"


async def test_text_is_png_and_a_photograph_is_jpeg(pages: PageSandbox) -> None:
    text = await pages.draw(Stored(drawn(lines(STORY))).file, 1, PictureSize(), WORKSPACE)
    assert text.media_type == "image/png"
    assert len(text.data) < 40_000
    light = numpy.random.default_rng(1).normal(128, 12, (1200, 850, 3)) + numpy.linspace(-60, 60, 850)[:, None]
    noise = light.clip(0, 255).astype(numpy.uint8)
    target = BytesIO()
    canvas = Canvas(target)
    canvas.drawImage(ImageReader(Image.fromarray(noise)), 0, 0, 595, 842)
    canvas.save()
    assert (await pages.draw(Stored(target.getvalue()).file, 1, PictureSize(), WORKSPACE)).media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("width", "height"), [(14_400, 14_400), (14_400, 1), (1, 14_400), (0.1, 0.1), (200_000, 200_000)]
)
async def test_pages_of_any_size_are_drawn_within_bounds(pages: PageSandbox, width: float, height: float) -> None:
    file = BytesIO()
    canvas = Canvas(file, pagesize=(width, height))
    canvas.line(0, 0, width, height)
    canvas.save()
    image = opened(await pages.draw(Stored(file.getvalue()).file, 1, PictureSize(dpi=300), WORKSPACE))
    assert image.width * image.height <= MOST_PIXELS * 1.01
    assert min(image.size) >= 1


@pytest.mark.parametrize(("width", "dpi"), [(15, 0), (4001, 0), (-1, 0), (0, 19), (0, 301), (800, 110)])
def test_sizes_beyond_bounds_are_refused(width: int, dpi: int) -> None:
    with pytest.raises(InvalidInput):
        PictureSize.of(width, dpi)


def encrypted() -> bytes:
    target, writer = BytesIO(), pypdf.PdfWriter(clone_from=pypdf.PdfReader(BytesIO(drawn(lines(STORY)))))
    writer.encrypt("secret")
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"just text", PagePicturesMissing),
        (b"", PagePicturesMissing),
        (zipped({"word/document.xml": "<x/>"}), PagePicturesMissing),
        (b"%PDF-1.7\nnothing", FileDamaged),
        (drawn(lines(STORY))[:400], FileDamaged),
        (encrypted(), FileEncrypted),
    ],
    ids=["text", "empty", "zip", "nothing", "cut off", "password"],
)
async def test_what_cannot_be_drawn_says_why(pages: PageSandbox, data: bytes, problem: type[Unreadable]) -> None:
    with pytest.raises(problem) as told:
        await pages.draw(Stored(data).file, 1, PictureSize(), WORKSPACE)
    assert len(told.value.message) > 20


async def test_a_page_that_is_not_there(pages: PageSandbox) -> None:
    file = Stored(drawn(lines(STORY))).file
    for number in (0, 2, 2**31 - 1):
        with pytest.raises(PageNotFound, match="has 1 pages"):
            await pages.draw(file, number, PictureSize(), WORKSPACE)
    assert await pages.draw(file, 1, PictureSize(), WORKSPACE)


async def test_a_file_in_an_archive_is_drawn_and_no_other_under_its_name(pages: PageSandbox) -> None:
    one, other = drawn(lines("One story")), drawn(lines("Another story"), lines("of two pages"))
    archive = zipped({"a/one.pdf": one, "b/other.pdf": other, "note.txt": "text"})
    stored = Stored(archive, "b/other.pdf", hashlib.sha256(other).hexdigest())
    assert await pages.draw(stored.file, 2, PictureSize(), WORKSPACE)
    for path, sha256 in (("a/one.pdf", hashlib.sha256(other).hexdigest()), ("c.pdf", hashlib.sha256(one).hexdigest())):
        with pytest.raises(FileDamaged, match="not in its archive"):
            await pages.draw(Stored(archive, path, sha256).file, 1, PictureSize(), WORKSPACE)


def endless() -> bytes:
    """A page that would take minutes to draw: forms that draw forms that draw forms."""
    levels, each = 7, 30
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /XObject << /X 5 0 R >> >> >>",
        "<< /Length 5 >>\nstream\n/X Do\nendstream",
    ]
    for level in range(levels):
        inner = "/X Do\n" * each if level < levels - 1 else "0 0 m 500 800 l S\n" * each
        resources = f"/Resources << /XObject << /X {6 + level} 0 R >> >>" if level < levels - 1 else ""
        head = f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] {resources} /Length {len(inner)} >>"
        objects.append(f"{head}\nstream\n{inner}endstream")
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.7\n{body}trailer << /Root 1 0 R >>\n%%EOF\n".encode()


async def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_drawn() -> None:
    async with PageSandbox(Limits(seconds=3), 1) as sandbox:
        with pytest.raises(ReadingTooSlow, match="more than 3 seconds"):
            await sandbox.draw(Stored(endless()).file, 1, PictureSize(), WORKSPACE)
        assert await sandbox.draw(Stored(drawn(lines(STORY))).file, 1, PictureSize(), WORKSPACE)


@pytest.mark.parametrize(
    ("attack", "problem"),
    [
        ("die", ReaderDied),
        ("no picture", AnswerRefused),
        ("places beyond", AnswerRefused),
        ("fewer places", AnswerRefused),
    ],
)
async def test_a_process_that_a_file_has_taken_over_is_not_believed(attack: str, problem: type[Unreadable]) -> None:
    async with PageSandbox(Limits(seconds=20), 1, program=PROGRAM) as sandbox:
        file = Stored(attack.encode()).file
        with pytest.raises(problem):
            if "places" in attack:
                await sandbox.locate(file, [PageSpans(1, "text", [Span(0, 4)])], WORKSPACE)
            else:
                await sandbox.draw(file, 1, PictureSize(), WORKSPACE)


async def test_one_workspace_leaves_room_for_others_and_has_so_many_waiting() -> None:
    gate = asyncio.Event()
    data = drawn(lines(STORY))

    async def slowly() -> bytes:
        await gate.wait()
        return data

    async with PageSandbox(Limits(seconds=30), 2) as sandbox:
        slow = [
            asyncio.ensure_future(sandbox.draw(PageFile(str(n), slowly), 1, PictureSize(), WORKSPACE))
            for n in range(40)
        ]
        await asyncio.sleep(0)
        refused = [task for task in slow if task.done() or task in (await asyncio.wait(slow, timeout=0.2))[0]]
        assert len(refused) >= 10
        for task in refused:
            with pytest.raises(TooManyPages):
                task.result()
        assert await sandbox.draw(Stored(data).file, 1, PictureSize(), UUID(int=2))
        gate.set()
        done = await asyncio.gather(*(task for task in slow if task not in refused))
        assert len({picture.data for picture in done}) == 1


async def test_files_of_two_workspaces_meet_in_no_process() -> None:
    async with PageSandbox(Limits(seconds=20), 2, program=PROGRAM) as sandbox:
        told = [(await sandbox.draw(Stored(b"process").file, 1, PictureSize(), UUID(int=w))).data for w in (1, 1, 2, 1)]
    assert told[0] == told[1] != told[2]
    assert str(os.getpid()).encode() not in told[0]
