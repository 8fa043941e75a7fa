"""The text of a PDF page as PDFium reads it, with its paragraphs, and its lines in the order in which they stand."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2.raw  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.pdf_rows import BROKEN_WORD, Line, in_order
from coderai.services.ingest.adapters.parsers.right_to_left import by_place, is_right_to_left, with_mended_ligatures

_LINE_END = re.compile(rf"(?:\r\n|{BROKEN_WORD})(?=\S)")
_WORD = re.compile(rf"[^\s{BROKEN_WORD}]+")
_PARAGRAPH_GAP = 1.3
"""Line distances of the page's most usual one that part paragraphs."""
_LEAST_STEP, _LEAST_ANGLE = 6, 0.01
"""Points that lines differ by, while raised and lowered characters do not; radians by which text is turned."""
_MOST_LINES = 2000
"""Of a page whose lines are put in order, since the columns of a table are compared cell by cell."""
_OF_CELLS = re.compile(r"[^\W\u1100-\u11ff\u2e80-\ud7af\uf900-\uffef]|[$€£%.,()+-]")
"""Characters of cells; those of East Asia may be written below one another, and formulas have tall signs."""
_Origin = Callable[[int], tuple[float, float]]
"""Where a character stands by its index: points from the left of the page, and from its bottom to the baseline."""


def page_text(page: Any, *, placed: bool = False) -> str:
    """The text of an open page: words broken at line ends have a hyphen, paragraphs a blank line after them.

    `placed`: the letters of words that run from right to left as they stand, not as PDFium has them.
    """
    text_page = page.get_textpage()
    lines = lines_of(text_page)
    if placed:
        lines = [_placed(line, text_page) for line in lines]
    text = _joined(lines) if lines else text_page.get_text_range()
    return text.replace(BROKEN_WORD, "-\n")


def lines_of(text_page: Any) -> list[Line]:
    """The lines of a page in the order in which page_text has them; none when its characters' places are not known."""
    text: str = text_page.get_text_range()
    if not text or len(text) != text_page.count_chars():
        return []
    text = with_mended_ligatures(text, text_page.get_charbox)
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    spans = list(pairwise([*starts, len(text)]))
    origin = _origins(text_page)
    baselines = [origin(start)[1] for start in starts]
    if _is_plain(text, spans, baselines, origin, text_page):
        whole = zip(spans, baselines, strict=True)
        return [Line(text[start:end], 0, 0, y, 1, (range(start, end),)) for (start, end), y in whole]
    parts = (part for start, end in spans for part in _parted(text, start, end, origin))
    return in_order([_line(text, start, end, origin, text_page) for start, end in parts])


def _placed(line: Line, text_page: Any) -> Line:
    """The line with the letters of each word as they stand."""
    if len(line.glyphs) != 1 or not is_right_to_left(line.text):
        return line
    first = line.glyphs[0].start

    def middle_of(at: int) -> float:
        left, _, right, _ = text_page.get_charbox(first + at)
        return float(left + right)

    def placed(word: re.Match[str]) -> str:
        return "".join(line.text[at] for at in by_place(range(*word.span()), line.text, middle_of))

    return replace(line, text=_WORD.sub(placed, line.text))


def _origins(text_page: Any) -> _Origin:
    x, y = ctypes.c_double(), ctypes.c_double()
    to_x, to_y = ctypes.byref(x), ctypes.byref(y)

    def origin(index: int) -> tuple[float, float]:
        pypdfium2.raw.FPDFText_GetCharOrigin(text_page, index, to_x, to_y)
        return x.value, y.value

    return origin


def _is_plain(
    text: str, spans: Sequence[tuple[int, int]], baselines: Sequence[float], origin: _Origin, text_page: Any
) -> bool:
    """Whether each line stands below the one before, or their order cannot be told by where they stand."""
    if len(spans) > _MOST_LINES:
        return True
    if all(below < y - 1 for y, below in pairwise(baselines)):
        ends = (origin(_last(text, start, end))[1] for start, end in spans)
        if all(abs(end - y) < _LEAST_STEP for end, y in zip(ends, baselines, strict=True)):
            return True
    angles = (pypdfium2.raw.FPDFText_GetCharAngle(text_page, start) for start, _ in spans)
    return is_right_to_left(text) or any(abs(angle) > _LEAST_ANGLE for angle in angles)


def _last(text: str, start: int, end: int) -> int:
    """The index of a line's last character that is seen."""
    return start + max(len(text[start:end].rstrip(f" \r\n{BROKEN_WORD}")), 1) - 1


def _parted(text: str, start: int, end: int, origin: _Origin) -> Iterator[tuple[int, int]]:
    """The lines of which PDFium has made one, taking short cells below one another for a word that runs downwards."""
    last = _last(text, start, end)
    if abs(origin(last)[1] - origin(start)[1]) > _LEAST_STEP:
        seen = [index for index in range(start, last + 1) if not text[index].isspace()]
        for before, index in pairwise(seen):
            (x, y), (next_x, next_y) = origin(before), origin(index)
            is_below = next_x < x + 1 and abs(next_y - y) > _LEAST_STEP
            if is_below and _OF_CELLS.match(text[before]) and _OF_CELLS.match(text[index]):
                yield start, index
                start = index
    yield start, end


def _line(text: str, start: int, end: int, origin: _Origin, text_page: Any) -> Line:
    left, bottom, _, top = text_page.get_charbox(start, loose=True)
    right = text_page.get_charbox(_last(text, start, end), loose=True)[2]
    return Line(text[start:end], left, right, origin(start)[1], max(top - bottom, 1), (range(start, end),))


def _joined(lines: Sequence[Line]) -> str:
    distances = [line.y - below.y for line, below in pairwise(lines)]
    usual = median([distance for distance in distances if distance > 1] or [0])
    parts = [lines[0].text]
    for (before, line), distance in zip(pairwise(lines), distances, strict=True):
        is_apart = distance > _PARAGRAPH_GAP * usual and not before.text.endswith(BROKEN_WORD)
        parts += ["\n", line.text] if is_apart else [line.text]
    return "".join(parts)
