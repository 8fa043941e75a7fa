"""The dataset as tests look at it, and what people say of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from coderai.kit.db import Session
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import cells as cells_table
from coderai.services.extractor.adapters.dataset_tables import coded_documents, feedback, units
from coderai.services.extractor.adapters.store import ExtractorStore
from tests.integration.extractor.conftest import Extractor


def variable_id(extractor: Extractor, name: str) -> UUID:
    return next(UUID(one["id"]) for one in extractor.world.plain["variables"] if one["name"] == name)


async def units_of(extractor: Extractor, document_id: UUID) -> list[Any]:
    """A document's units, in the order of the rows."""
    wanted = select(units).where(units.c.document_id == document_id).order_by(units.c.number, units.c.id)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        return list((await session.execute(wanted)).all())


async def cells(extractor: Extractor, document_id: UUID) -> dict[tuple[int, str], Any]:
    """A document's cells by the unit's number and the variable's name."""
    names = {UUID(one["id"]): one["name"] for one in extractor.world.plain["variables"]}
    numbers = {unit.id: unit.number for unit in await units_of(extractor, document_id)}
    wanted = select(cells_table).where(cells_table.c.document_id == document_id)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        found = (await session.execute(wanted)).all()
    return {(numbers[row.unit_id], names.get(row.variable_id, "gone")): row for row in found}


async def document(extractor: Extractor, document_id: UUID) -> Any:
    wanted = select(coded_documents).where(coded_documents.c.document_id == document_id)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        return (await session.execute(wanted)).one_or_none()


async def say(
    extractor: Extractor,
    document_id: UUID,
    variable: str,
    *,
    verdict: str = "INCORRECT",
    correction: Any = None,
    author: UUID | None = None,
    judged: Any = "one",
    number: int = 0,
) -> UUID:
    """Has a person say something of a cell; returns the feedback's id."""
    (unit_id,) = [unit.id for unit in await units_of(extractor, document_id) if unit.number == number]
    row = {
        "id": new_id(),
        "workspace_id": extractor.who.workspace_id,
        "project_id": extractor.project_id,
        "document_id": document_id,
        "unit_id": unit_id,
        "variable_id": variable_id(extractor, variable),
        "author": author or extractor.who.user_id,
        "verdict": verdict,
        "model_value": judged,
        "model_missing_reason": "",
        "model_confidence": 0.9,
        "has_correction": correction is not None,
        "corrected_value": correction,
        "missing_reason": "",
        "note": "",
        "is_final": False,
        "prompt_version": 3,
    }
    locked = select(coded_documents.c.id).where(coded_documents.c.document_id == document_id).with_for_update()
    async with extractor.db.session(extractor.who.workspace_id, ExtractorStore) as store:
        await store.execute(locked)
        await store.execute(insert(feedback).values(**row))
        await store.recast([unit_id])
        await store.commit()
    return row["id"]
