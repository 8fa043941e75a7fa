"""Finds what a layout names: "Label: value", cells side by side, a label above its value, columns read one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby, pairwise

import regex

from coderai.language.magnitudes import is_currency
from coderai.language.sentences import Span

_LONGEST_LABEL = 48
_LINE = regex.compile(r"[^\n]+")
_BARE = regex.compile(r"(?:\W*\p{Lu}{0,3}\W*)")
"""A line that names nothing: blank, or no more than a currency that was broken off its amount."""
_CELL = regex.compile(r"(?:(?!\ {3}|\t|\|)[^\n])+")
_COLON = regex.compile(r"\s?(?:[::：=](?!//|\d\d\b)|(?<=\d):(?=\s))\s*|\s*\.{3,}\s*")
_AMOUNT_AT_END = regex.compile(
    r"\s(?:[-(]?(?:\p{Lu}{0,3}\p{Sc}|\p{Lu}{2,3}\b\.?)\ ?)?[-(]?\d[\d.,']*%?\)?(?:\ ?\p{Sc}|\ \p{Lu}{1,3})?$"
)
_VALUE_FIRST = regex.compile(r"(?P<value>[\p{N}\p{Sc}][^:\n]*?[\p{N}])\ ?(?P<label>\p{Lu}[\p{L} /#]{2,30}):")
_LETTER = regex.compile(r"\p{L}")
_DIGIT = regex.compile(r"\p{N}")


@dataclass(frozen=True, slots=True)
class Label:
    """A label and what it names, each without the blanks around it."""

    label: Span
    value: Span
    sure: bool = True
    """False where nothing but the order of the lines says that the two belong together."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, and the heads of its columns; as many cells as heads."""

    heads: tuple[Span, ...]
    cells: tuple[Span, ...]


class _Kind(Enum):
    LABEL = auto()
    VALUE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    kind: _Kind
    cells: tuple[Span, ...]
    labels: tuple[Label, ...]


def find_labels(text: str) -> tuple[Label, ...]:
    """Finds the labelled values of `text`, in order of the values, which never overlap."""
    lines = _lines(text)
    cells = [label for row in _rows(text, lines) for label in map(Label, row.heads, row.cells)]
    found = [*cells, *(label for line in lines for label in line.labels)]
    runs = [list(run) for _, run in groupby(lines, key=lambda line: line.kind)]
    for run, following in pairwise(runs):
        if run[0].kind is _Kind.LABEL:
            found += _down(text, run, following)
    return _apart(found)


def find_rows(text: str) -> tuple[Row, ...]:
    """Finds the rows of tables that have a row of column heads."""
    return tuple(_rows(text, _lines(text)))


def _lines(text: str) -> list[_Line]:
    return [_line(text, match.span()) for match in _LINE.finditer(text) if not _BARE.fullmatch(match.group())]


def _line(text: str, span: tuple[int, int]) -> _Line:
    cells = [cell for match in _CELL.finditer(text, *span) if (cell := _stripped(text, *match.span()))]
    labels = tuple(_across(text, cells))
    whole = Span(cells[0].start, cells[-1].end) if cells else Span(*span)
    kind = _Kind.OTHER
    if not labels:
        kind = _Kind.VALUE if _is_value(text, whole) else _Kind.LABEL if _is_label(text, whole) else _Kind.OTHER
    return _Line(whole, kind, tuple(cells), labels)


def _rows(text: str, lines: Sequence[_Line]) -> Iterator[Row]:
    heads: tuple[Span, ...] = ()
    for line in lines:
        if len(line.cells) < 2 or len(line.cells) != len(heads):
            is_head = len(line.cells) > 1 and all(_is_label(text, cell) for cell in line.cells)
            heads = line.cells if is_head else ()
        else:
            yield Row(heads, line.cells)


def _across(text: str, cells: Sequence[Span]) -> Iterator[Label]:
    """The labels whose value stands on the same line; before them, where a file gives the columns in disorder."""
    for at, cell in enumerate(cells):
        if reversed_ := _VALUE_FIRST.fullmatch(text, *cell):
            yield Label(Span(*reversed_.span("label")), Span(*reversed_.span("value")))
            continue
        colon = _COLON.search(text, *cell)
        split = colon or _AMOUNT_AT_END.search(text, *cell)
        if (
            not split
            or split.start() - cell.start > _LONGEST_LABEL
            or not _LETTER.search(text, cell.start, split.start())
        ):
            if at + 1 < len(cells) and _is_label(text, cell) and _is_value(text, cells[at + 1]):
                yield Label(cell, cells[at + 1])
            continue
        label = Span(cell.start, split.start())
        value = _stripped(text, colon.end() if colon else split.start(), cell.end)
        if value is None and at + 1 < len(cells):
            value = cells[at + 1]
        if value and text[value.end - 1] not in ":：" and not is_currency(text[slice(*value)]):
            yield Label(label, value)


def _down(text: str, run: Sequence[_Line], following: Sequence[_Line]) -> Iterator[Label]:
    """The labels of lines by themselves: above the value, or above all the values when a table was read by columns."""
    for above, below in pairwise(line for line in run):
        yield Label(above.span, below.span, sure=text[above.span.end - 1] in ":：")
    if following[0].kind is _Kind.VALUE and len(following) > 1:
        paired = run[-len(following) :]
        yield from (
            Label(above.span, below.span, len(following) <= len(run))
            for above, below in zip(paired, following, strict=False)
        )
    else:
        yield Label(run[-1].span, following[0].span)


def _apart(labels: Sequence[Label]) -> tuple[Label, ...]:
    kept: list[Label] = []
    for label in sorted(labels, key=lambda label: (label.value.start, not label.sure)):
        if not kept or label.value.start >= kept[-1].value.end:
            kept.append(label)
    return tuple(kept)


def _is_label(text: str, span: Span) -> bool:
    digits = len(_DIGIT.findall(text, *span))
    words = text[span.start : span.end].split()
    short = span.end - span.start <= _LONGEST_LABEL and len(words) <= 6
    return short and len(_LETTER.findall(text, *span)) >= max(2, 2 * digits) and text[span.end - 1] not in ".!?。"


def _is_value(text: str, span: Span) -> bool:
    digits, letters = len(_DIGIT.findall(text, *span)), len(_LETTER.findall(text, *span))
    return digits > 0 and letters <= max(3, digits) and span.end - span.start <= _LONGEST_LABEL


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if end > start else None
