"""The cells that the dataset shows, worked out from what models extracted, what people say and how variables stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from coderai.codebook import fingerprints
from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import is_met, rounds
from coderai.codebook.variable import Variable, VariableType
from coderai.measuring.feedback import Answer, Decision, Feedback, decide
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Origin, Status, Support
from coderai.services.extractor.domain.coding.flags import ordered
from coderai.services.extractor.domain.dataset.cell import Cell, Outdated

_NOBODY = dict[UUID, Sequence[Feedback]]()
_NOTHING = dict[UUID, Cell]()


@dataclass(frozen=True, slots=True)
class Column:
    """A variable with its fingerprints."""

    variable: Variable
    id: UUID
    asked: str
    settings: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The variables of a codebook, made ready: to take fingerprints of them takes longer than to cast their cells."""

    by_id: Mapping[UUID, Column]
    """In the order of the columns."""
    rounds: tuple[tuple[Column, ...], ...]
    """Each depends only on those of earlier rounds."""


def columns_of(codebook: Codebook) -> Columns:
    """A codebook's variables and unit of observation, as cells need them."""
    made = {
        variable.id: Column(
            variable, UUID(variable.id), fingerprints.asked(variable, codebook.unit), fingerprints.settings(variable)
        )
        for variable in codebook.variables
    }
    in_rounds = tuple(tuple(made[variable.id] for variable in some) for some in rounds(codebook.variables))
    return Columns({column.id: column for column in made.values()}, in_rounds)


@dataclass(frozen=True, slots=True)
class Stored:
    """An extraction of a unit as it is stored, without its evidence."""

    id: UUID
    job_id: UUID
    variable_id: UUID
    value: Any = None
    confidence: float = 0.0
    status: Status = Status.EXTRACTED
    flags: tuple[Flag, ...] = ()
    missing_reason: MissingReason | None = None
    support: Support | None = None
    origin: Origin = Origin.EXTRACTED
    model: str = ""
    asked: str = ""
    """Fingerprints of the variable under which its job asked and decided; empty where they are not known."""
    settings: str = ""
    type: VariableType | None = None
    """Of the variable as its job had it; None where that is not known."""
    has_basis: bool = False
    """Whether what it was decided from was kept; of what does not apply, only where it was asked all the same."""

    @property
    def failed(self) -> bool:
        """Whether it says nothing of the document: the model's answer, or the document, could not be read."""
        return self.status is Status.FAILED


@dataclass(frozen=True, slots=True)
class Newest:
    """What counts of a cell's extractions."""

    extraction: Stored
    """The newest that did not fail, else the newest."""
    failed_since: bool = False
    """Whether a newer one failed, or all did."""


def newest(extractions: Sequence[Stored]) -> Newest:
    """What counts of the extractions of one unit and variable, one or more: ids of jobs are in the order of time."""
    latest = max(extractions, key=lambda one: one.job_id)
    sound = [one for one in extractions if not one.failed]
    counts = max(sound, key=lambda one: one.job_id) if sound else latest
    return Newest(counts, failed_since=latest.failed)


Redecide = Callable[[Variable, Stored], Stored]
"""An extraction that has a basis, decided again under the settings of its variable as it stands."""


def as_decided(variable: Variable, extraction: Stored) -> Stored:
    """Takes an extraction as its job decided it."""
    return extraction


def is_outlived(extraction: Stored, column: Column) -> bool:
    """Whether an extraction is to be decided again where its variable applies: the settings are others, or it did not.

    A value of another type is what it is until it is asked again.
    """
    is_other = extraction.missing_reason is MissingReason.NOT_APPLICABLE or extraction.settings != column.settings
    return extraction.has_basis and is_other and extraction.type is column.variable.type


def cast(
    unit_id: UUID,
    columns: Columns,
    extracted: Mapping[UUID, Newest],
    said: Mapping[UUID, Sequence[Feedback]] = _NOBODY,
    before: Mapping[UUID, Cell] = _NOTHING,
    redecide: Redecide = as_decided,
) -> list[Cell]:
    """The cells of one unit, one for each variable in the order of their rounds.

    All mappings are by the variable's id. `before`: its cells as they were, of which one thing is kept: why a cell
    should be asked again, for as long as no newer extraction has come. Conditions are looked at as values are shown.
    """
    values, shown = dict[str, Any](), dict[str, Cell]()
    for some in columns.rounds:
        cells = [_cell(unit_id, column, extracted.get(column.id), said, values, shown, redecide) for column in some]
        for column, cell in zip(some, cells, strict=True):
            name = column.variable.name
            shown[name] = _outdated(cell, extracted.get(column.id), before.get(column.id))
            values[name] = None if cell.origin is Origin.DEFAULTED else cell.value
    return list(shown.values())


def _cell(
    unit_id: UUID,
    column: Column,
    found: Newest | None,
    said: Mapping[UUID, Sequence[Feedback]],
    values: Mapping[str, Any],
    shown: Mapping[str, Cell],
    redecide: Redecide,
) -> Cell:
    applies = is_met(column.variable, values)
    stored = None if found is None else found.extraction
    if not applies and stored is not None and stored.failed:
        # Where what it depends on failed as well, nobody knows whether it applies.
        others = [shown.get(condition.variable) for condition in column.variable.depends_on]
        applies = any(other is not None and other.status is Status.FAILED for other in others)
    of_model = _by_model(unit_id, column, stored, applies, redecide)
    feedback = said.get(column.id)
    decision = decide(feedback) if feedback else None
    return of_model if decision is None else _by_people(of_model, decision, applies)


def _by_model(unit_id: UUID, column: Column, stored: Stored | None, applies: bool, redecide: Redecide) -> Cell:
    """What a cell shows where nobody has said anything of it.

    Without an extraction nothing was ever asked; nor was it where the extraction says that it does not apply, but it
    does as things stand: that cell has no extraction either.
    """
    is_applicable = stored is not None and stored.missing_reason is not MissingReason.NOT_APPLICABLE
    if applies and stored is not None and is_outlived(stored, column):
        stored, is_applicable = redecide(column.variable, stored), True
    if stored is None or (applies and not is_applicable):
        reason = None if applies else MissingReason.NOT_APPLICABLE
        return Cell(unit_id, column.id, settings=column.settings, missing_reason=reason)
    if not applies and is_applicable:
        stored = replace(stored, **_NOT_APPLICABLE)
    return Cell(
        unit_id,
        column.id,
        extraction_id=stored.id,
        job_id=stored.job_id,
        value=stored.value,
        confidence=stored.confidence,
        status=stored.status,
        flags=stored.flags,
        missing_reason=stored.missing_reason,
        support=stored.support,
        origin=stored.origin,
        asked=stored.asked,
        settings=column.settings,
        model=stored.model,
    )


_NOT_APPLICABLE: Mapping[str, Any] = {
    "value": None,
    "confidence": 0.0,
    "status": Status.EXTRACTED,
    "flags": (),
    "missing_reason": MissingReason.NOT_APPLICABLE,
    "support": None,
    "origin": Origin.EXTRACTED,
}


def _by_people(cell: Cell, decision: Decision, applies: bool) -> Cell:
    by = decision.by
    right = by.right
    if right is None:
        # A rejection is of one answer: another, which a newer job gave, has not been judged.
        if by.judged != Answer(cell.value, cell.missing_reason):
            return cell
        return replace(_flagged(cell, Flag.REJECTED), verdict=by.verdict, feedback_id=by.id)
    # That a missing value was right to be missing holds for as long as the variable applies, or not, as it did then.
    is_of_then = by.correction is None and right.missing_reason is not None
    if is_of_then and applies is (right.missing_reason is MissingReason.NOT_APPLICABLE):
        return cell
    if right != Answer(cell.value, cell.missing_reason):
        cell = replace(
            cell,
            value=right.value,
            confidence=0.0 if right.value is None else 1.0,
            flags=(),
            missing_reason=right.missing_reason,
            support=None,
            origin=Origin.CORRECTED,
            corrected_by=by.author,
        )
    decided = replace(cell, status=Status.VALIDATED, verdict=by.verdict, feedback_id=by.id)
    return _flagged(decided, Flag.DISPUTED) if decision.is_disputed else decided


def _flagged(cell: Cell, flag: Flag) -> Cell:
    return replace(cell, status=Status.FLAGGED, flags=ordered({*cell.flags, flag}))


def _outdated(cell: Cell, found: Newest | None, before: Cell | None) -> Cell:
    applies = cell.missing_reason is not MissingReason.NOT_APPLICABLE
    kept = None if before is None or before.extraction_id != cell.extraction_id else before.outdated
    if kept is not None and (applies or kept is Outdated.UNIT_CHANGED):
        return replace(cell, outdated=kept)
    return replace(cell, outdated=Outdated.FAILED) if applies and found is not None and found.failed_since else cell
