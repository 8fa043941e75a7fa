"""The dataset in Postgres: what jobs give enters it, document by document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Row

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable
from coderai.kit.db import Session, any_of
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters import dataset_statements as statements
from coderai.services.extractor.adapters.casting import recast
from coderai.services.extractor.adapters.dataset_codebooks import columns_of_job
from coderai.services.extractor.adapters.dataset_rows import as_stored, cell_plain, unit_plain
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, units
from coderai.services.extractor.adapters.rows import extraction_id
from coderai.services.extractor.adapters.units import read_unit
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.extraction import Extraction, Flag, Origin
from coderai.services.extractor.domain.dataset.casting import Columns, Newest, cast
from coderai.services.extractor.domain.jobs.job import Job
from coderai.services.extractor.usecases.ports import NOTHING_KNOWN, Known, Task

_AT_A_TIME = 500
"""Documents that failed, of one statement."""


async def enter(session: Session, job: Job, task: Task, codebook: Codebook, coded: Coded) -> None:
    """Makes what a job's task gave, and what is stored already, the newest of the dataset.

    A document that is new to the dataset takes one statement. One that it has of earlier jobs alone takes two more; of
    one of which people have said something, or of which not all is asked, the cells are worked out from what is stored.
    """
    columns = columns_of_job(job.id, codebook)
    made = _cells(job, task, columns, coded.extractions)
    entry = {
        "id": new_id(),
        "workspace": session.workspace_id,
        "project": job.project_id,
        "document": task.document_id,
        "name": task.document_name,
        "job": job.id,
        "identified_by": job.id if coded.identified else None,
        "unread_pages": list(coded.receipt.unread_pages),
        "unsure_pages": list(coded.receipt.unsure_pages),
        "text_version": task.text_version,
        "units": json.dumps([unit_plain(unit) for unit in coded.units]),
        "cells": json.dumps(made),
        "hash": job.codebook_hash,
        "unit_ids": [unit.id for unit in coded.units],
        "variable_ids": list(columns.by_id),
    }
    entered = (await session.execute(statements.ENTER, entry)).one()
    if entered.is_new:
        if not entered.is_present:
            await recast(session, [unit.id for unit in coded.units], new_job=job.id)
        return
    is_whole = coded.identified and len(made) == len(coded.extractions) == len(coded.units) * len(columns.by_id)
    is_plain = is_whole and entered.is_present and not any(one["outdated"] for one in made)
    if is_plain and (await session.execute(statements.PLAIN, entry)).scalar_one():
        await session.execute(statements.REPLACE, entry)
        return
    is_newest = (await session.execute(statements.UPDATE_DOCUMENT, entry)).first() is not None
    if is_newest and coded.identified:
        await session.execute(statements.ADD_UNITS, entry)
        await session.execute(statements.LOSE_UNITS, entry)
    await recast(session, await units_of(session, [task.document_id]), new_job=job.id)


def _cells(job: Job, task: Task, columns: Columns, extractions: Iterable[Extraction]) -> list[dict[str, Any]]:
    """The cells that a job's extractions give where there is nothing else to go by, as JSON."""
    extracted = dict[UUID, dict[UUID, Newest]]()
    for one in extractions:
        if one.unit_id is not None:
            column = columns.by_id[UUID(one.variable.id)]
            stored = as_stored(extraction_id(task, one), job.id, job.model, column, one)
            extracted.setdefault(one.unit_id, {})[column.id] = Newest(stored, failed_since=stored.failed)
    return [
        cell_plain(cell, columns.by_id[cell.variable_id].variable.type)
        for unit_id, of_unit in extracted.items()
        for cell in cast(unit_id, columns, of_unit)
    ]


async def enter_failed(session: Session, job: Job, failed: Sequence[tuple[Task, Sequence[Extraction]]]) -> None:
    """Notes that documents could not be coded: values that the dataset has are stale, other cells are FAILED."""
    for start in range(0, len(failed), _AT_A_TIME):
        some = failed[start : start + _AT_A_TIME]
        ids = sorted({task.document_id for task, _ in some})
        entry = {
            "workspace": session.workspace_id,
            "project": job.project_id,
            "job": job.id,
            "documents": json.dumps([_failed(task) for task, _ in some]),
            "document_ids": ids,
            "variable_ids": list({UUID(one.variable.id) for _, of_task in some for one in of_task}),
        }
        await session.execute(statements.ENTER_FAILED, entry)
        await session.execute(statements.ADD_PLACES, entry)
        await session.execute(statements.OUTDATE_FAILED, entry)
        await recast(session, await units_of(session, ids))


def _failed(task: Task) -> dict[str, Any]:
    of_task = {"id": str(new_id()), "document_id": str(task.document_id), "name": task.document_name}
    return of_task | {"error": task.error, "text_version": task.text_version}


async def units_of(session: Session, document_ids: Sequence[UUID]) -> list[UUID]:
    """The ids of the units of documents, in whichever state."""
    wanted = select(units.c.id).where(units.c.document_id == any_of(document_ids))
    return list((await session.execute(wanted)).scalars())


async def known(session: Session, task: Task, variables: Sequence[Variable]) -> Known:
    """What the dataset has of a task's document (usecases.ports.Store.known)."""
    of_document = select(units).where(units.c.document_id == task.document_id).order_by(units.c.number, units.c.id)
    found = [read_unit(dict(row._mapping)) for row in await session.execute(of_document)]
    if not found and task.variables is None:
        return NOTHING_KNOWN
    if not found:
        identified = select(coded_documents.c.job_id).where(coded_documents.c.document_id == task.document_id)
        return Known(identified=(await session.execute(identified)).scalar() is not None)
    names = {UUID(variable.id): variable.name for variable in variables}
    asked = {name for name in names.values() if task.variables is None or name in task.variables}
    wanted = select(*_KNOWN).where(cells.c.document_id == task.document_id)
    if len(asked) == len(names):
        wanted = wanted.where(cells.c.feedback_id.is_not(None))
    values = dict[UUID, dict[str, Any]]()
    for row in await session.execute(wanted):
        name = names.get(row.variable_id)
        if name is not None and (name not in asked or _is_right(row)):
            value = None if row.origin == Origin.DEFAULTED else row.value
            values.setdefault(row.unit_id, {})[name] = value
    return Known(tuple(found), values)


_KNOWN = [cells.c[name] for name in ("unit_id", "variable_id", "value", "origin", "flags", "feedback_id")]


def _is_right(row: Row[Any]) -> bool:
    """Whether a person has said what is right."""
    return row.feedback_id is not None and Flag.REJECTED not in row.flags
