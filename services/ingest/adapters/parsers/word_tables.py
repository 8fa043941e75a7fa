"""Tables of Word files (ECMA-376, part 1, 17.4): which cells they have, and how those read as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import DELETED, MC, W, current, number, switch, value

_LAYOUT_CELL = 300
"""Characters of a cell above which its table serves the layout: its cells are read one after another."""
_MOST_COLUMNS = 63
"""What Word allows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row."""

    element: Any
    control: Any
    """The content control around it; None when there is none."""
    columns: int
    """That it takes up."""
    is_continued: bool
    """It belongs to the cell above it."""

    @property
    def has_table(self) -> bool:
        """Whether there is a table in it."""
        return next(self.element.iter(f"{W}tbl"), None) is not None

    @property
    def is_blank(self) -> bool:
        """Whether it continues the cell above it without any text of its own."""
        return self.is_continued and next(self.element.iter(f"{W}t"), None) is None


def rows_of(table: Any) -> Iterator[Any]:
    """The rows that are shown, without those of tables within."""
    for row, _ in _found(table, f"{W}tr", None):
        properties = row.find(f"{W}trPr")
        is_gone = properties is not None and any(properties.find(name) is not None for name in DELETED)
        if not is_gone and not switch(properties, "hidden"):
            yield row


def cells_of(row: Any) -> Iterator[Cell]:
    """The cells of a row."""
    for element, control in _found(row, f"{W}tc", None):
        properties = element.find(f"{W}tcPr")
        if properties is not None and properties.find(f"{W}cellDel") is not None:
            continue
        columns = number(value(properties, "gridSpan"), 1, 1, _MOST_COLUMNS)
        merged = None if properties is None else properties.find(f"{W}vMerge")
        yield Cell(element, control, columns, merged is not None and merged.get(f"{W}val") != "restart")


def _found(parent: Any, tag: str, control: Any) -> Iterator[tuple[Any, Any]]:
    """Elements below a row or a table, and the control around each; they may stand in controls and tracked changes."""
    for element in current(parent) if parent.tag == f"{MC}AlternateContent" else parent:
        if element.tag == tag:
            yield element, control
        elif isinstance(element.tag, str) and element.tag not in DELETED:
            yield from _found(element, tag, element if element.tag == f"{W}sdt" else control)


def row_text(row: Any, cells: Sequence[Cell], texts: Sequence[str]) -> str:
    """A row as one line with bars between its columns; as blocks where it serves the layout. Empty: it says nothing.

    A page that ends within the row ends before it.
    """
    if not any(text.strip() for text in texts):
        return "\f" * _pages(texts)
    if any(len(text) > _LAYOUT_CELL for text in texts) or any(cell.has_table for cell in cells):
        return "\n" + "\n\n".join(filter(None, _paged_once(texts))) + "\n"
    before = number(value(row, "trPr/gridBefore"), 0, 0, _MOST_COLUMNS)
    columns = [""] * before
    for cell, text in zip(cells, texts, strict=True):
        columns.extend([" ".join(text.split()), *[""] * (cell.columns - 1)])
    unneeded = cells[-1].columns - 1
    return "\f" * _pages(texts) + " | ".join(columns[: len(columns) - unneeded])


def _pages(texts: Iterable[str]) -> int:
    return max((text.count("\f") for text in texts), default=0)


def _paged_once(texts: Sequence[str]) -> list[str]:
    """Cells side by side whose pages end in one of them alone, as they stand on the same pages."""
    most = max(range(len(texts)), key=lambda index: texts[index].count("\f"))
    return [text if index == most else text.replace("\f", "\n") for index, text in enumerate(texts)]
