"""What people say of a cell: verdicts and right values, which of them stand, and what they decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import Any
from unicodedata import normalize
from uuid import UUID

from coderai.codebook.cells import Evidence, MissingReason
from coderai.kit.errors import Conflict, InvalidInput


class NothingToJudge(Conflict):
    """No model has answered for this cell yet: say INCORRECT, and what is right."""


class VerdictContradicted(InvalidInput):
    """The verdict and the correction contradict each other."""


class Verdict(StrEnum):
    """What a person says of what the model said."""

    CORRECT = "CORRECT"
    INCORRECT = "INCORRECT"
    PARTIALLY_CORRECT = "PARTIALLY_CORRECT"


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a cell says: a value, or why there is none. Answers that say the same are equal.

    A value beside a reason is a default, which stands in for a missing value and is none.
    """

    value: Any = None
    missing_reason: MissingReason | None = None

    def __eq__(self, other: object) -> bool:
        """Whether both say the same: 250 is 250.0, texts differ neither by case nor by white space."""
        if not isinstance(other, Answer):
            return NotImplemented
        if self.missing_reason is not None or other.missing_reason is not None:
            return self.missing_reason is other.missing_reason
        return same_value(self.value, other.value)

    def __hash__(self) -> int:
        return hash(self.missing_reason)


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
    """The one that counts: the newest adjudication; without one, of all that stand the newest that says what is right,
    else the newest."""
    is_disputed: bool
    """Whether people differ and nobody has decided."""


def standing(said: Iterable[Feedback]) -> list[Feedback]:
    """Of each person the newest that is not taken back, the newest first."""
    newest = dict[UUID, Feedback]()
    for one in _newest_first(said):
        newest.setdefault(one.author, one)
    return list(newest.values())


def decide(said: Iterable[Feedback]) -> Decision | None:
    """What the feedback on one cell comes to; None without any that stands. `said` may have what is taken back, too.

    People differ when two give different right answers, or one says that the answer is right which another says is
    wrong. An adjudication decides whatever is said after it, by its author too, until it is taken back or there is a
    newer one.
    """
    all_said = _newest_first(said)
    final = next((one for one in all_said if one.is_final), None)
    if final is not None:
        return Decision(final, is_disputed=False)
    stands = standing(all_said)
    if not stands:
        return None
    by = next((one for one in stands if one.right is not None), stands[0])
    return Decision(by, is_disputed=any(differ(one, other) for one, other in combinations(stands, 2)))


def repeats(one: Feedback, other: Feedback) -> bool:
    """Whether a person said the same of the same answer twice: ids and times apart, nothing differs."""
    return replace(one, id=other.id, created_at=other.created_at) == other


def differ(one: Feedback, other: Feedback) -> bool:
    """Whether two people say different things of a cell."""
    if one.right is not None and other.right is not None:
        return one.right != other.right
    if one.right is None and other.right is None:
        return False
    known, wrong = (one, other) if one.right is not None else (other, one)
    return known.right == wrong.judged


def same_value(one: Any, other: Any) -> bool:
    """Whether two values of a cell are the same: numbers by what they count, texts but for case and white space; lists
    and values with two ends part by part, in their order.
    """
    if isinstance(one, str) and isinstance(other, str):
        return _said(one) == _said(other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_value(one[name], other[name]) for name in one)
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def implied(judged: Answer | None, right: Answer) -> Verdict:
    """What somebody says of the model's answer who says only what is right: who does not see it can say no more."""
    return Verdict.CORRECT if right == judged else Verdict.INCORRECT


def checked(verdict: Verdict, judged: Answer | None, correction: Answer | None) -> Answer | None:
    """What a person says is right beside a verdict on what the model said; None where the verdict says all.

    `judged` is None where no model has answered.

    Raises:
        NothingToJudge: no model has answered, and what is right is not said, or the verdict is CORRECT.
        VerdictContradicted: the verdict says the one, the correction the other.
    """
    if judged is None:
        if verdict is Verdict.CORRECT or correction is None:
            raise NothingToJudge(fields={"verdict": "must be INCORRECT, with what is right"})
        return correction
    if correction is None:
        return None
    if verdict is Verdict.CORRECT:
        if correction != judged:
            raise VerdictContradicted(_CORRECT_BUT, fields={"verdict": "must not be CORRECT with another answer"})
        return None
    if correction == judged:
        raise VerdictContradicted(
            f"what you say is right is what the model said: the verdict is CORRECT then, not {verdict}",
            fields={"verdict": "must be CORRECT"},
        )
    return correction


_CORRECT_BUT = (
    "the verdict is CORRECT, but what you say is right is not what the model said: say INCORRECT, or leave it"
)


def _newest_first(said: Iterable[Feedback]) -> list[Feedback]:
    """What is not taken back."""
    return sorted(
        (one for one in said if one.undone_at is None), key=lambda one: (one.created_at, one.id), reverse=True
    )


def _said(text: str) -> str:
    return " ".join(normalize("NFC", text).casefold().split())
