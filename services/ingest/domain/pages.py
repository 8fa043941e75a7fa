"""What is asked of a document's pages, and what comes of it: pictures, and the places of passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from coderai.kit.errors import InvalidInput
from coderai.services.ingest.domain.problems import PageNotDrawn
from coderai.services.ingest.domain.scanned_words import ScannedWord
from coderai.services.ingest.domain.text import Page

USUAL_DPI = 110
WIDTHS, DPIS = range(16, 4001), range(20, 301)
MOST_PIXELS = 12_000_000
"""Of one picture: A3 at 250 dots per inch."""
MOST_PAGES = 50
"""Pages that the passages of one request may be on."""
_POINTS_PER_INCH = 72
_LONGEST_SIDE = 16_000
"""Pixels, of a page that is very long and narrow."""


@dataclass(frozen=True, slots=True)
class PictureSize:
    """How large a page is drawn."""

    width: int = 0
    """Pixels; 0 to go by `dpi`."""
    dpi: int = USUAL_DPI

    @classmethod
    def of(cls, width: int, dpi: int) -> PictureSize:
        """What a request asks for, where 0 is nothing. Raises InvalidInput."""
        for name, value, allowed in (("width", width, WIDTHS), ("dpi", dpi, DPIS)):
            if value and value not in allowed:
                problem = f"{allowed[0]} to {allowed[-1]}"
                raise InvalidInput(f"{name}: {problem}", fields={name: problem})
        if width and dpi:
            raise InvalidInput("give either width or dpi", fields={"dpi": "the width is given"})
        return cls(width, dpi or USUAL_DPI)

    def scale(self, width: float, height: float) -> float:
        """Pixels for each point of a page of so many points. Raises PageNotDrawn: it has no size."""
        if not (isfinite(width) and isfinite(height) and width > 0 and height > 0):
            raise PageNotDrawn("the page has no size: show the document's text")
        wanted = self.width / width if self.width else self.dpi / _POINTS_PER_INCH
        return min(wanted, sqrt(MOST_PIXELS / (width * height)), _LONGEST_SIDE / max(width, height))

    def __str__(self) -> str:
        return f"w{self.width}" if self.width else f"d{self.dpi}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a picture."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle on a page, in shares of the page as it is shown, 0..1 from the upper left."""

    page: int
    """From 1."""
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end], in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PageSpans:
    """The text that was read of a page, and spans of it whose places are wanted."""

    number: int
    """From 1."""
    text: str
    spans: Sequence[Span]
    """Their offsets are those in the page's text."""


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read of a page."""

    page: Page
    text: str
    words: Sequence[ScannedWord]
    """Of a page that was read from a picture; none of another."""

    def of(self, span: Span) -> str:
        """The text of a span of the document's."""
        return self.text[span.start - self.page.start : span.end - self.page.start]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a passage that is on one page."""

    passage: int
    """Which one, from 0."""
    page: Page
    span: Span
    """In the document's text."""


def parts_of(passages: Sequence[Span], pages: Iterable[Page]) -> Iterator[Part]:
    """The parts of passages page by page."""
    for page in pages:
        for number, passage in enumerate(passages):
            span = Span(max(passage.start, page.start), min(passage.end, page.end))
            if span.start < span.end:
                yield Part(number, page, span)


def joined(count: int, parts: Mapping[Part, Sequence[Region]]) -> list[list[Region]]:
    """The regions of so many passages; none of one of which a part has none."""
    found: list[list[Region]] = [[] for _ in range(count)]
    lost = {part.passage for part, regions in parts.items() if not regions}
    for part, regions in parts.items():
        if part.passage not in lost:
            found[part.passage] += regions
    return found


def of_words(words: Iterable[ScannedWord], number: int, text: str, span: Span) -> list[Region]:
    """A region for each line of the recognised words over a span; none when a letter of the span is in no word.

    `number`: the page's; `text`: that of the span.
    """
    over = [word for word in words if word.start is not None and word.start < span.end and _end(word) > span.start]
    covered = {index for word in over for index in range(word.start or 0, _end(word))}
    if not all(letter.isspace() or span.start + index in covered for index, letter in enumerate(text)):
        return []
    lines: list[Region] = []
    for word in over:
        region = Region(number, word.left, word.top, word.right, word.bottom)
        if lines and _are_beside(lines[-1], region):
            lines[-1] = _around(lines[-1], region)
        else:
            lines.append(region)
    return lines


def _end(word: ScannedWord) -> int:
    return word.end or 0


def _are_beside(line: Region, word: Region) -> bool:
    """Whether most of the lower of the two stands at the height of the other."""
    common = min(line.bottom, word.bottom) - max(line.top, word.top)
    return 2 * common > min(line.bottom - line.top, word.bottom - word.top)


def _around(line: Region, word: Region) -> Region:
    left, top = min(line.left, word.left), min(line.top, word.top)
    return Region(line.page, left, top, max(line.right, word.right), max(line.bottom, word.bottom))
