"""What a trial of a changed variable mends and breaks among cells whose right answers are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from coderai.codebook.variable import Variable
from coderai.measuring.feedback import Answer
from coderai.services.extractor.domain.quality import mcnemar
from coderai.services.extractor.domain.quality.gold import Outcome, outcome


class TrialOutcome(StrEnum):
    """What becomes of a known cell in a trial."""

    FIXED = "FIXED"
    BROKEN = "BROKEN"
    STILL_WRONG = "STILL_WRONG"
    STILL_RIGHT = "STILL_RIGHT"


@dataclass(frozen=True, slots=True)
class Tried:
    """A known cell, as it was answered before and in the trial."""

    document_id: UUID
    document_name: str
    unit_id: UUID | None
    entity_text: str
    right: tuple[Any, ...]
    """Values that are all right; none when there is no value."""
    before: Answer
    after: Answer
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a trial shows."""

    cells: Sequence[tuple[TrialOutcome, Tried]]
    """What changed first."""
    p_value: float
    """McNemar's exact test, two-sided."""
    more_cells: int
    """How many more known cells would tell, at the rates seen; 0 when these do."""

    def count(self, of: TrialOutcome) -> int:
        """Cells with an outcome."""
        return sum(one is of for one, _ in self.cells)


def compare(variable: Variable, tried: Sequence[Tried]) -> Comparison:
    """Compares a trial's answers with those before it."""
    cells = [(_outcome(variable, one), one) for one in tried]
    order = list(TrialOutcome)
    cells.sort(key=lambda cell: (order.index(cell[0]), cell[1].document_name, cell[1].entity_text))
    counts = Counter(one for one, _ in cells)
    fixed, broken = counts[TrialOutcome.FIXED], counts[TrialOutcome.BROKEN]
    return Comparison(cells, mcnemar.exact_p(fixed, broken), mcnemar.more_cells(fixed, broken, len(cells)))


def _outcome(variable: Variable, one: Tried) -> TrialOutcome:
    was = outcome(variable, one.before, one.right) is Outcome.RIGHT
    now = outcome(variable, one.after, one.right) is Outcome.RIGHT
    if was:
        return TrialOutcome.STILL_RIGHT if now else TrialOutcome.BROKEN
    return TrialOutcome.FIXED if now else TrialOutcome.STILL_WRONG
