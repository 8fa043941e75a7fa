"""The glyphs of a PDF page in the order in which its text is read, with their places on the page as it is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import reduce
from statistics import median
from typing import Any

import pypdfium2.raw  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.pdf_page import lines_of
from coderai.services.ingest.adapters.parsers.pdf_rows import BROKEN_WORD
from coderai.services.ingest.adapters.parsers.right_to_left import by_place, is_right_to_left, with_mended_ligatures
from coderai.services.ingest.domain.glyphs import Box, Glyphs

_MOST = 100_000
"""Glyphs of a page that are looked at."""
_TALL, _LEVEL = 2.0, 2.5
"""Usual heights of a line's glyphs: a higher one is a sign or initial that the others do not reach up to; and how high
a line may be, for its glyphs to stand on one level."""
_NO_CHARACTER = "\ufffd"
_BoxOf = Callable[[int], Box | None]


def glyphs_of(page: Any) -> list[Glyphs]:
    """What an open page shows as text, in each order in which it may have been read; none if it has too much of it.

    That is PDFium's order, and where lines run from right to left also that in which they stand: PDFium reverses words
    of some files.
    """
    with closing(page.get_textpage()) as text_page:
        count = text_page.count_chars()
        if not 0 < count <= _MOST:
            return []
        lines = [[index for part in line.glyphs for index in part] for line in lines_of(text_page)]
        lines = lines or [list(range(count))]
        characters = with_mended_ligatures("".join(_characters(text_page, count)), text_page.get_charbox)
        box_of = _boxes(page, text_page)
        boxes = {i: box for line in lines for i, box in zip(line, _levelled(list(map(box_of, line))), strict=True)}
    found = [_in_order(lines, characters, boxes)]
    if is_right_to_left(characters):
        found.append(_in_order([_by_place(line, characters, boxes) for line in lines], characters, boxes))
    return found


def _in_order(lines: Sequence[Sequence[int]], characters: str, boxes: Mapping[int, Box | None]) -> Glyphs:
    order = [index for line in lines for index in line]
    numbers = [number for number, line in enumerate(lines) for _ in line]
    return Glyphs("".join(characters[index] for index in order), [boxes[index] for index in order], numbers)


def _by_place(line: Sequence[int], characters: str, boxes: Mapping[int, Box | None]) -> Sequence[int]:
    """The glyphs of a line that runs from right to left as they stand."""
    middles = {index: (box.left + box.right) / 2 for index in line if (box := boxes[index]) is not None}
    if not is_right_to_left("".join(characters[index] for index in middles)):
        return line
    return by_place(middles, characters, middles.__getitem__)


def _characters(text_page: Any, count: int) -> Iterator[str]:
    """One for each index; U+FFFE where PDFium has a hyphen at the end of a line."""
    for index in range(count):
        code = pypdfium2.raw.FPDFText_GetUnicode(text_page, index)
        is_hyphen = pypdfium2.raw.FPDFText_IsHyphen(text_page, index) == 1
        is_character = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
        yield BROKEN_WORD if is_hyphen else chr(code) if is_character else _NO_CHARACTER


def _levelled(boxes: Sequence[Box | None]) -> Sequence[Box | None]:
    """The boxes of a line, each as high as the line is, or as wide if the line runs downwards."""
    seen = [box for box in boxes if box is not None]
    if not seen:
        return boxes
    size = median(box.bottom - box.top for box in seen)
    usual = [box for box in seen if box.bottom - box.top <= _TALL * size]
    line = reduce(Box.around, usual)
    across, down = line.right - line.left, line.bottom - line.top
    if min(across, down) > _LEVEL * size:
        return boxes
    if across >= down:
        return [box and box.around(box._replace(top=line.top, bottom=line.bottom)) for box in boxes]
    return [box and box.around(box._replace(left=line.left, right=line.right)) for box in boxes]


def _boxes(page: Any, text_page: Any) -> _BoxOf:
    """Gives the place of a glyph by its index, as far as the page shows it, in points."""
    shown, width, height = _on_shown_page(page)
    room, edges = pypdfium2.raw.FS_RECTF(), [ctypes.c_double() for _ in range(4)]
    to_edges, (left, right, bottom, top) = [*map(ctypes.byref, edges)], edges

    def box_of(index: int) -> Box | None:
        if not pypdfium2.raw.FPDFText_GetCharBox(text_page, index, *to_edges):
            return None
        place = (left.value, bottom.value, right.value, top.value)
        if not (left.value < right.value and bottom.value < top.value):  # a font without outlines
            if not pypdfium2.raw.FPDFText_GetLooseCharBox(text_page, index, room):
                return None
            place = (room.left, room.bottom, room.right, room.top)
        box = shown(*place)
        box = Box(max(box.left, 0), max(box.top, 0), min(box.right, width), min(box.bottom, height))
        return box if box.left < box.right and box.top < box.bottom else None

    return box_of


def _on_shown_page(page: Any) -> tuple[Callable[[float, float, float, float], Box], float, float]:
    """Gives a rectangle of the page's own coordinates (left, bottom, right, top) as it is shown; the shown size.

    The page shows its crop box, turned clockwise by its rotation (ISO 32000-1, 7.7.3.3).
    """
    x0, y0, x1, y1 = page.get_bbox()
    rotation = page.get_rotation()

    def turned(x: float, y: float) -> tuple[float, float]:
        right, down, left, up = x - x0, y1 - y, x1 - x, y - y0
        return {0: (right, down), 90: (up, right), 180: (left, up), 270: (down, left)}[rotation]

    def shown(left: float, bottom: float, right: float, top: float) -> Box:
        (a, b), (c, d) = turned(left, bottom), turned(right, top)
        return Box(min(a, c), min(b, d), max(a, c), max(b, d))

    return shown, *((y1 - y0, x1 - x0) if rotation in (90, 270) else (x1 - x0, y1 - y0))
