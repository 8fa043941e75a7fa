"""Drops what pages repeat at their top and bottom: running headers and footers, page numbers; data lines stay.

A header that is kept costs little, a data line that is dropped costs a value: what could be either stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from coderai.services.ingest.domain.page_counters import Kind, counters

_DEPTH = 3
"""Lines at the top and at the bottom of a page that may be a running header or footer."""
_REPEATS = 3
"""Pages that must have a line in common."""
_MOST_OF_TEXT = 0.7
"""Share of a document's letters above which what its pages repeat is kept: they are forms, or slides."""
_MOST_ALIKE = 0.25
"""Share of the lines within pages that the page before has too, above which the pages are forms."""
_AMOUNT = re.compile(r"\d[.,]\d\d(?!\d)|[$€£¥₹₽₺₩]")
_WORDY = re.compile(r"[^\W\d_]{4}")
_DIGITS = re.compile(r"\d+")
_MOST_WORDS = 30
"""Of a line that is compared word by word."""


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    number: int
    """Both from 0, the second in the page."""
    text: str
    is_top: bool
    is_outermost: bool


_Side = tuple[bool, int, Kind, bool]
"""As the first four of _Count."""


class _Count(NamedTuple):
    """What lines that count together have in common."""

    is_top: bool
    offset: int
    """By how much the number differs from the page's own, from 0."""
    kind: Kind
    is_first: bool
    rest: str

    @property
    def side(self) -> _Side:
        return self[:4]


_Shown = tuple[bool, str]
"""At the top or at the bottom, and the line, with NUL in place of a page number."""


def drop_running_headers(pages: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Normalised pages without running headers and footers, and the dropped lines (of equal ones the first).

    A running header or footer is a line that at least three pages, each the next or each the next but one, have at
    their top or bottom, equal but for the page's number. It stays on the first of these pages, a footer on the last: it
    may be the title, a masthead, the head of a table. A line that is nothing but the page's number goes everywhere.
    What has another date, amount or label on another page stays, and all lines of pages that are alike as forms are.
    """
    lines = [page.split("\n") for page in pages]
    outer = [line for page, page_lines in enumerate(lines) for line in _outer_lines(page, page_lines)]
    counted = _counted(outer, len(pages))
    dropped = {line for line, rest in counted.items() if not rest}
    repeated = set(_repeated([line for line in outer if line not in dropped], counted, len(pages)))
    if not _are_forms(lines, pages, repeated):
        dropped |= repeated
    by_group: dict[_Shown, str] = {}
    for line in sorted(dropped, key=lambda line: (not line.is_top, line.page, line.number)):
        by_group.setdefault((line.is_top, counted.get(line, line.text)), line.text)
    for line in sorted(dropped, key=lambda line: (line.page, line.number), reverse=True):
        del lines[line.page][line.number]
    return ["\n".join(kept).strip("\n") for kept in lines], tuple(dict.fromkeys(by_group.values()))


def _outer_lines(page: int, lines: Sequence[str]) -> Iterator[_Line]:
    """Each text once; none of a page of one line, since that line is what the page says."""
    filled = [i for i, line in enumerate(lines) if line]
    depth = min(_DEPTH, len(filled) // 2)
    seen: set[_Shown] = set()
    for at, i in enumerate(filled):
        is_top = at < depth
        if (is_top or at >= max(depth, len(filled) - depth)) and (is_top, lines[i]) not in seen and len(filled) > 1:
            seen.add((is_top, lines[i]))
            yield _Line(page, i, lines[i], is_top, is_outermost=at in (0, len(filled) - 1))


def _counted(outer: Sequence[_Line], pages: int) -> dict[_Line, str]:
    """The lines whose number counts with the pages, and what is left of each without it."""
    groups: dict[_Count, list[_Line]] = defaultdict(list)
    for line in outer:
        for counter in counters(line.text):
            if counter.total is None or counter.total == counter.number + pages - 1 - line.page:
                offset = counter.number - line.page
                groups[_Count(line.is_top, offset, counter.kind, counter.is_first, counter.rest)].append(line)
    sides = {(count.side, found[0].page % 2) for count, found in groups.items() if len(found) >= _REPEATS}
    result: dict[_Line, str] = {}
    for count, found in groups.items():
        if _is_believed(count, found, sides):
            result.update((line, count.rest) for run in _runs(found, is_counted=True) for line in run)
    return result


def _is_believed(count: _Count, found: Sequence[_Line], sides: set[tuple[_Side, int]]) -> bool:
    """Years and the numbers of cases and receipts may count with the pages too: but seldom from 1, or on two sides."""
    if count.kind is Kind.NAMED:
        return True
    if count.kind in (Kind.BARE, Kind.BARRED) and count.offset <= 1:
        return count.kind is Kind.BARRED or all(line.is_outermost for line in found)
    other_side = (count.is_top, count.offset, count.kind, not count.is_first)
    return len({line.page % 2 for line in found}) == 1 and (other_side, 1 - found[0].page % 2) in sides


def _runs(lines: Sequence[_Line], is_counted: bool = False) -> Iterator[list[_Line]]:
    """Lines on enough pages that follow each other by 1 or by 2; `is_counted`: now by 1, now by 2."""
    run: list[_Line] = []
    for line in lines:
        step = line.page - run[-1].page if run else 0
        usual = run[1].page - run[0].page if len(run) > 1 and not is_counted else step
        if run and (step > 2 or step != usual):
            if len(run) >= _REPEATS:
                yield run
            run = []
        run.append(line)
    if len(run) >= _REPEATS:
        yield run


def _repeated(outer: Sequence[_Line], counted: Mapping[_Line, str], pages: int) -> Iterator[_Line]:
    """Lines to drop because they are equal, but for page numbers, to one that stays."""
    groups: dict[_Shown, list[_Line]] = defaultdict(list)
    for line in outer:
        groups[line.is_top, counted.get(line, line.text)].append(line)
    if any(
        len({line.page for one in alike for line in groups[one]}) > pages / 2 for alike in _variants(groups, _field)
    ):
        return  # each page is a record of its own: what is equal may be a value as well
    varied = {one for alike in _variants(groups, lambda text: _field(text) | _but_a_word(text)) for one in alike}
    for (is_top, text), lines in groups.items():
        if (is_top, text) not in varied and not _AMOUNT.search(text):
            for run in _runs(lines):
                yield from run[1:] if is_top else run[:-1]


def _variants(groups: Iterable[_Shown], keys: Callable[[str], set[str]]) -> Iterator[list[_Shown]]:
    """Lines that have a key in common."""
    by_key: dict[_Shown, list[_Shown]] = defaultdict(list)
    for is_top, text in groups:
        for key in keys(text):
            by_key[is_top, key].append((is_top, text))
    return (alike for alike in by_key.values() if len(alike) > 1)


def _field(text: str) -> set[str]:
    """The line without its numbers, and without what stands after a colon."""
    keys = {_DIGITS.sub("\1", text)} if _DIGITS.search(text) else set()
    keys |= {text.partition(":")[0] + ":"} if ":" in text else set()
    return {key for key in keys if any(map(str.isalpha, key))}


def _but_a_word(text: str) -> set[str]:
    """The line without one of its words, of two without the second."""
    words = text.split(" ")
    if not 1 < len(words) <= _MOST_WORDS:
        return set()
    return {" ".join([*words[:i], "\2", *words[i + 1 :]]) for i in range(0 if len(words) > 2 else 1, len(words))}


def _are_forms(lines: Sequence[list[str]], pages: Sequence[str], repeated: Iterable[_Line]) -> bool:
    if _letters(line.text for line in repeated) > _MOST_OF_TEXT * _letters(pages):
        return True
    inner = [list(filter(_WORDY.search, list(filter(None, page))[_DEPTH:-_DEPTH])) for page in lines]
    alike = sum(sum(map(set(before).__contains__, page)) for before, page in pairwise(inner))
    return alike > _MOST_ALIKE * max(1, sum(map(len, inner[1:])))


def _letters(texts: Iterable[str]) -> int:
    return sum(character.isalpha() for text in texts for character in text)
