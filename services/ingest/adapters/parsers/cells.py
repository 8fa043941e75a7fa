"""A sheet as the reader of a format finds it: what its cells show, which are merged, and what lies beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

from coderai.services.ingest.domain.problems import TextTooLarge

MOST_CELLS = 5_000_000
"""Of one workbook, those that repeated and merged ones give among them."""
MOST_CHARACTERS = 200 * 2**20
"""Of all cells of one workbook: a text that many cells share counts for each."""

Cells = dict[int, dict[int, str]]
"""What is shown, by row and column from 0; rows in their order; only cells that have something in them."""
Place = tuple[int, int]
"""Row and column."""
Area = tuple[int, int, int, int]
"""First row and column, last row and column."""


@dataclass
class Sheet:
    """One sheet of a workbook, as its format's reader finds it."""

    name: str
    cells: Cells = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    comments: dict[Place, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    """What lies on the sheet beside its cells: charts, text boxes."""
    is_hidden: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is on it."""
        return not (self.cells or self.texts or self.comments)


class CellCount:
    """Counts the cells of a workbook, so that a small file cannot claim any number of them."""

    def __init__(self) -> None:
        self._count = self._characters = 0

    def add(self, count: int, characters: int = 0) -> None:
        """Raises TextTooLarge when they are too many."""
        self._count += count
        self._characters += characters
        if self._count > MOST_CELLS:
            raise TextTooLarge(f"the workbook has more than {MOST_CELLS:,} cells: upload it in parts")
        if self._characters > MOST_CHARACTERS:
            raise TextTooLarge(f"the workbook has more than {MOST_CHARACTERS:,} characters: upload it in parts")


def comment_text(text: str, author: str, time: str) -> str:
    """A comment with who wrote it and when, as far as the file tells."""
    known = [f"author: {author}"] * bool(author) + [f"time: {time}"] * bool(time)
    return f"[{', '.join(known)}] {text}" if known else text


def reference(place: Place) -> str:
    """As spreadsheets name a cell: B12."""
    row, column = place
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"
