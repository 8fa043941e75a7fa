"""How the columns of a table are stored in files that have types, and what their coded values mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType

from coderai.codebook.columns import DAY
from coderai.codebook.types import ExportKind, spec
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.table import Column


class Storage(StrEnum):
    """What the cells of a column are, where they are not empty."""

    TEXT = "TEXT"
    """Also dates that may be partial."""
    NUMBER = "NUMBER"
    WHOLE = "WHOLE"
    """Whole numbers of at most 32 bits."""
    DAY = "DAY"
    """Full dates, as ISO 8601."""
    BOOLEAN = "BOOLEAN"
    WORD = "WORD"
    """One of few words; a text that is none of them may stand there too."""
    CODE = "CODE"
    """The number, from 1, of one of few words."""


_STORAGE_OF_KINDS = {
    "NUMBER": Storage.NUMBER,
    "CONFIDENCE": Storage.NUMBER,
    "WEIGHT": Storage.NUMBER,
    "INDEX": Storage.WHOLE,
    "PAGE": Storage.WHOLE,
    "VERSION": Storage.WHOLE,
    "BOOLEAN": Storage.BOOLEAN,
    "DAY": Storage.DAY,
}
_FITTING: Mapping[ExportKind, frozenset[type]] = {
    ExportKind.NUMBER: frozenset({int, float, NoneType}),
    ExportKind.BOOLEAN: frozenset({bool, NoneType}),
}
"""Which types values may have in columns that are no texts."""


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column with how its cells are stored."""

    column: Column
    storage: Storage
    words: Sequence[str] = ()
    """Of WORD and CODE: the words, in their order."""

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def label(self) -> str:
        """What it holds, for readers."""
        return self.column.label or self.column.name


def stored_columns(dataset: Dataset) -> list[StoredColumn]:
    """All columns of the table, in order."""
    variables = {variable.name: variable for variable in dataset.codebook.variables}
    return [_stored(column, variables.get(column.variable), dataset) for column in dataset.table.columns()]


def _stored(column: Column, variable: Variable | None, dataset: Dataset) -> StoredColumn:
    if variable is not None and column.kind == spec(variable).export:
        return _of_values(column, variable, dataset)
    words = _words_of(column.detail, dataset)
    if words:
        return StoredColumn(column, Storage.WORD, words)
    return StoredColumn(column, storage_of_kind(column.kind))


def _words_of(detail: str, dataset: Dataset) -> Sequence[str]:
    """The words that a column of a detail may have; none where they are not few."""
    words = dataset.words
    match detail:
        case "missing":
            return words.reasons
        case "support":
            return words.supports
        case "status":
            return words.statuses
        case "origin":
            return words.origins
        case "verdict":
            return words.verdicts
        case "variable":
            return [variable.name for variable in dataset.codebook.variables]
    return ()


def storage_of_kind(kind: str) -> Storage:
    """How columns of a kind (table.Column) are stored, whatever they are about."""
    return _STORAGE_OF_KINDS.get(kind, Storage.TEXT)


def _of_values(column: Column, variable: Variable, dataset: Dataset) -> StoredColumn:
    if variable.type is VariableType.CATEGORY and not column.detail:
        categories = [category.value for category in variable.categories]
        return StoredColumn(column, Storage.CODE if variable.name in dataset.codes else Storage.WORD, categories)
    joined = variable.if_multiple_values is IfMultipleValues.CONCATENATE
    fitting = _FITTING.get(spec(variable).export)
    if fitting is None or joined or not dataset.survey.quality[variable.name].types <= fitting:
        return StoredColumn(column, Storage.TEXT)
    return StoredColumn(column, storage_of_kind(column.kind))


def with_the_same_words(columns: Sequence[StoredColumn], storage: Storage) -> Mapping[tuple[str, ...], list[str]]:
    """The names of the columns that are stored so, by the words that they have."""
    found: dict[tuple[str, ...], list[str]] = {}
    for one in columns:
        if one.storage is storage:
            found.setdefault(tuple(one.words), []).append(one.name)
    return found


def missing_columns(columns: Sequence[StoredColumn]) -> Iterator[tuple[StoredColumn, StoredColumn]]:
    """The columns of values and dates, each with the one that says why they are missing, where there is one."""
    missing = {found.column.variable: found for found in columns if found.column.detail == "missing"}
    for found in columns:
        if found.column.variable and found.column.variable in missing and found.column.detail in ("", DAY):
            yield found, missing[found.column.variable]


def as_text(value: Scalar | None) -> str | None:
    """A cell as text, whatever it is: true and false as TRUE and FALSE."""
    if value is None or isinstance(value, str):
        return value
    return str(value).upper() if isinstance(value, bool) else str(value)
