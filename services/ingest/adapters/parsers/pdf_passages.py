"""Finds spans of a PDF page's text on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from coderai.services.ingest.adapters.parsers.pdf_glyphs import glyphs_of
from coderai.services.ingest.domain.glyphs import Box, GlyphFinder
from coderai.services.ingest.domain.pages import PageSpans, Region


def locate(page: Any, wanted: PageSpans) -> list[list[Region]]:
    """For each span its regions on the open page, one for each line of text; none when its place is not sure."""
    width, height = page.get_size()
    finders = [GlyphFinder(wanted.text, glyphs) for glyphs in glyphs_of(page)]
    return [
        [_region(wanted.number, box, width, height) for box in _first(finders, span.start, span.end)]
        for span in wanted.spans
    ]


def _first(finders: Iterable[GlyphFinder], start: int, end: int) -> list[Box]:
    found: Iterator[list[Box]] = (finder.boxes_of(start, end) for finder in finders)
    return next(filter(None, found), [])


def _region(number: int, box: Box, width: float, height: float) -> Region:
    return Region(number, box.left / width, box.top / height, min(box.right / width, 1), min(box.bottom / height, 1))
