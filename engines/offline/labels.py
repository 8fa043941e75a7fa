"""Finds what a layout names: "Label: value", cells side by side, a label above its value."""

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
    r"\s(?:[-(]?(?:\p{Lu}{0,3}\p{Sc}|\p{Lu}{2,3}\b\.?)\ ?)?[-(]?\d[\d.,']*%?\)?(?:\ ?\p{Sc})?$"
)


class Label(NamedTuple):
    """A label and what it names, each without the blanks around it."""

    label: Span
    value: Span
    sure: bool = True
    """False where nothing but the order of the lines says that the two belong together."""


def find_labels(text: str) -> tuple[Label, ...]:
    """Finds the labelled values of `text`, in order of the values, which never overlap."""
    stretches = (match.span() for match in regex.finditer(r"[^\n]+", text))
    named = (_CELL.finditer(text, *span) for span in stretches if not _BARE.fullmatch(text, *span))
    stripped = ([strip(text, *match.span()) for match in line] for line in named)
    lines = [cells for line in stripped if (cells := [cell for cell in line if cell])]
    found, kinds, heads = list[Label](), list[tuple[str, Span]](), list[Span]()
    for cells in lines:
        across, whole = list(_across(text, cells)), Span(cells[0].start, cells[-1].end)
        columns = len(cells) == len(heads) > 1
        found += (Label(head, cell) for head, cell in zip(heads, cells, strict=True)) if columns else across
        heads = heads if columns else cells if all(_kind(text, cell) == "label" for cell in cells) else []
        kinds.append(("" if across or columns else _kind(text, whole), whole))
    for run, following in pairwise([list(run) for _, run in groupby(kinds, key=lambda line: line[0])]):
        if run[0][0] == "label":
            found += _down(text, [line for _, line in run], [line for kind, line in following], following[0][0])
    kept = list[Label]()
    for label in sorted(found, key=lambda label: (label.value.start, not label.sure)):
        kept += [label] if not kept or label.value.start >= kept[-1].value.end else []
    return tuple(kept)


def strip(text: str, start: int, end: int) -> Span | None:
    """The stretch without the blanks around it; None when nothing else is in it."""
    inner = text[start:end].strip()
    return Span(at := text.find(inner, start), at + len(inner)) if inner else None


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


def _down(text: str, run: Sequence[Span], following: Sequence[Span], kind: str) -> Iterator[Label]:
    """The labels of lines by themselves: above the value, or above all the values when a table was read by columns."""
    yield from (Label(above, below, text[above.end - 1] in ":：") for above, below in pairwise(run))
    many = kind == "value" and len(following) > 1
    for above, below in zip(run[-len(following) :] if many else run[-1:], following, strict=False):
        yield Label(above, below, not many or len(following) <= len(run))


def _kind(text: str, span: Span) -> str:
    """Whether a line or a cell by itself looks like a "label" or a "value"; empty when like neither."""
    words = text[slice(*span)]
    digits, letters = sum(c.isnumeric() for c in words), sum(c.isalpha() for c in words)
    if len(words) <= _LONGEST and digits and letters <= max(3, digits):
        return "value"
    short = len(words) <= _LONGEST and len(words.split()) <= 6 and letters >= max(2, 2 * digits)
    return "label" if short and words[-1] not in ".!?。" else ""
