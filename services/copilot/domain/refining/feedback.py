"""What people say of a variable's cells, and what it comes to now, cell by cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CORRECT, PARTLY = "CORRECT", "PARTIALLY_CORRECT"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a cell says: a value, or why there is none."""

    value: Any = None
    missing_reason: str = ""

    def same(self, other: Answer) -> bool:
        """Whether both say the same: texts whatever their case and spaces, any reason as any other."""
        return bool(_plain(self.value) == _plain(other.value))


@dataclass(frozen=True, slots=True)
class Place:
    """A quote and where the document's text has it, in code points; nowhere where `end` is 0."""

    quote: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A document's text."""

    text: str = ""
    language: str = ""
    """ISO 639-1; empty where it is not known."""
    page_starts: tuple[int, ...] = (0,)
    """Where each page begins in it, the first at 0."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person says of one cell, as it stands."""

    id: str
    document_id: str
    document_name: str
    unit_id: str
    verdict: str
    judged: Answer
    """What the model had said."""
    correction: Answer | None = None
    place: Place = Place()
    """The words that the person quotes."""
    note: str = ""
    entity_text: str = ""
    is_final: bool = False

    @property
    def right(self) -> Answer | None:
        """What is right by this person; None where they say only that the model is not."""
        return self.correction or (self.judged if self.verdict == CORRECT else None)


@dataclass(frozen=True, slots=True)
class Now:
    """What the model says of a cell now, after whatever was asked again since."""

    answer: Answer
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of which people have said something, with what the model says of it now."""

    feedback: Feedback
    """What counts of several people's: the adjudication, else the newest."""
    said: Answer
    """By the model."""
    right: Answer | None
    """None where nobody says."""
    place: Place
    """Of the words that state the right value; of the model's where there is none."""
    notes: tuple[str, ...] = ()
    """Of everybody who says that the model is wrong, the newest first."""
    is_disputed: bool = False
    sentence: str = ""
    """The sentences that the place is in; empty where the document has it nowhere."""
    language: str = ""
    """Of the document."""

    @property
    def is_wrong(self) -> bool:
        """Whether the model is wrong about it now, as far as anybody knows."""
        if self.right is None:
            return self.said.same(self.feedback.judged)
        return not self.said.same(self.right)

    @property
    def is_partly_right(self) -> bool:
        return self.feedback.verdict == PARTLY


def cells(feedback: Iterable[Feedback], now: Mapping[str, Now]) -> list[Cell]:
    """A cell for each unit that feedback is about, in the order in which it was given first; `now` is by unit."""
    by_unit = defaultdict[str, list[Feedback]](list)
    for one in sorted(feedback, key=lambda one: one.id):  # ids follow time
        by_unit[one.unit_id].append(one)
    return [_cell(said, now.get(unit)) for unit, said in by_unit.items()]


def _cell(said: list[Feedback], now: Now | None) -> Cell:
    finals = [one for one in said if one.is_final]
    by = (finals or said)[-1]
    now = now or Now(by.judged)
    others = () if finals else tuple(one for one in said if one is not by)
    is_false = by.right is not None and by.right.value is None
    place = by.place if by.place.quote or not is_false else now.place
    notes = tuple(one.note for one in reversed(said) if one.note.strip() and one.verdict != CORRECT)
    return Cell(by, now.answer, by.right, place, notes, is_disputed=any(_differ(by, other) for other in others))


def _differ(one: Feedback, other: Feedback) -> bool:
    """Whether two people say different things of a cell."""
    if one.right is not None and other.right is not None:
        return not one.right.same(other.right)
    known, wrong = (one, other) if one.right is not None else (other, one)
    return known.right is not None and known.right.same(wrong.judged)


def _plain(value: Any) -> Any:
    """Equal for values that say the same."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return (type(value).__name__, value) if isinstance(value, bool) else value
