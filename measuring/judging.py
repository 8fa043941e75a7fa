"""What people's verdicts on a sampled cell come to: whether what the model says now is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coderai.codebook.variable import Variable
from coderai.measuring.comparing import is_right, label
from coderai.measuring.feedback import Answer, Feedback, decide


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell that was drawn in a sample, and is a row of the dataset still."""

    sample_id: UUID
    stratum: str
    variable_id: UUID
    says: Answer
    """What the model says now."""
    confidence: float
    said: Sequence[Feedback]
    """What people have said of it, anywhere."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a cell."""

    is_right: bool
    """Whether what the model says now is."""
    right: Answer | None
    """What is right; None where it is only known that this is not."""
    is_disputed: bool


def is_judged(cell: Drawn) -> bool:
    """Whether somebody gave a verdict on it in its sample that is not taken back."""
    return any(one.sample_id == cell.sample_id and one.undone_at is None for one in cell.said)


def judge(variable: Variable, cell: Drawn) -> Judgement | None:
    """What is known of a drawn cell; None where it was not judged in its sample, or all that is known has lapsed.

    What is right is decided by all that people say of the cell (measuring.feedback.decide): a newer verdict or an
    adjudication counts wherever it was given, but only a verdict in the sample makes the cell one of those judged, so
    that which cells count depends on the draw alone. That an answer is wrong, without what is right, holds for as long
    as the model gives that answer.
    """
    decision = decide(cell.said) if is_judged(cell) else None
    if decision is None:
        return None
    right = decision.by.right
    if right is not None:
        return Judgement(is_right(variable, cell.says, right), right, decision.is_disputed)
    if label(variable, cell.says) == label(variable, decision.by.judged):
        return Judgement(False, None, decision.is_disputed)
    return None
