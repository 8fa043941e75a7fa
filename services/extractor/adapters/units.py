"""The units of documents and the ledger of what people did to them, in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, delete, exists, insert, or_, select, tuple_, update
from sqlalchemy.engine import Row

from coderai.kit.db import Session, any_of
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback, unit_changes, units
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import EvidenceSpan
from coderai.services.extractor.domain.dataset.cell import Outdated
from coderai.services.extractor.domain.dataset.ledger import Change
from coderai.services.extractor.domain.dataset.units import ChangeKind, Unit, UnitState
from coderai.services.extractor.usecases.units import ChangeNotFound, Entry

_UNIT = ("id", "document_id", "number", "text", "mentions", "state", "added", "merged_into", "text_version")
_CHANGE = ("id", "document_id", "note", "author", "created_at", "undone_at")


class UnitStore(Session):
    """usecases.units.UnitStore, but for `recast` and what FeedbackStore has."""

    async def is_of_project(self, document_id: UUID, project_id: UUID) -> bool:
        d = coded_documents.c
        wanted = select(d.id).where(d.document_id == document_id, d.project_id == project_id)
        return (await self.execute(wanted)).first() is not None

    async def units(self, document_id: UUID) -> list[Unit]:
        columns = [units.c[name] for name in _UNIT]
        found = await self.execute(select(*columns).where(units.c.document_id == document_id).order_by(units.c.id))
        return [read_unit(dict(row._mapping)) for row in found]

    async def save_units(self, project_id: UUID, before: Sequence[Unit], after: Sequence[Unit]) -> None:
        known = {unit.id: unit for unit in before}
        gone = known.keys() - {unit.id for unit in after}
        if gone:
            await self.execute(delete(cells).where(cells.c.unit_id == any_of(gone)))
            await self.execute(delete(units).where(units.c.id == any_of(gone)))
        owned = {"workspace_id": self.workspace_id, "project_id": project_id}
        added = [owned | unit_values(unit) for unit in after if unit.id not in known]
        if added:
            await self.execute(insert(units), added)
        for unit in after:
            if unit.id in known and unit != known[unit.id]:
                await self.execute(update(units).where(units.c.id == unit.id).values(**unit_values(unit)))

    async def add_entry(self, entry: Entry) -> None:
        change = entry.change
        before = [_plain(unit) for unit in change.before]
        moved = {str(feedback_id): str(unit_id) for feedback_id, unit_id in entry.moved.items()}
        values = {name: getattr(change, name) for name in _CHANGE} | {"kind": change.kind}
        values |= {"workspace_id": self.workspace_id, "project_id": entry.project_id, "unit_ids": list(change.unit_ids)}
        await self.execute(insert(unit_changes).values(**values, before={"units": before, "feedback": moved}))

    async def entry(self, change_id: UUID) -> Entry:
        row = (await self.execute(select(unit_changes).where(unit_changes.c.id == change_id))).one_or_none()
        if row is None:
            raise ChangeNotFound()
        moved = {UUID(feedback_id): UUID(unit_id) for feedback_id, unit_id in row.before["feedback"].items()}
        return Entry(row.project_id, _read_change(row), moved)

    async def changes_after(self, change: Change) -> list[Change]:
        u = unit_changes.c
        stands = select(unit_changes).where(u.document_id == change.document_id, u.undone_at.is_(None))
        later = stands.where(tuple_(u.created_at, u.id) > (change.created_at, change.id))
        return [_read_change(row) for row in await self.execute(later)]

    async def end_change(self, change_id: UUID, by: UUID, now: datetime) -> None:
        of_id = update(unit_changes).where(unit_changes.c.id == change_id)
        await self.execute(of_id.values(undone_at=now, undone_by=by))

    async def move_feedback(self, from_ids: Collection[UUID], to_id: UUID) -> dict[UUID, UUID]:
        of_units = feedback.c.unit_id == any_of(from_ids)
        found = await self.execute(select(feedback.c.id, feedback.c.unit_id).where(of_units))
        moved: dict[UUID, UUID] = {row.id: row.unit_id for row in found}
        await self.execute(update(feedback).where(feedback.c.id == any_of(moved)).values(unit_id=to_id))
        return moved

    async def return_feedback(self, moved: Mapping[UUID, UUID]) -> None:
        for unit_id in set(moved.values()):
            of_unit = [feedback_id for feedback_id, of in moved.items() if of == unit_id]
            await self.execute(update(feedback).where(feedback.c.id == any_of(of_unit)).values(unit_id=unit_id))

    async def with_feedback(self, unit_ids: Collection[UUID]) -> set[UUID]:
        stands = select(feedback.c.unit_id).where(
            feedback.c.unit_id == any_of(unit_ids), feedback.c.undone_at.is_(None)
        )
        return set((await self.execute(stands)).scalars())

    async def mark_changed(self, unit_ids: Collection[UUID]) -> None:
        c, e, u = cells.c, extractions.c, unit_changes.c
        stood_when_asked = and_(u.created_at <= e.created_at, or_(u.undone_at.is_(None), u.undone_at > e.created_at))
        otherwise = exists().where(
            u.document_id == c.document_id,
            u.kind == ChangeKind.MERGE,
            u.unit_ids[1] == c.unit_id,
            u.undone_at.is_(None) != stood_when_asked,
        )
        of_units = update(cells).where(
            c.unit_id == any_of(unit_ids), c.extraction_id == e.id, c.outdated.in_(("", Outdated.UNIT_CHANGED))
        )
        await self.execute(of_units.values(outdated=case((otherwise, Outdated.UNIT_CHANGED.value), else_="")))


def read_unit(plain: Mapping[str, Any]) -> Unit:
    """The unit in a row of its table, or in the JSON of the ledger."""
    return Unit(
        id=_id(plain["id"]),
        document_id=_id(plain["document_id"]),
        number=plain["number"],
        text=plain["text"],
        mentions=tuple(EvidenceSpan(m["start"], m["end"], m["page"]) for m in plain["mentions"]),
        state=UnitState(plain["state"]),
        added=plain["added"],
        merged_into=_id(plain["merged_into"]) if plain["merged_into"] else None,
        text_version=plain["text_version"],
    )


def unit_values(unit: Unit) -> dict[str, Any]:
    """A unit's own columns."""
    return {name: getattr(unit, name) for name in _UNIT} | {"mentions": [asdict(mention) for mention in unit.mentions]}


def _plain(unit: Unit) -> dict[str, Any]:
    """A unit as JSON."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in unit_values(unit).items()}


def _read_change(row: Row[Any]) -> Change:
    return Change(
        **{name: row._mapping[name] for name in _CHANGE},
        kind=ChangeKind(row.kind),
        unit_ids=tuple(row.unit_ids),
        before=tuple(read_unit(unit) for unit in row.before["units"]),
    )


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
