"""Drops what pages repeat at their top and bottom: running headers and footers, page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_DEPTH = 3
"""Lines at the top and at the bottom of a page that may be a running header or footer."""
_REPEATS = 3
"""Pages that must have a line in common, each the next or next but one after another (left and right pages differ)."""
_NUMBER = re.compile(r"\d{1,5}")
_MOST_NUMBERS = 6
_MOST_OF_TEXT = 0.7
"""Share of a document's letters above which what its pages repeat is kept: they are forms, or slides."""


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    number: int
    """From 0, in the page."""
    text: str
    is_top: bool
    is_alone: bool
    """Nothing else stands on the page, so that it is dropped only if it counts with the pages."""


_Key = tuple[bool, str, int | None]
"""Top or bottom, the line (its page number replaced), and by how much that number differs from the page's own."""


def drop_running_headers(pages: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Normalised pages without running headers and footers, and the dropped lines (of equal ones, the first).

    A running header or footer is a line that at least three neighbouring pages have at their top or bottom, equal but
    for a number that counts with the pages. The first of equal headers stays: it may be the title, a masthead or the
    head of a table.
    """
    lines = [page.split("\n") for page in pages]
    groups = list(_repeated(lines))
    dropped = {(line.page, line.number): line.text for group in groups for line in group}
    if _letters(dropped.values()) > _MOST_OF_TEXT * _letters(pages):
        return list(pages), ()
    for page, number in sorted(dropped, reverse=True):
        del lines[page][number]
    return ["\n".join(kept).strip("\n") for kept in lines], tuple(dict.fromkeys(group[0].text for group in groups))


def _letters(texts: Iterable[str]) -> int:
    return sum(character.isalpha() for text in texts for character in text)


def _repeated(lines: Sequence[list[str]]) -> Iterator[list[_Line]]:
    """Groups of lines to drop, equal within each group but for a page number."""
    by_key: dict[_Key, list[_Line]] = defaultdict(list)
    for page, page_lines in enumerate(lines):
        for line in _outer_lines(page, page_lines):
            for key in _keys(line):
                by_key[key].append(line)
    for (is_top, _, counts), found in by_key.items():
        runs = [run for run in _runs(found) if len({line.page for line in run}) >= _REPEATS]
        repeated = [line for run in runs for line in run]
        if repeated:
            yield repeated[1:] if is_top and counts is None else repeated


def _outer_lines(page: int, lines: Sequence[str]) -> Iterator[_Line]:
    filled = [i for i, line in enumerate(lines) if line]
    depth = min(_DEPTH, len(filled) // 2) or len(filled)
    for i in filled[:depth]:
        yield _Line(page, i, lines[i], is_top=True, is_alone=len(filled) == 1)
    for i in filled[max(depth, len(filled) - depth) :]:
        yield _Line(page, i, lines[i], is_top=False, is_alone=False)


def _keys(line: _Line) -> Iterator[_Key]:
    if not line.is_alone:
        yield line.is_top, line.text, None
    for number in list(_NUMBER.finditer(line.text))[:_MOST_NUMBERS]:
        template = f"{line.text[: number.start()]}\0{line.text[number.end() :]}"
        yield line.is_top, template, int(number[0]) - line.page


def _runs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    run: list[_Line] = []
    for line in lines:
        if run and line.page - run[-1].page > 2:
            yield run
            run = []
        run.append(line)
    yield run
