"""The wide layout: a row per unit of observation, a column per variable, and beside it what the options ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coderai.codebook.codebook import Codebook
from coderai.codebook.columns import DAY, ENDS, beside, numbered
from coderai.codebook.full_dates import full_date
from coderai.codebook.ranges import ends
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable, VariableType
from coderai.services.export.domain.coded import Unit, cell
from coderai.services.export.domain.codes import Codes
from coderai.services.export.domain.details import DETAILS
from coderai.services.export.domain.ends import Scalar, Stated
from coderai.services.export.domain.export import Options
from coderai.services.export.domain.names import Names
from coderai.services.export.domain.row_head import head_cells, head_columns
from coderai.services.export.domain.survey import Survey
from coderai.services.export.domain.table import Column, Row

_ENDS_LABELS = dict(zip(ENDS, ("lower end", "upper end"), strict=True))


@dataclass(frozen=True, slots=True)
class _Block:
    """The columns of one variable, side by side."""

    variable: Variable
    values: Sequence[Column]
    """For each of its values one, or more where the date or both ends are told too."""
    details: Sequence[Column]
    width: int
    """Columns of one value."""
    codes: Codes | None
    """Of a CATEGORY that is written as codes."""
    has_day: bool
    has_ends: bool
    is_plain: bool
    """Whether its columns have values as they are."""

    def cells(self, value: Scalar | None, stated: Stated) -> Iterator[Scalar | None]:
        """What the columns of one value hold."""
        yield self.codes.get(value) if self.codes is not None else value  # type: ignore[arg-type]
        if self.has_day:
            yield full_date(value)
        if self.has_ends:
            yield from ends(stated)


class WideTable:
    """Names the columns of a dataset and makes the rows that fit them."""

    def __init__(
        self, codebook: Codebook, options: Options, survey: Survey, codes: Mapping[str, Codes], names: Names
    ) -> None:
        """`codes`: by the names of the variables whose categories are written as codes; `names`: free ones."""
        self._multiple = codebook.unit.multiple
        self._options = options
        self._survey = survey
        self._names = names
        self._details = [detail for option, detail in DETAILS.items() if getattr(options, option)]
        self._of_unit = head_columns(self._multiple, names)
        self._blocks = {v.name: self._block(v, codes.get(v.name)) for v in codebook.variables}
        self._in_order = list(self._blocks.values())

    def columns(self) -> list[Column]:
        """All columns, in order; no two have the same name."""
        found = list(self._of_unit)
        for block in self._blocks.values():
            found += [*block.values, *block.details]
        return found

    def columns_of(self, variable: str) -> list[str]:
        """The names of the columns that hold a variable's values, their dates and their ends."""
        return [column.name for column in self._blocks[variable].values]

    def rows(self, unit: Unit) -> Iterator[Row]:
        """A unit's one row."""
        yield self.row(unit)

    def row(self, unit: Unit) -> Row:
        """A unit's cells, one for each column; None is empty.

        "flagged" names the cells that want a person's look: "injured (UNCHECKED), place (LOW_CONFIDENCE)".
        """
        row, flagged = head_cells(unit, self._multiple), list[str]()
        place = len(row)
        row.append(None)
        for block in self._in_order:
            shown = cell(unit, block.variable)
            if block.is_plain:
                row += shown.values
            else:
                for value, stated in zip(shown.values, shown.stated, strict=True):
                    row += block.cells(value, stated)
            empty = len(block.values) - len(shown.values) * block.width
            if empty:
                row += [None] * empty
            if self._details:
                row += [detail.read(shown) for detail in self._details]
            if flags := shown.flags:
                flagged.append(f"{block.variable.name} ({', '.join(flags)})")
        row[place] = ", ".join(flagged) or None
        return row

    def _block(self, variable: Variable, codes: Codes | None) -> _Block:
        name, most = variable.name, self._survey.most_values.get(variable.name)
        quality = self._survey.quality[name]
        has_day = variable.type is VariableType.DATE and quality.partial
        has_ends = name in self._survey.ranged or (self._options.bounds and spec(variable).ordered)
        label = variable.display_name or name
        values = list[Column]()
        for number in range(1, max(1, most or 1) + 1):
            first = name if most is None else self._names.free(numbered(name, number))
            called = label if most is None else f"{label} ({number})"
            values.append(Column(first, _kind(variable, quality.partial), called, name))
            if has_day:
                day = self._names.free(beside(first, DAY))
                values.append(Column(day, "DAY", f"{called}: the date where it is a full one", name, DAY))
            if has_ends:
                kind = _kind(variable, quality.partial_ends)
                values += [
                    Column(self._names.free(beside(first, end)), kind, f"{called}: {told}", name, end)
                    for end, told in _ENDS_LABELS.items()
                ]
        details = [
            Column(self._names.free(beside(name, one.name)), one.kind, f"{label}: {one.label}", name, one.name)
            for one in self._details
        ]
        width, is_plain = 1 + has_day + 2 * has_ends, codes is None and not has_day and not has_ends
        return _Block(variable, values, details, width, codes, has_day, has_ends, is_plain)


def _kind(variable: Variable, is_partial: bool) -> str:
    """Dates that are all full ones are days to files with types."""
    return "DAY" if variable.type is VariableType.DATE and not is_partial else spec(variable).export
