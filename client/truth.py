"""Compares a dataset with hand-coded values: how much of the truth an engine got, per variable."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import regex

from coderai.client.errors import UsageError
from coderai.client.models import Extraction

RULE = (
    "Right is: the same number, date, category or yes/no; a text that, but for case, punctuation and spacing, equals "
    "the coder's, contains it, is contained in it, or shares words with it (token F1 of 0.8 or more); and no value "
    "where the coder found none stated."
)
_ALTERNATIVES = "|"
_LEAST_F1 = 0.8
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# In scripts that are written without spaces, each character counts as a word.
_SPACELESS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_WORD = regex.compile(rf"{_SPACELESS}|(?:(?!{_SPACELESS})[\w\p{{M}}])+")


class TruthInvalid(UsageError):
    """The file of hand-coded values is not one that this dataset can be compared with."""


@dataclass(frozen=True, slots=True)
class TruthRow:
    """One unit as a person coded it."""

    document: str
    entity: tuple[str, ...] | None
    """Its names that are all right; none: the document has no entity; None: the unit is the document."""
    cells: Mapping[str, tuple[str, ...]]
    """Per variable the values that are all right; none: not stated."""

    def of(self, variables: Collection[str]) -> TruthRow:
        """The row with the cells of these variables alone."""
        return replace(self, cells={name: right for name, right in self.cells.items() if name in variables})


@dataclass(slots=True)
class Score:
    """How one variable fared over the units of the truth."""

    right: int = 0
    """Right values, and cells rightly left empty."""
    exact: int = 0
    """Those of the right that are so without any leniency towards texts but for case, punctuation and spacing."""
    wrong: int = 0
    """A value, but another than the coder's."""
    missed: int = 0
    """No value where the coder found one."""
    invented: int = 0
    """A value where the coder found none."""

    @property
    def total(self) -> int:
        """Cells compared."""
        return self.right + self.wrong + self.missed + self.invented


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of a comparison."""

    scores: Mapping[str, Score]
    extra_entities: int
    """Entities in the dataset that the coder did not find."""
    absent: Sequence[str]
    """Documents of the truth that were not in the run; they are not scored."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One row of the dataset."""

    entity: str
    values: Mapping[str, Any]


def read_truth(path: Path, types: Mapping[str, str]) -> list[TruthRow]:
    """Reads a CSV of hand-coded values: a row per unit, columns `document`, perhaps `entity`, and the variables' names.

    `types` maps each variable of the project to its type. `|` stands between values that are all right.

    Raises:
        TruthInvalid: there is no such file, a column is missing or unknown, or a cell does not fit its type.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_columns(path, reader.fieldnames or (), types)
            rows = [_truth_row(path, reader.line_num, row, types) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TruthInvalid(f"the truth file {path} cannot be read: {error}") from None
    if not rows:
        raise TruthInvalid(f"the truth file {path} has no row")
    return rows


def compare(
    truth: Sequence[TruthRow], extractions: Iterable[Extraction], types: Mapping[str, str], documents: Collection[str]
) -> Comparison:
    """Compares every cell of the truth with the dataset's; documents are matched by name, entities by theirs.

    `documents` are the names of those in the run: of one without extractions, the stated values count as missed.
    """
    units = _units(extractions)
    scores = {variable: Score() for variable in truth[0].cells}
    for row in truth:
        if row.document in documents and row.entity != ():
            unit = _take(row, units.get(row.document, []))
            for variable, right in row.cells.items():
                _count(scores[variable], types[variable], right, unit, variable)
    compared = {row.document for row in truth if row.entity is not None}
    extra = sum(bool(unit.entity) for document in compared for unit in units.get(document, ()))
    return Comparison(scores, extra, sorted({row.document for row in truth} - set(documents)))


def is_right(type_: str, value: Any, right: Sequence[str]) -> bool:
    """Whether a dataset's value is one of those that the coder found right (none: not stated)."""
    if value is None or not right:
        return value is None and not right
    if isinstance(value, list):
        return bool(value) and all(is_right(type_, item, right) for item in value)
    return any(_is_same(type_, value, alternative) for alternative in right)


def same_text(one: str, other: str) -> bool:
    """Whether two texts say the same by RULE; accents count, for they may make another word."""
    first, second = _words(one), _words(other)
    if not first or not second:
        return first == second
    return _contains(first, second) or _contains(second, first) or _token_f1(first, second) >= _LEAST_F1


def _is_same(type_: str, value: Any, right: str) -> bool:
    match type_:
        case "NUMBER":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and math.isclose(value, float(right), rel_tol=1e-9, abs_tol=1e-9)
        case "BOOLEAN":
            return value is _BOOLEANS[right.casefold()]
        case "TEXT":
            return same_text(str(value), right)
    return bool(value == right)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _contains(words: Sequence[str], part: Sequence[str]) -> bool:
    return any(words[i : i + len(part)] == part for i in range(len(words) - len(part) + 1))


def _token_f1(one: Sequence[str], other: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over words, as SQuAD (Rajpurkar et al. 2016) scores an answer."""
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / (len(one) + len(other))


def _units(extractions: Iterable[Extraction]) -> dict[str, list[_Unit]]:
    values: dict[tuple[str, str, int, str], dict[str, Any]] = {}
    for e in extractions:
        unit = values.setdefault((e.document_name, e.document_id, e.entity_index, e.entity_text), {})
        unit[e.variable] = e.value
    units: dict[str, list[_Unit]] = {}
    for (document, _, _, entity), cells in values.items():
        units.setdefault(document, []).append(_Unit(entity, cells))
    return units


def _take(row: TruthRow, units: list[_Unit]) -> _Unit | None:
    """Takes the unit that the row is about out of the document's units."""
    found = max(units, key=lambda unit: _closeness(row, unit), default=None)
    if found is None or not _closeness(row, found):
        return None
    units.remove(found)
    return found


def _closeness(row: TruthRow, unit: _Unit) -> int:
    if row.entity is None or any(_words(unit.entity) == _words(name) for name in row.entity):
        return 2
    return int(any(unit.entity and same_text(unit.entity, name) for name in row.entity))


def _count(score: Score, type_: str, right: Sequence[str], unit: _Unit | None, variable: str) -> None:
    value = unit.values.get(variable) if unit else None
    if unit is None and not right:
        return  # a unit that was not found earns nothing for what it leaves empty
    if is_right(type_, value, right):
        score.right += 1
        score.exact += type_ != "TEXT" or not right or _words(str(value)) in map(_words, right)
    elif value is None:
        score.missed += 1
    elif right:
        score.wrong += 1
    else:
        score.invented += 1


def _check_columns(path: Path, columns: Sequence[str], types: Mapping[str, str]) -> None:
    if "document" not in columns:
        raise TruthInvalid(f"the truth file {path} needs a column 'document': the file's name")
    unknown = [name for name in columns if name not in ("document", "entity") and name not in types]
    if unknown:
        names = ", ".join(map(repr, unknown))
        raise TruthInvalid(f"the truth file {path} has columns that are no variables of the project: {names}")


def _truth_row(path: Path, line: int, row: Mapping[str, str | None], types: Mapping[str, str]) -> TruthRow:
    if None in row or None in row.values():
        raise TruthInvalid(f"the truth file {path}, line {line}: not as many cells as columns")
    cells = {name: tuple(_alternatives(cell or "")) for name, cell in row.items()}
    for name, type_ in types.items():
        for alternative in cells.get(name, ()):
            if not _fits(type_, alternative):
                raise TruthInvalid(f"the truth file {path}, line {line}, {name}: {alternative!r} is no {type_}")
    entity = cells.pop("entity", None)
    return TruthRow(str(row["document"]).strip(), entity, {name: cells[name] for name in cells if name != "document"})


def _alternatives(cell: str) -> Iterator[str]:
    return (part.strip() for part in cell.split(_ALTERNATIVES) if part.strip())


def _fits(type_: str, text: str) -> bool:
    if type_ == "BOOLEAN":
        return text.casefold() in _BOOLEANS
    if type_ == "NUMBER":
        try:
            return math.isfinite(float(text))
        except ValueError:
            return False
    return type_ != "DATE" or bool(regex.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text))
