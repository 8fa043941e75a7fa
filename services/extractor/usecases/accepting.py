"""Accepts cells of the dataset as they are, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.kit.errors import InvalidInput
from coderai.kit.identity import Identity
from coderai.services.extractor.domain.coding.extraction import MissingReason
from coderai.services.extractor.domain.dataset.filters import Filter, read_filters
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.feedback import author_of
from coderai.services.extractor.usecases.ports import Projects

ANSWERS = (MissingReason.NOT_STATED, MissingReason.NOT_FOUND, MissingReason.AMBIGUOUS, MissingReason.VAGUE)
"""Reasons that are a model's answer: it read the text and says that there is no value. Others are of what failed, was
withheld, or was never asked: a person accepts those one by one."""
DOCUMENTS_AT_A_TIME = 100
"""Of one transaction."""
UNITS_AT_A_TIME = 500
"""Whose cells are worked out at once: other requests have their turns in between."""


@dataclass(frozen=True, slots=True)
class Acceptable:
    """Which cells to accept: those of these variables in rows under the filter with an answer and no feedback."""

    project_id: UUID
    codebook: Codebook
    """The project's as it stands."""
    variable_ids: Sequence[UUID]
    filters: Sequence[Filter] = ()


@dataclass(frozen=True, slots=True)
class AcceptableCell:
    """A cell to accept."""

    cell_id: UUID
    unit_id: UUID


class AcceptingStore(Protocol):
    """The part of the store that accepting needs: one transaction; nothing is kept without commit()."""

    async def lock_documents(self, project_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
        """Locks the next documents of a project's dataset, in the order of their ids, which it returns."""
        ...

    async def acceptable(self, wanted: Acceptable, document_ids: Sequence[UUID]) -> Sequence[AcceptableCell]:
        """The cells to accept of some documents."""
        ...

    async def accept(self, feedback_ids: Mapping[UUID, UUID], author: UUID, note: str, now: datetime) -> None:
        """Adds to cells the feedback that what their extractions say is CORRECT; `feedback_ids`: its ids, by cell."""
        ...

    async def recast(self, unit_ids: Sequence[UUID]) -> None: ...

    async def commit(self) -> None: ...


OpenAccepting = Callable[[UUID], AbstractAsyncContextManager[AcceptingStore]]


@dataclass(frozen=True, slots=True)
class Accepting:
    """The use case of accepting."""

    open_store: OpenAccepting
    projects: Projects
    new_id: Callable[[], UUID]
    now: Callable[[], datetime]

    async def accept(
        self, who: Identity, project_id: UUID, filters: Sequence[str], variables: Sequence[str], note: str
    ) -> int:
        """Takes down as CORRECT every cell of the variables, in rows under the filters, that has an answer and no
        feedback that stands; how many.

        It goes on document by document, some at a time, each time for good: when it is broken off, asking again accepts
        the rest. It is no review of documents: none becomes DEV or TEST by it.

        Raises:
            NotFound, InvalidInput: a variable is not known, none is named, or a filter does not make sense
        """
        author = author_of(who)
        codebook = await codebook_now(self.projects, project_id)
        wanted = Acceptable(project_id, codebook, _ids(codebook, variables), read_filters(filters, codebook))
        kept, after = 0, None
        while True:
            async with self.open_store(who.workspace_id) as store:
                documents = await store.lock_documents(project_id, after, DOCUMENTS_AT_A_TIME)
                if not documents:
                    return kept
                after = documents[-1]
                cells = await store.acceptable(wanted, documents)
                if not cells:
                    continue
                await store.accept({cell.cell_id: self.new_id() for cell in cells}, author, note.strip(), self.now())
                units = sorted({cell.unit_id for cell in cells})
                for start in range(0, len(units), UNITS_AT_A_TIME):
                    await store.recast(units[start : start + UNITS_AT_A_TIME])
                await store.commit()
            kept += len(cells)


def _ids(codebook: Codebook, names: Sequence[str]) -> list[UUID]:
    known = {variable.name: UUID(variable.id) for variable in codebook.variables}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        problem = f"has no variable of the project in {unknown[0]!r}" if unknown else "must name one variable or more"
        raise InvalidInput(f"accept.variables {problem}", fields={"accept.variables": problem})
    return [known[name] for name in dict.fromkeys(names)]
