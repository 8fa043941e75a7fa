"""Drops what pages repeat at their edges: running headers, footers, page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_DEPTH = 3
"""Lines at the top and at the bottom of a page that may be furniture."""
_REPEATS = 3
"""Pages that must have a line in common, each the next or next but one after another (left and right pages differ)."""
_NUMBER = re.compile(r"\d{1,5}")
_MOST_NUMBERS = 6
_MOST_OF_TEXT = 0.7
"""Share of a document's letters above which what its pages repeat is not furniture: they are forms, or slides."""


@dataclass(frozen=True, slots=True)
class _EdgeLine:
    page: int
    line: int
    text: str
    is_top: bool
    is_alone: bool
    """Nothing else stands on the page, so that it is furniture only if it counts with the pages."""


_Key = tuple[bool, str, int | None]
"""Top or bottom, the line (its page number replaced), and by how much that number differs from the page's own."""


def drop_repeated(pages: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Normalised pages without their furniture, and the lines that were dropped (of those alike, the first).

    Furniture is a line that at least three neighbouring pages have at the same edge, alike but for a number that counts
    with the pages. The first occurrence of one that is alike in all stays at the top of its page: it may be the title,
    a masthead or the head of a table.
    """
    lines = [page.split("\n") for page in pages]
    groups = list(_furniture(lines))
    dropped = {(edge.page, edge.line): edge.text for group in groups for edge in group}
    if _letters(dropped.values()) > _MOST_OF_TEXT * _letters(pages):
        return list(pages), ()
    for page, line in sorted(dropped, reverse=True):
        del lines[page][line]
    return ["\n".join(kept).strip("\n") for kept in lines], tuple(dict.fromkeys(group[0].text for group in groups))


def _letters(texts: Iterable[str]) -> int:
    return sum(character.isalpha() for text in texts for character in text)


def _furniture(lines: Sequence[list[str]]) -> Iterator[list[_EdgeLine]]:
    """Groups of lines to drop, alike within each group."""
    alike: dict[_Key, list[_EdgeLine]] = defaultdict(list)
    for page, page_lines in enumerate(lines):
        for edge in _edges(page, page_lines):
            for key in _keys(edge):
                alike[key].append(edge)
    for (is_top, _, counts), edges in alike.items():
        runs = [run for run in _runs(edges) if len({edge.page for edge in run}) >= _REPEATS]
        repeated = [edge for run in runs for edge in run]
        if repeated:
            yield repeated[1:] if is_top and counts is None else repeated


def _edges(page: int, lines: Sequence[str]) -> Iterator[_EdgeLine]:
    filled = [i for i, line in enumerate(lines) if line]
    depth = min(_DEPTH, len(filled) // 2) or len(filled)
    for i in filled[:depth]:
        yield _EdgeLine(page, i, lines[i], is_top=True, is_alone=len(filled) == 1)
    for i in filled[max(depth, len(filled) - depth) :]:
        yield _EdgeLine(page, i, lines[i], is_top=False, is_alone=False)


def _keys(edge: _EdgeLine) -> Iterator[_Key]:
    if not edge.is_alone:
        yield edge.is_top, edge.text, None
    for number in list(_NUMBER.finditer(edge.text))[:_MOST_NUMBERS]:
        template = f"{edge.text[: number.start()]}\0{edge.text[number.end() :]}"
        yield edge.is_top, template, int(number[0]) - edge.page


def _runs(edges: Sequence[_EdgeLine]) -> Iterator[list[_EdgeLine]]:
    run: list[_EdgeLine] = []
    for edge in edges:
        if run and edge.page - run[-1].page > 2:
            yield run
            run = []
        run.append(edge)
    yield run
