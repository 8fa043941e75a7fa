"""A dataset as a table: its columns, and rows that have a cell for each of them, whatever the layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from coderai.services.export.domain.coded import Unit
from coderai.services.export.domain.ends import Scalar

Row = list[Scalar | None]
"""A cell for every column; None is empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    name: str
    kind: str
    """How a variable's values are stored (codebook.types.ExportKind), or DOCUMENT, ID, INDEX, ENTITY, FLAGGED,
    CONFIDENCE, SOURCE, PAGE, VERSION, REASON, WORD, WEIGHT, DAY (full dates), VALUE (values of any type).
    """
    label: str = ""
    """What it holds, in words for readers."""
    variable: str = ""
    """The name of the variable that it is about; empty for columns of the row itself."""
    detail: str = ""
    """What of the variable, as its suffix says ("confidence", "low", "date"); empty for its values. In the long layout
    what of the row's variable: "value", "missing" ...
    """


class Table(Protocol):
    """A layout of a dataset."""

    def columns(self) -> Sequence[Column]:
        """All columns, in order; no two have the same name."""
        ...

    def columns_of(self, variable: str) -> Sequence[str]:
        """The names of the columns that hold a variable's values, their dates and their ends."""
        ...

    def rows(self, unit: Unit) -> Iterator[Row]:
        """A unit's rows."""
        ...
