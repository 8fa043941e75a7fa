"""A coded project whose cells and units tests review: its texts, its rows, and the RPCs of people's codings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from coderai.codebook.variable import IfMultipleValues, ValidationRules, Variable, VariableType
from coderai.extractor.v1 import dataset_service_pb2 as units_pb
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import Conflict, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain
from coderai.measuring.feedback import decide
from coderai.services.extractor.adapters.dataset_tables import cells, feedback, units
from coderai.services.extractor.adapters.feedback import read_feedback
from coderai.services.extractor.adapters.reviewing import SampleStore
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from coderai.services.extractor.entrypoints.review_service import ReviewServicer
from coderai.services.extractor.usecases.accepting import Accepting
from coderai.services.extractor.usecases.feedback import Reviews
from coderai.services.extractor.usecases.ports import DocumentHead
from coderai.services.extractor.usecases.reviewing import Sampling
from coderai.services.extractor.usecases.units import Units
from tests.support.dataset_rows import Project, variable

UNUSED: Any = None

PLACE = variable("place")
INJURED = variable("injured", VariableType.NUMBER, validation_rules=ValidationRules(max=5000))
WEAPONS = variable("weapons", if_multiple_values=IfMultipleValues.ALL)
TEXT = "About 250 people marched in Malmö on Monday.\nThe police counted 300 of them."
ARABIC = "شارك نحو ٢٥٠ شخصًا في مظاهرة بساحة التحرير في القاهرة."


class NotingStore(ExtractorStore):
    """Notes which units' cells are worked out anew, and may break off before."""

    def __init__(self, of: Reviewed, *session: Any) -> None:
        super().__init__(*session)
        self._of = of

    async def recast(self, unit_ids: Sequence[UUID]) -> None:
        if self._of.breaks_after is not None and len(self._of.recasts) >= self._of.breaks_after:
            raise ConnectionError("the connection is lost")
        self._of.recasts.append(list(unit_ids))
        await super().recast(unit_ids)


@dataclass
class Reviewed(Project):
    """A project with its documents' texts; it is the ingest service, too, as usecases.ports.Documents sees it."""

    texts: dict[UUID, str] = field(default_factory=dict)
    languages: dict[UUID, str] = field(default_factory=dict)
    """English where a document is not named."""
    unread: set[UUID] = field(default_factory=set)
    """Documents that are being read again."""
    time: datetime | None = None
    """When everything happens; now when None."""

    recasts: list[list[UUID]] = field(default_factory=list)
    """The units of each time that cells were worked out anew."""
    breaks_after: int | None = None
    """After how many such times the connection is lost."""

    @property
    def open_store(self) -> Any:
        return partial(self.db.session, kind=partial(NotingStore, self))

    def now(self) -> datetime:
        return self.time or datetime.now(UTC)

    async def heads(self, project_id: UUID, document_ids: Sequence[UUID]) -> AsyncIterator[DocumentHead]:
        for document_id in document_ids:
            if document_id in self.texts:
                yield DocumentHead(document_id, "a.txt", "READY", language=self.languages.get(document_id, "en"))

    async def text(self, document_id: UUID) -> Document:
        if document_id in self.unread:
            raise Conflict("the document is being read again", code="document_not_ready")
        if document_id not in self.texts:
            raise NotFound("there is no such document", code="document_not_found")
        language = self.languages.get(document_id, "en")
        return Document(str(document_id), "a.txt", self.texts[document_id], language=language)

    @property
    def reviews(self) -> ReviewServicer:
        """Its RPCs."""
        return ReviewServicer(
            open_store=self.open_store,
            projects=self,
            reviews=Reviews(self.open_store, self, self, new_id, self.now),
            accepting=Accepting(self.open_store, self, new_id, self.now),
            sampling=Sampling(partial(self.db.session, kind=SampleStore), self, new_id),
        )

    @property
    def dataset(self) -> DatasetServicer:
        """Its RPCs."""
        ledger = Units(self.open_store, self, self, new_id, self.now)
        return DatasetServicer(open_store=self.open_store, projects=self, renewals=UNUSED, ledger=ledger)

    async def hear(self) -> None:
        """Has the extractor know the codebook as it stands: cells are worked out under it from then on."""
        async with self.session() as session:
            await session.keep_codebook(self.id, await self.freeze(self.id), datetime.now(UTC))
            await session.commit()

    def colleague(self) -> identity.Identity:
        """Another editor of the workspace."""
        return identity.Identity(self.who.workspace_id, new_id(), identity.Role.EDITOR, "test")

    async def coded(self, text: str, of: Variable, value: Any = None, **columns: Any) -> tuple[UUID, UUID, UUID]:
        """A document of one row with an extraction and its cell: the ids of document, unit and extraction."""
        document_id = await self.document()
        self.texts[document_id] = text
        unit_id = await self.unit(document_id)
        return document_id, unit_id, await self.extracted(unit_id, document_id, of, value, **columns)

    async def extracted(
        self, unit_id: UUID, document_id: UUID, of: Variable, value: Any = None, **columns: Any
    ) -> UUID:
        """An extraction that a cell shows; its id."""
        job_id = await self.job()
        extraction_id = await self.extraction(job_id, unit_id, document_id, of, value, **columns)
        await self.cell(unit_id, document_id, of, value, extraction_id=extraction_id, job_id=job_id)
        return extraction_id

    async def give(self, extraction_id: UUID, verdict: str, who: identity.Identity | None = None, **said: Any) -> Any:
        """The feedback that GiveFeedback gave."""
        return (await self.given(extraction_id, verdict, who, **said)).feedback

    async def given(self, extraction_id: UUID, verdict: str, who: identity.Identity | None = None, **said: Any) -> Any:
        """GiveFeedback; `value` is what is right."""
        request = from_plain(pb.GiveFeedbackRequest, said_of(verdict, extraction_id=extraction_id, **said))
        with identity.acting_as(who or self.who):
            return await self.reviews.GiveFeedback(request, None)

    async def batch(self, *items: dict[str, Any], who: identity.Identity | None = None, **request: Any) -> Any:
        """GiveFeedbackBatch."""
        plain = {"project_id": self.id, "items": items} | request
        with identity.acting_as(who or self.who):
            return await self.reviews.GiveFeedbackBatch(from_plain(pb.GiveFeedbackBatchRequest, plain), None)

    async def undo(self, feedback_id: str, who: identity.Identity | None = None) -> Any:
        """The feedback that UndoFeedback took back."""
        return (await self.undone(feedback_id, who)).feedback

    async def undone(self, feedback_id: str, who: identity.Identity | None = None, *expected: str) -> Any:
        """UndoFeedback."""
        request = pb.UndoFeedbackRequest(feedback_id=feedback_id, expected_etags=expected)
        with identity.acting_as(who or self.who):
            return await self.reviews.UndoFeedback(request, None)

    async def of_cell(self, extraction_id: UUID, who: identity.Identity | None = None, **page: Any) -> Any:
        """ListCellFeedback."""
        request = pb.ListCellFeedbackRequest(extraction_id=str(extraction_id), **page)
        with identity.acting_as(who or self.who):
            return await self.reviews.ListCellFeedback(request, None)

    async def feedback_list(self, **request: Any) -> Any:
        """ListFeedback."""
        with identity.acting_as(request.pop("who", self.who)):
            wanted = from_plain(pb.ListFeedbackRequest, {"project_id": self.id} | request)
            return await self.reviews.ListFeedback(wanted, None)

    async def change(self, rpc: str, who: identity.Identity | None = None, **request: Any) -> units_pb.UnitChange:
        """An RPC of the ledger."""
        kind = getattr(units_pb, f"{rpc}Request")
        with identity.acting_as(who or self.who):
            reply = await getattr(self.dataset, rpc)(from_plain(kind, request), None)
        change: units_pb.UnitChange = reply.change
        return change

    async def unit_list(self, state: str = "", who: identity.Identity | None = None, **request: Any) -> Any:
        """ListUnits."""
        plain = {"project_id": self.id} | request | ({"state": state} if state else {})
        with identity.acting_as(who or self.who):
            return await self.dataset.ListUnits(from_plain(units_pb.ListUnitsRequest, plain), None)

    async def rows(self, table: Table) -> list[Any]:
        """All rows of a table that the workspace has, by id."""
        async with self.session() as session:
            wanted = select(table).where(table.c.workspace_id == self.who.workspace_id)
            return list((await session.execute(wanted.order_by(table.c.id))).all())

    async def states(self) -> dict[str, str]:
        """The state of each unit, by its text."""
        return {row.text: row.state for row in await self.rows(units)}

    async def outdated(self) -> dict[UUID, str]:
        """Why cells are outdated, by unit."""
        return {row.unit_id: row.outdated for row in await self.rows(cells)}


def said_of(verdict: str, value: Any = None, **said: Any) -> dict[str, Any]:
    """What a person says of a cell, as plain fields of CellFeedback."""
    return {"verdict": verdict, "corrected_value": value} | said


async def decision(review: Reviewed, unit_id: UUID) -> Any:
    """What is right and whether it is disputed, as what is stored of a unit's feedback decides it."""
    said = [read_feedback(row) for row in await review.rows(feedback) if row.unit_id == unit_id]
    found = decide(said)
    return None if found is None else (found.by.right and found.by.right.value, found.is_disputed)
