"""What people's feedback is told in, why it is refused, and what it needs of the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from coderai.kit.errors import Changed, CoderAIError, Conflict, InvalidInput, NotFound
from coderai.measuring.feedback import Answer, Feedback, Verdict
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.domain.quality.splits import Split


class CellNotFound(NotFound):
    """There is no such cell in this project: name it by an extraction, or by a unit and a variable of the project."""


class CellChanged(Changed):
    """The cell has another answer, or somebody has said something of it, since you read it: look again."""


class NotARow(Conflict):
    """What this is about is no row of the dataset (any more)."""


class DocumentNotCoded(NotFound):
    """The dataset has no such document: no job of this workspace has coded it."""


class NotOfSample(InvalidInput):
    """The cell was not drawn in this sample: leave sample_id out, or name the sample that showed the cell."""


class QuoteNotInText(InvalidInput):
    """The quote is not in the document's text: copy it from there."""


class FeedbackNotFound(NotFound):
    """There is no such feedback in this workspace."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of one cell, as it was sent."""

    extraction_id: UUID | None = None
    """The cell, by its extraction ..."""
    unit_id: UUID | None = None
    """... or by its unit ..."""
    variable: str = ""
    """... and its variable's name."""
    verdict: Verdict | None = None
    value: Any = None
    """What is right; None where it is missing, or the person does not say."""
    missing_reason: str = ""
    """Why it is missing; empty where it is not, or the person does not say."""
    quote: str = ""
    note: str = ""
    is_final: bool = False
    sample_id: UUID | None = None
    expected: Sequence[str] = ()
    """ETags, of which the cell has one still; none where that does not matter."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the dataset has an extraction, or a unit."""

    project_id: UUID
    document_id: UUID
    unit_id: UUID | None
    """None of an extraction that belongs to no row, as one of a trial."""
    variable_id: UUID | None
    """None of a unit."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An extraction as it is stored: what a verdict is on."""

    extraction_id: UUID
    answer: Answer
    answered: bool
    """Whether a model has answered: not when it failed."""
    confidence: float
    prompt_version: int
    prompt_version_id: UUID


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: the id of its feedback, or why it was refused."""

    feedback_id: UUID | None = None
    error: CoderAIError | None = None
    etag: str = ""
    """Of the cell, once it is kept."""


Cell = tuple[UUID, UUID]
"""A unit's id and a variable's."""


class FeedbackStore(Protocol):
    """The part of the store that feedback needs: one transaction; nothing is kept without commit()."""

    async def places_of_extractions(self, extraction_ids: Collection[UUID]) -> Mapping[UUID, Place]: ...

    async def places_of_units(self, unit_ids: Collection[UUID]) -> Mapping[UUID, Place]: ...

    async def lock_document(self, document_id: UUID) -> Split | None:
        """Locks a document of the dataset until the end of the transaction; its part, when it has one.

        Raises DocumentNotCoded.
        """
        ...

    async def set_split(self, document_id: UUID, split: Split) -> None: ...

    async def unit_states(self, unit_ids: Collection[UUID]) -> Mapping[UUID, UnitState]: ...

    async def newest_extractions(self, unit_ids: Collection[UUID]) -> Mapping[Cell, UUID]:
        """Of each cell of some units the extraction that it shows."""
        ...

    async def cell_etags(self, unit_ids: Collection[UUID]) -> Mapping[Cell, str]: ...

    async def judged(self, extraction_ids: Collection[UUID]) -> Mapping[UUID, Judged]: ...

    async def said_before(self, author: UUID, unit_ids: Collection[UUID]) -> Mapping[Cell, Feedback]:
        """Of each cell of some units the newest feedback of a person that is not taken back."""
        ...

    async def drawn_cells(
        self, sample_ids: Collection[UUID], unit_ids: Collection[UUID]
    ) -> Collection[tuple[UUID, Cell]]:
        """The cells of some units that are in some drawn samples, each with its sample's id."""
        ...

    async def add_feedback(self, project_id: UUID, said: Sequence[tuple[Feedback, Judged | None]]) -> None: ...

    async def feedback_place(self, feedback_id: UUID) -> Place:
        """The cell of feedback. Raises FeedbackNotFound."""
        ...

    async def undo_feedback(self, feedback_id: UUID, by: UUID, now: datetime) -> bool:
        """Marks feedback as taken back; False when it was already."""
        ...

    async def recast(self, unit_ids: Sequence[UUID]) -> None: ...

    async def commit(self) -> None: ...


OpenFeedback = Callable[[UUID], AbstractAsyncContextManager[FeedbackStore]]
