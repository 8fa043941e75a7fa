"""Files in which a quote is red and all else black, and whether what marks it on the screen holds just the quote."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page, expect

_STYLE = """<style>
@page {size: A4; margin: 25mm}
body {font: 14pt/1.5 "Noto Sans", "Noto Naskh Arabic", sans-serif; orphans: 1; widows: 1; margin: 0}
b {font-weight: inherit; color: #f00}
</style>"""
_DOTS = 200
"""Per inch, of a scan."""
_RECTANGLES = """() => [...document.querySelectorAll("figure:has(rect)")].map((figure) => {
    const picture = figure.querySelector("img"), sheet = picture.getBoundingClientRect();
    const shares = ({left, top, right, bottom}) => [
        (left - sheet.left) / sheet.width, (top - sheet.top) / sheet.height,
        (right - sheet.left) / sheet.width, (bottom - sheet.top) / sheet.height];
    return {address: picture.currentSrc, rectangles: [...figure.querySelectorAll("rect")].map((rectangle) => {
        const {x, y, width, height} = rectangle.getBBox(), matrix = rectangle.getScreenCTM();
        const from = new DOMPoint(x, y).matrixTransform(matrix);
        const to = new DOMPoint(x + width, y + height).matrixTransform(matrix);
        return shares({left: from.x, top: from.y, right: to.x, bottom: to.y});
    })};
})"""
"""Where rectangles are on the screen, in shares of the picture's box; getBoundingClientRect adds outlines."""
_ARE_SHOWN = """() => {
    const pictures = [...document.querySelectorAll("figure:has(rect) img")];
    return pictures.length > 0 && pictures.every((one) => one.complete && one.naturalWidth > 0);
}"""


def quote_of(html: str) -> str:
    """The words that are red."""
    (quote,) = re.findall("<b>(.*?)</b>", html, re.DOTALL)
    return " ".join(quote.split())


def printed(browser: Browser, html: str) -> bytes:
    """A PDF as browsers print it: what stands in <b> is red."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(_STYLE + html)
        page.evaluate("() => document.fonts.ready")
        return page.pdf(prefer_css_page_size=True)


def turned(pdf: bytes, degrees: int) -> bytes:
    """The PDF with pages that are shown turned clockwise."""
    target, writer = BytesIO(), pypdf.PdfWriter(clone_from=pypdf.PdfReader(BytesIO(pdf)))
    for page in writer.pages:
        page.rotate(degrees)
    writer.write(target)
    return target.getvalue()


def scanned(pdf: bytes, turned_by: int = 0) -> bytes:
    """A PDF of pictures of the pages, which lie turned counterclockwise."""
    target = BytesIO()
    with pypdfium2.PdfDocument(pdf) as document:
        first, *others = (_picture_of(page).rotate(turned_by, expand=True) for page in document)
    first.save(target, "PDF", resolution=_DOTS, save_all=True, append_images=others, quality=92)
    return target.getvalue()


def _picture_of(page: Any) -> Image.Image:
    picture: Image.Image = page.render(scale=_DOTS / 72).to_pil()
    return picture.convert("RGB")


def must_hold_the_quote(page: Page, pages: int = 1) -> None:
    """Fails unless rectangles, on so many pages, hold all that is red on the pages' pictures and nothing that is black.

    Beside them, pixels at an edge are let go that a rectangle only cuts.
    """
    expect(page.locator("figure:has(rect)")).to_have_count(pages)
    page.wait_for_function(_ARE_SHOWN)
    for shown in page.evaluate(_RECTANGLES):
        picture = _picture(page, shown["address"])
        red, black = _ink(picture)
        assert red.histogram()[255] > 0, "nothing of the quote stands on the page"
        outside = ImageChops.subtract(red, _area(picture.size, shown["rectangles"], touched=True))
        assert outside.histogram()[255] == 0, f"of the quote is outside: {outside.getbbox()}"
        others = ImageChops.multiply(black, _area(picture.size, shown["rectangles"], touched=False))
        assert others.histogram()[255] == 0, f"other letters are inside: {others.getbbox()}"


def _picture(page: Page, address: str) -> Image.Image:
    """The same picture, large enough for letters to be red or black and not pale."""
    answer = page.request.get(re.sub(r"width=\d+", "width=2000", address))
    return Image.open(BytesIO(answer.body())).convert("RGB")


def _ink(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """Masks of what is red, and of what is black."""
    red, green, blue = picture.split()
    is_bright, is_dark = red.point(lambda level: 255 * (level > 150)), red.point(lambda level: 255 * (level < 100))
    is_pale = ImageChops.lighter(green, blue).point(lambda level: 255 * (level >= 100))
    return ImageChops.subtract(is_bright, is_pale), ImageChops.subtract(is_dark, is_pale)


def _area(size: tuple[int, int], rectangles: Iterable[Any], *, touched: bool) -> Image.Image:
    """A mask of the pixels that rectangles touch, or that are wholly within one."""
    area = Image.new("L", size)
    draw = ImageDraw.Draw(area)
    low, high = (math.floor, math.ceil) if touched else (math.ceil, math.floor)
    for left, top, right, bottom in rectangles:
        box = low(left * size[0]), low(top * size[1]), high(right * size[0]) - 1, high(bottom * size[1]) - 1
        if box[0] <= box[2] and box[1] <= box[3]:
            draw.rectangle(box, fill=255)
    return area
