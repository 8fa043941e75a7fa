"""The dataset as tests look at it, and what people say of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call, CallKind, Entity, Reply
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.db import Session
from coderai.kit.ids import new_id
from coderai.kit.model_replies import Account
from coderai.projects.v1.events_pb2 import CodebookChanged
from coderai.services.extractor.adapters.dataset_tables import cells as cells_table
from coderai.services.extractor.adapters.dataset_tables import coded_documents, feedback, units
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.entrypoints import consumer
from coderai.services.extractor.usecases.applying import Codebooks
from tests.integration.extractor.conftest import Extractor, World


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
    said = {"verdict": verdict, "correction": correction, "author": author, "judged": judged, "number": number}
    async with saying(extractor, document_id, variable, **said) as feedback_id:
        return feedback_id


@asynccontextmanager
async def saying(
    extractor: Extractor,
    document_id: UUID,
    variable: str,
    *,
    verdict: str = "INCORRECT",
    correction: Any = None,
    author: UUID | None = None,
    judged: Any = "one",
    number: int = 0,
) -> AsyncIterator[UUID]:
    """As `say`, in a transaction that is committed at the end of the block."""
    (unit_id,) = [unit.id for unit in await units_of(extractor, document_id) if unit.number == number]
    row: dict[str, Any] = {
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
        yield row["id"]
        await store.commit()


@dataclass(frozen=True)
class Reading:
    """An engine that takes "first is one" for the variable `first`, "Ada's first is one" for that of the entity Ada."""

    world: World

    async def ask(self, call: Call) -> Reply:
        text = call.passage.text
        name = text.split()[0]
        self.world.calls.append(name)
        if self.world.stalls is not None:
            await self.world.stalls.meet(len(self.world.calls))
        if self.world.faults.get(name):
            raise self.world.faults[name].pop(0)
        if call.kind is CallKind.IDENTIFY:
            named = dict.fromkeys(re.findall(r"(\w+)'s ", text))
            return Reply(entities=tuple(Entity(one, f"{one}'s") for one in named))
        of = f"{call.entity.text}'s " if call.entity else ""
        return Reply({variable.name: _stated(text, f"{of}{variable.name} is ") for variable in call.variables})


def _stated(text: str, before: str) -> tuple[Answer, ...]:
    found = re.search(rf"{before}(\w+)", text)
    return (Answer(found[1], found[0], 0.9),) if found else ()


def reads(extractor: Extractor) -> None:
    """Has the extractor ask an engine that reads."""

    async def open_engine(model: str, account: Account) -> Reading:
        return Reading(extractor.world)

    extractor.open_engine = open_engine


async def run(extractor: Extractor, **fields: Any) -> UUID:
    """Runs a job to its end; its id. The workers run already."""
    job_id = await extractor.start(**fields)
    await extractor.events(job_id)
    return job_id


async def retry(extractor: Extractor, job_id: UUID) -> None:
    """Tries the failed documents of a job again."""
    with identity.acting_as(extractor.who):
        await extractor.jobs.retry_failed(extractor.who, job_id)
    await extractor.events(job_id)


def now_has(extractor: Extractor, name: str, **fields: Any) -> None:
    """Changes fields of a variable of the codebook."""
    variables = [one | (fields if one["name"] == name else {}) for one in extractor.world.plain["variables"]]
    extractor.world.plain = {**extractor.world.plain, "hash": str(new_id()), "variables": variables}


def now_depends(extractor: Extractor, name: str, **condition: Any) -> None:
    """Makes a variable of the codebook depend on the one named `first`; on nothing without a condition."""
    now_has(extractor, name, depends_on=[{"variable": "first", **condition}] if condition else [])


async def hear_of_codebook(extractor: Extractor) -> None:
    """Has the extractor hear that the project's codebook has changed."""
    payload = CodebookChanged(project_id=str(extractor.project_id)).SerializeToString()
    envelope = Envelope(new_id(), "event.projects.codebook_changed", payload, extractor.who.workspace_id, "test")
    codebooks = Codebooks(extractor.open_store, extractor.world, extractor.now)
    with identity.acting_as(extractor.who):
        await consumer.codebook_changed(codebooks).handle(envelope)
