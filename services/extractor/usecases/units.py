"""Keeps the ledger of what people do to the units of documents: add, remove, merge, split, and take back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from coderai.kit.errors import Conflict, InvalidInput, NotFound
from coderai.kit.identity import Identity
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.dataset import ledger
from coderai.services.extractor.domain.dataset.ledger import Change, Step, UnitNotFound
from coderai.services.extractor.domain.dataset.units import ChangeKind, Unit
from coderai.services.extractor.domain.quality.splits import Split
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.feedback import author_of, find_quote
from coderai.services.extractor.usecases.feedback_ports import DocumentNotCoded, Place
from coderai.services.extractor.usecases.ports import Documents, Projects


class OneRowEach(Conflict):
    """Each document of this project is one row: there are no entities to change."""


class ChangeNotFound(NotFound):
    """There is no such change of units in this workspace."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity as a person names it: `quote` are the document's words for it, or empty where `text` is them."""

    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change with what it did beside changing units."""

    project_id: UUID
    change: Change
    moved: Mapping[UUID, UUID]
    """By feedback that it made another unit's, the unit that it was of."""


class UnitStore(Protocol):
    """The part of the store that the ledger needs: one transaction; nothing is kept without commit()."""

    async def places_of_units(self, unit_ids: Collection[UUID]) -> Mapping[UUID, Place]: ...

    async def lock_document(self, document_id: UUID) -> Split | None:
        """Locks a document of the dataset until the end of the transaction. Raises DocumentNotCoded."""
        ...

    async def is_of_project(self, document_id: UUID, project_id: UUID) -> bool:
        """Whether the project's dataset has the document."""
        ...

    async def units(self, document_id: UUID) -> Sequence[Unit]:
        """All of a document, in whichever state."""
        ...

    async def save_units(self, project_id: UUID, before: Sequence[Unit], after: Sequence[Unit]) -> None:
        """Makes the units of a document those of `after`; `before` are those that there are."""
        ...

    async def add_entry(self, entry: Entry) -> None: ...

    async def entry(self, change_id: UUID) -> Entry:
        """Raises ChangeNotFound."""
        ...

    async def changes_after(self, change: Change) -> Sequence[Change]:
        """The later entries of its document that are not taken back."""
        ...

    async def end_change(self, change_id: UUID, by: UUID, now: datetime) -> None:
        """Marks an entry as taken back."""
        ...

    async def move_feedback(self, from_ids: Collection[UUID], to_id: UUID) -> Mapping[UUID, UUID]:
        """Makes all feedback of some units another's; by feedback, the unit that it was of."""
        ...

    async def return_feedback(self, moved: Mapping[UUID, UUID]) -> None:
        """Takes such a move back."""
        ...

    async def with_feedback(self, unit_ids: Collection[UUID]) -> Collection[UUID]:
        """Those of some units of which people have said something that they have not taken back."""
        ...

    async def mark_changed(self, unit_ids: Collection[UUID]) -> None:
        """Outdates the cells of units that were asked when other units were part of them than now."""
        ...

    async def recast(self, unit_ids: Sequence[UUID]) -> None: ...

    async def commit(self) -> None: ...


OpenUnits = Callable[[UUID], AbstractAsyncContextManager[UnitStore]]


@dataclass(frozen=True, slots=True)
class Units:
    """The use cases of the ledger; each returns the id of the entry that it made."""

    open_store: OpenUnits
    projects: Projects
    documents: Documents
    new_id: Callable[[], UUID]
    now: Callable[[], datetime]

    async def add(self, who: Identity, project_id: UUID, document_id: UUID, named: Named, note: str) -> UUID:
        """Adds an entity that was missed.

        Raises:
            NotFound, DocumentNotCoded, OneRowEach, UnitExists
            InvalidInput, QuoteNotInText: it has no name, or the text has not these words
        """
        await self._check_rows(project_id)
        async with self.open_store(who.workspace_id) as store:
            if not await store.is_of_project(document_id, project_id):
                raise DocumentNotCoded()
        (new,) = await self._named(document_id, [named], "entity")
        return await self._apply(who, project_id, document_id, lambda units: ledger.add(units, new), note)

    async def remove(self, who: Identity, unit_id: UUID, note: str) -> UUID:
        """Removes an entity that is none. Raises UnitNotFound, OneRowEach, UnitNotPresent, NotAnEntity."""
        place = await self._place(who, unit_id)
        return await self._apply(
            who, place.project_id, place.document_id, lambda units: ledger.remove(units, unit_id), note
        )

    async def merge(self, who: Identity, unit_id: UUID, others: Sequence[UUID], note: str) -> UUID:
        """Makes one entity of several of a document; what people have said of the others counts for it then.

        Raises:
            UnitNotFound, OneRowEach, UnitNotPresent, NotAnEntity, UnitsAlike
        """
        place = await self._place(who, unit_id)
        return await self._apply(
            who, place.project_id, place.document_id, lambda units: ledger.merge(units, unit_id, others), note
        )

    async def split(self, who: Identity, unit_id: UUID, parts: Sequence[Named], note: str) -> UUID:
        """Makes several entities of one; what people have said of it is kept with it.

        Raises:
            UnitNotFound, OneRowEach, UnitNotPresent, NotAnEntity, UnitExists, UnitsAlike
            InvalidInput, QuoteNotInText: a part has no name, or the text has not its words
        """
        place = await self._place(who, unit_id)
        made = await self._named(place.document_id, parts, "parts")
        return await self._apply(
            who, place.project_id, place.document_id, lambda units: ledger.split(units, unit_id, made), note
        )

    async def undo(self, who: Identity, change_id: UUID) -> UUID:
        """Takes an entry back. Done twice, it is done once. Raises ChangeNotFound, ChangeBuiltOn."""
        by = author_of(who)
        async with self.open_store(who.workspace_id) as store:
            await store.lock_document((await store.entry(change_id)).change.document_id)
            entry = await store.entry(change_id)
            change = entry.change
            if change.undone_at is not None:
                return change_id
            units = await store.units(change.document_id)
            await store.return_feedback(entry.moved)
            spoken_of = await store.with_feedback(change.touches)
            after = ledger.undo(units, change, await store.changes_after(change), spoken_of)
            await store.save_units(entry.project_id, units, after)
            await store.end_change(change_id, by, self.now())
            await store.recast(sorted(change.touches & {unit.id for unit in after}))
            await store.mark_changed(change.touches)
            await store.commit()
        return change_id

    async def _apply(
        self, who: Identity, project_id: UUID, document_id: UUID, step_of: Callable[[Sequence[Unit]], Step], note: str
    ) -> UUID:
        author = author_of(who)
        async with self.open_store(who.workspace_id) as store:
            await store.lock_document(document_id)
            units = await store.units(document_id)
            step = step_of(units)
            moved: Mapping[UUID, UUID] = {}
            if step.kind is ChangeKind.MERGE:
                moved = await store.move_feedback(step.unit_ids[1:], step.unit_ids[0])
            change = Change(
                id=self.new_id(),
                document_id=document_id,
                kind=step.kind,
                unit_ids=step.unit_ids,
                before=step.before,
                author=author,
                created_at=self.now(),
                note=note.strip(),
            )
            await store.save_units(project_id, units, step.after)
            await store.add_entry(Entry(project_id, change, moved))
            await store.recast(sorted(change.touches))
            await store.mark_changed(change.touches)
            await store.commit()
        return change.id

    async def _place(self, who: Identity, unit_id: UUID) -> Place:
        """Where a unit is, in a project whose documents have several rows."""
        async with self.open_store(who.workspace_id) as store:
            place = (await store.places_of_units([unit_id])).get(unit_id)
        if place is None:
            raise UnitNotFound("there is no such unit in this workspace")
        await self._check_rows(place.project_id)
        return place

    async def _check_rows(self, project_id: UUID) -> None:
        codebook = await codebook_now(self.projects, project_id)
        if not codebook.unit.multiple:
            raise OneRowEach()

    async def _named(self, document_id: UUID, named: Sequence[Named], field: str) -> list[Unit]:
        """The entities as new units, with the places at which the document names them."""
        document = await self.documents.text(document_id)
        return await asyncio.to_thread(_as_units, document, document_id, named, field, self.new_id)


def _as_units(
    document: Document, document_id: UUID, named: Sequence[Named], field: str, new_id: Callable[[], UUID]
) -> list[Unit]:
    finder = QuoteFinder(document)
    made = []
    for one in named:
        text = " ".join(one.text.split())
        if not text:
            raise InvalidInput("an entity needs a name", fields={f"{field}.text": "must not be empty"})
        found = find_quote(finder, one.quote.strip() or text, f"{field}.{'quote' if one.quote.strip() else 'text'}")
        made.append(
            Unit(
                id=new_id(),
                document_id=document_id,
                text=text,
                mentions=found.spans,
                added=True,
                text_version=document.text_version,
            )
        )
    return made
