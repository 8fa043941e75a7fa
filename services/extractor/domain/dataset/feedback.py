"""What people say of a cell: verdicts and right values, which of them stand, and what they decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from coderai.services.extractor.domain.coding.extraction import Evidence, MissingReason


class Verdict(StrEnum):
    """What a person says of what the model said."""

    CORRECT = "CORRECT"
    INCORRECT = "INCORRECT"
    PARTIALLY_CORRECT = "PARTIALLY_CORRECT"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cell says: a value, or why there is none."""

    value: Any = None
    missing_reason: MissingReason | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person said of one cell at one time; never changed, only taken back."""

    id: UUID
    document_id: UUID
    unit_id: UUID
    variable_id: UUID
    author: UUID
    verdict: Verdict
    judged: Answer
    """What the model had said."""
    created_at: datetime
    correction: Answer | None = None
    """What is right; None where the person does not say."""
    evidence: Evidence | None = None
    note: str = ""
    is_final: bool = False
    """Whether it decides between people who differ."""
    sample_id: UUID | None = None
    """The drawn sample that showed the cell; None for any other feedback."""
    extraction_id: UUID | None = None
    """What was judged; None where nothing was ever asked."""
    undone_at: datetime | None = None

    @property
    def right(self) -> Answer | None:
        """What is right by this person; None where they say only that the model is not."""
        if self.correction is not None:
            return self.correction
        return self.judged if self.verdict is Verdict.CORRECT else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What people's feedback on a cell comes to."""

    by: Feedback
    """The one that counts: the newest adjudication, else the newest that says what is right, else the newest."""
    is_disputed: bool
    """Whether people differ and nobody has decided."""


def standing(said: Iterable[Feedback]) -> list[Feedback]:
    """Of each person the newest that is not taken back, the newest first."""
    newest = dict[UUID, Feedback]()
    for one in sorted(said, key=lambda f: (f.created_at, f.id), reverse=True):
        if one.undone_at is None:
            newest.setdefault(one.author, one)
    return list(newest.values())


def decide(said: Sequence[Feedback]) -> Decision | None:
    """What the feedback on one cell comes to; None without any that stands.

    People differ when two give different right answers, or one says that the answer is right which another says is
    wrong. Who says what is right counts before who says only that something is wrong. An adjudication decides for as
    long as it is its author's newest word.
    """
    stands = standing(said)
    if not stands:
        return None
    final = next((one for one in stands if one.is_final), None)
    if final is not None:
        return Decision(final, is_disputed=False)
    by = next((one for one in stands if one.right is not None), stands[0])
    return Decision(by, is_disputed=any(differ(by, other) for other in stands if other is not by))


def differ(one: Feedback, other: Feedback) -> bool:
    """Whether two people say different things of a cell."""
    if one.right is not None and other.right is not None:
        return one.right != other.right
    if one.right is None and other.right is None:
        return False
    known, wrong = (one, other) if one.right is not None else (other, one)
    return known.right == wrong.judged
