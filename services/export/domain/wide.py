"""The wide layout: a row per unit of observation, a column per variable, and beside it what the options ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from coderai.codebook.codebook import Codebook
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable
from coderai.services.export.domain.coded import Cell, Scalar, Unit, cell
from coderai.services.export.domain.export import Options


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table."""

    name: str
    kind: str
    """How a variable's values are stored (codebook.types.ExportKind), or DOCUMENT, ID, INDEX,
    ENTITY, CONFIDENCE, SOURCE, VERSION, REASON.
    """


@dataclass(frozen=True, slots=True)
class _Detail:
    prefix: str
    kind: str
    read: Callable[[Cell], Scalar | None]


_DETAILS = {
    "confidence": _Detail(
        "_confidence_", "CONFIDENCE", lambda c: c.extraction.confidence if c.extraction and c.values else None
    ),
    "source": _Detail("_source_", "SOURCE", lambda c: c.extraction.quote or None if c.extraction else None),
    "prompt_version": _Detail(
        "_prompt_version_", "VERSION", lambda c: c.extraction.prompt_version if c.extraction else None
    ),
    "missing_reason": _Detail("_missing_", "REASON", lambda c: c.missing_reason or None),
}


class WideTable:
    """Names the columns of a dataset and makes the rows that fit them."""

    def __init__(self, codebook: Codebook, options: Options, most_values: Mapping[str, int]) -> None:
        """`most_values`: the most values that any unit has, by the name of each variable that keeps several."""
        self._codebook = codebook
        self._most = most_values
        self._details = [detail for option, detail in _DETAILS.items() if getattr(options, option)]
        taken = {variable.name for variable in codebook.variables}
        self._of_unit = [replace(c, name=_free(c.name, taken)) for c in _unit_columns(codebook)]
        self._of_values = {v.name: self._value_columns(v, taken) for v in codebook.variables}

    def columns(self) -> list[Column]:
        """All columns, in order; no two have the same name."""
        found = list(self._of_unit)
        for variable in self._codebook.variables:
            found += self._of_values[variable.name]
            found += [Column(detail.prefix + variable.name, detail.kind) for detail in self._details]
        return found

    def columns_of(self, variable: str) -> list[str]:
        """The names of the columns that hold a variable's values."""
        return [column.name for column in self._of_values[variable]]

    def row(self, unit: Unit) -> list[Scalar | None]:
        """A unit's cells, one for each column; None is empty."""
        row: list[Scalar | None] = [unit.document.name, unit.document.id]
        if self._codebook.unit.multiple:
            row += [unit.entity_index or None, unit.entity or None]
        for variable in self._codebook.variables:
            shown = cell(unit, variable.name)
            row += shown.values
            row += [None] * (len(self._of_values[variable.name]) - len(shown.values))
            row += [detail.read(shown) for detail in self._details]
        return row

    def _value_columns(self, variable: Variable, taken: set[str]) -> Sequence[Column]:
        if variable.name not in self._most:
            return [Column(variable.name, spec(variable).export)]
        numbers = range(1, max(1, self._most[variable.name]) + 1)
        return [Column(_free(f"{variable.name}_{number}", taken), spec(variable).export) for number in numbers]


def _unit_columns(codebook: Codebook) -> list[Column]:
    columns = [Column("document", "DOCUMENT"), Column("document_id", "ID")]
    return (
        [*columns, Column("entity_index", "INDEX"), Column("entity", "ENTITY")] if codebook.unit.multiple else columns
    )


def _free(name: str, taken: set[str]) -> str:
    """The name, with as many underscores after it as make it differ from those taken; it is taken then."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
