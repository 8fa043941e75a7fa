"""The long layout: a row per value, and for a cell without any one that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coderai.codebook.codebook import Codebook
from coderai.codebook.full_dates import full_date
from coderai.codebook.ranges import ends
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable, VariableType
from coderai.services.export.domain.coded import NOT_SELECTED, Cell, Unit, cell
from coderai.services.export.domain.codes import Codes
from coderai.services.export.domain.details import DETAILS
from coderai.services.export.domain.ends import Scalar, Stated
from coderai.services.export.domain.export import Options
from coderai.services.export.domain.names import Names
from coderai.services.export.domain.row_head import head_cells, head_columns
from coderai.services.export.domain.table import Column, Row

_OF_VALUES = [
    Column("variable", "WORD", "Variable", detail="variable"),
    Column("value_index", "INDEX", "Which of several values it is, from 1; empty without one", detail="value_index"),
    Column("value", "VALUE", "Value", detail="value"),
    Column("value_number", "NUMBER", "Value of a NUMBER, or the code of a category", detail="value_number"),
    Column("value_date", "DAY", "Value of a DATE where it is a full one", detail="value_date"),
    Column("value_low", "VALUE", "Lower end of a number or date", detail="value_low"),
    Column("value_high", "VALUE", "Upper end of a number or date", detail="value_high"),
]


class LongTable:
    """The columns of the layout, the same for every project, and the rows that fit them."""

    def __init__(self, codebook: Codebook, options: Options, codes: Mapping[str, Codes]) -> None:
        """`codes`: by the names of the variables whose categories are written as codes."""
        self._multiple = codebook.unit.multiple
        self._variables = codebook.variables
        self._codes = codes
        self._details = [d for option, d in DETAILS.items() if option == "missing_reason" or getattr(options, option)]
        details = [Column(d.name, d.kind, f"{d.label[0].upper()}{d.label[1:]}", detail=d.name) for d in self._details]
        self._columns = [*head_columns(self._multiple, Names(())), *_OF_VALUES, *details]

    def columns(self) -> list[Column]:
        """All columns, in order; no two have the same name."""
        return list(self._columns)

    def columns_of(self, variable: str) -> list[str]:
        """The names of the columns that hold a variable's values, their dates and their ends."""
        return [column.name for column in _OF_VALUES if column.detail not in ("variable", "value_index")]

    def rows(self, unit: Unit) -> Iterator[Row]:
        """A unit's rows, in the order of the variables; none of cells that are NOT_SELECTED."""
        head = head_cells(unit, self._multiple)
        for variable in self._variables:
            shown = cell(unit, variable)
            if shown.missing_reason == NOT_SELECTED:
                continue
            flagged = ", ".join(shown.flags) or None
            details = [detail.read(shown) for detail in self._details]
            for values in self._values(variable, shown):
                yield [*head, flagged, variable.name, *values, *details]

    def _values(self, variable: Variable, shown: Cell) -> Iterator[Row]:
        if not shown.stated:
            yield [None] * (len(_OF_VALUES) - 1)
        codes = self._codes.get(variable.name)
        for number, (value, stated) in enumerate(zip(shown.values, shown.stated, strict=True), start=1):
            kept = codes.get(value) if codes is not None else value  # type: ignore[arg-type]
            yield [number, kept, *_typed(variable, kept, codes is not None), *_ends(variable, stated)]


def _typed(variable: Variable, value: Scalar | None, is_code: bool) -> Row:
    """The value as a number, and as a date, where it is one."""
    is_number = variable.type is VariableType.NUMBER or is_code
    number = value if is_number and isinstance(value, int | float) and not isinstance(value, bool) else None
    return [number, full_date(value) if variable.type is VariableType.DATE else None]


def _ends(variable: Variable, stated: Stated) -> Row:
    return list(ends(stated)) if spec(variable).ordered else [None, None]
