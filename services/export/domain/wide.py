"""The wide layout: a row per unit of observation, a column per variable, and beside it what the options ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coderai.codebook.codebook import Codebook
from coderai.codebook.ranges import ends
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable
from coderai.services.export.domain.coded import Cell, Unit, cell
from coderai.services.export.domain.details import DETAILS
from coderai.services.export.domain.export import Options
from coderai.services.export.domain.table import Column, Row


@dataclass(frozen=True, slots=True)
class _Block:
    """The columns of one variable, side by side."""

    variable: Variable
    values: Sequence[Column]
    """For each of its values one, or three where both ends are told too."""
    details: Sequence[Column]
    width: int
    """Columns of one value."""


class WideTable:
    """Names the columns of a dataset and makes the rows that fit them."""

    def __init__(
        self, codebook: Codebook, options: Options, most_values: Mapping[str, int], ranged: Collection[str]
    ) -> None:
        """`most_values`: the most values that any unit has, by the name of each variable that keeps several;
        `ranged`: the names of variables of which any unit has a value with two ends.
        """
        self._multiple = codebook.unit.multiple
        self._details = [detail for option, detail in DETAILS.items() if getattr(options, option)]
        taken = {variable.name for variable in codebook.variables}
        self._of_unit = [replace(c, name=_free(c.name, taken)) for c in _unit_columns(self._multiple)]
        self._blocks = {
            v.name: self._block(v, most_values.get(v.name), v.name in ranged or _tells_ends(v, options), taken)
            for v in codebook.variables
        }

    def columns(self) -> list[Column]:
        """All columns, in order; no two have the same name."""
        found = list(self._of_unit)
        for block in self._blocks.values():
            found += [*block.values, *block.details]
        return found

    def columns_of(self, variable: str) -> list[str]:
        """The names of the columns that hold a variable's values and their ends."""
        return [column.name for column in self._blocks[variable].values]

    def rows(self, unit: Unit) -> Iterator[Row]:
        """A unit's one row."""
        yield self.row(unit)

    def row(self, unit: Unit) -> Row:
        """A unit's cells, one for each column; None is empty."""
        row: Row = [unit.document.name, unit.document.id]
        if self._multiple:
            row += [unit.entity_index or None, unit.entity or None]
        cells = [(block, cell(unit, block.variable)) for block in self._blocks.values()]
        row.append(_flagged(cells))
        for block, shown in cells:
            for value, stated in zip(shown.values, shown.stated, strict=True):
                row.append(value)
                if block.width > 1:
                    row += ends(stated)
            row += [None] * (len(block.values) - len(shown.values) * block.width)
            row += [detail.read(shown) for detail in self._details]
        return row

    def _block(self, variable: Variable, most: int | None, tells_ends: bool, taken: set[str]) -> _Block:
        name, kind = variable.name, spec(variable).export
        firsts = [name] if most is None else [_free(f"{name}_{n}", taken) for n in range(1, max(1, most) + 1)]
        values = []
        for first in firsts:
            values.append(Column(first, kind, variable=name))
            if tells_ends:
                values += [
                    Column(_free(f"{first}_{end}", taken), kind, variable=name, detail=end) for end in ("low", "high")
                ]
        details = [
            Column(_free(f"{name}_{detail.name}", taken), detail.kind, variable=name, detail=detail.name)
            for detail in self._details
        ]
        return _Block(variable, values, details, len(values) // len(firsts))


def _tells_ends(variable: Variable, options: Options) -> bool:
    return options.bounds and spec(variable).ordered


def _flagged(cells: Sequence[tuple[_Block, Cell]]) -> str | None:
    """The row's cells that want a person's look, each with why: "injured (UNCHECKED), place (LOW_CONFIDENCE)"."""
    return (
        ", ".join(f"{block.variable.name} ({', '.join(shown.flags)})" for block, shown in cells if shown.flags) or None
    )


def _unit_columns(multiple: bool) -> list[Column]:
    columns = [Column("document", "DOCUMENT"), Column("document_id", "ID")]
    if multiple:
        columns += [Column("entity_index", "INDEX"), Column("entity", "ENTITY")]
    return [*columns, Column("flagged", "FLAGGED")]


def _free(name: str, taken: set[str]) -> str:
    """The name, with as many underscores after it as make it differ from those taken; it is taken then."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
