"""Finds what a layout names: "Label: value", cells side by side, a label above its value, the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

import regex

from coderai.language.magnitudes import is_currency
from coderai.language.sentences import Span

_LONGEST = 48
_BARE = regex.compile(r"\W*\p{Lu}{0,3}\W*")
"""A line that names nothing: blank, or no more than a currency that was broken off its amount."""
_CELL = regex.compile(r"(?:(?!\ {3}|\t|\|)[^\n])+")
_COLON = regex.compile(r"\s?(?:[::：=](?!//|\d\d\b)|(?<=\d):(?=\s))\s*|\s*\.{3,}\s*")
_AMOUNT_AT_END = regex.compile(
    r"\s(?:[-(]?(?:\p{Lu}{0,3}\p{Sc}|\p{Lu}{2,3}\b\.?)\ ?)?[-(]?\d[\d.,']*%?\)?(?:\ ?\p{Sc}|\ \p{Lu}{1,3})?$"
)


class Label(NamedTuple):
    """A label and what it names, each without the blanks around it."""

    label: Span
    value: Span
    sure: bool = True
    """False where nothing but the order of the lines says that the two belong together."""
    row: Span | None = None
    """The row of the table in which the value is a cell, if the label is a column's head."""


class _Line(NamedTuple):
    span: Span
    kind: str
    """"label" or "value" where it stands by itself."""
    cells: tuple[Span, ...]
    labels: tuple[Label, ...]


def find_labels(text: str) -> tuple[Label, ...]:
    """Finds the labelled values of `text`, in order of the values, which never overlap."""
    stretches = (Span(*match.span()) for match in regex.finditer(r"[^\n]+", text))
    lines = [_line(text, span) for span in stretches if not _BARE.fullmatch(text, *span)]
    found = [*_columns(text, lines), *(label for line in lines for label in line.labels)]
    for run, following in pairwise([list(run) for _, run in groupby(lines, key=lambda line: line.kind)]):
        found += _down(text, run, following) if run[0].kind == "label" else ()
    kept: list[Label] = []
    for label in sorted(found, key=lambda label: (label.value.start, not label.sure)):
        if not kept or label.value.start >= kept[-1].value.end:
            kept.append(label)
    return tuple(kept)


def strip(text: str, start: int, end: int) -> Span | None:
    """The stretch without the blanks around it; None when nothing else is in it."""
    inner = text[start:end].strip()
    return Span(at := text.find(inner, start), at + len(inner)) if inner else None


def _line(text: str, span: Span) -> _Line:
    cells = tuple(cell for match in _CELL.finditer(text, *span) if (cell := strip(text, *match.span())))
    whole = Span(cells[0].start, cells[-1].end) if cells else span
    labels = tuple(_across(text, cells))
    return _Line(whole, "" if labels else _kind(text, whole), cells, labels)


def _columns(text: str, lines: Sequence[_Line]) -> Iterator[Label]:
    """The cells of tables that have a row of column heads."""
    heads: tuple[Span, ...] = ()
    for line in lines:
        if len(line.cells) > 1 and len(line.cells) == len(heads):
            yield from (Label(head, cell, row=line.span) for head, cell in zip(heads, line.cells, strict=True))
        else:
            heads = line.cells if len(line.cells) > 1 and all(_kind(text, c) == "label" for c in line.cells) else ()


def _across(text: str, cells: Sequence[Span]) -> Iterator[Label]:
    """The labels whose value stands on the same line."""
    for cell, beside in zip(cells, [*cells[1:], None], strict=True):
        colon = _COLON.search(text, *cell)
        split = colon or _AMOUNT_AT_END.search(text, *cell)
        if (
            split
            and split.start() - cell.start <= _LONGEST
            and regex.search(r"\p{L}", text[cell.start : split.start()])
        ):
            value = strip(text, colon.end() if colon else split.start(), cell.end) or beside
            if value and text[value.end - 1] not in ":：" and not is_currency(text[slice(*value)]):
                yield Label(Span(cell.start, split.start()), value)
        elif beside and (_kind(text, cell), _kind(text, beside)) == ("label", "value"):
            yield Label(cell, beside)


def _down(text: str, run: Sequence[_Line], following: Sequence[_Line]) -> Iterator[Label]:
    """The labels of lines by themselves: above the value, or above all the values when a table was read by columns."""
    yield from (Label(above.span, below.span, text[above.span.end - 1] in ":：") for above, below in pairwise(run))
    many = following[0].kind == "value" and len(following) > 1
    for above, below in zip(run[-len(following) :] if many else run[-1:], following, strict=False):
        yield Label(above.span, below.span, not many or len(following) <= len(run))


def _kind(text: str, span: Span) -> str:
    """Whether a line or a cell by itself looks like a "label" or a "value"; empty when like neither."""
    words = text[slice(*span)]
    digits, letters = sum(c.isnumeric() for c in words), sum(c.isalpha() for c in words)
    if len(words) > _LONGEST:
        return ""
    if digits and letters <= max(3, digits):
        return "value"
    return "label" if len(words.split()) <= 6 and letters >= max(2, 2 * digits) and words[-1] not in ".!?。" else ""
