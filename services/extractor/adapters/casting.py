"""Works cells of the dataset out anew from what is stored of them, and writes those that changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.engine import Row

from coderai.codebook.variable import Variable
from coderai.kit.db import Session, any_of
from coderai.measuring.feedback import Feedback
from coderai.services.extractor.adapters import dataset_statements as statements
from coderai.services.extractor.adapters.dataset_codebooks import columns_now, columns_of_jobs
from coderai.services.extractor.adapters.dataset_rows import cell_plain, read_cell, read_stored
from coderai.services.extractor.adapters.dataset_tables import cells
from coderai.services.extractor.adapters.feedback import read_feedback
from coderai.services.extractor.adapters.rows import read_basis
from coderai.services.extractor.domain.coding import replay
from coderai.services.extractor.domain.dataset.casting import (
    Columns,
    Newest,
    Redecide,
    Stored,
    cast,
    is_outlived,
    newest,
)
from coderai.services.extractor.domain.dataset.cell import Cell
from coderai.services.extractor.domain.dataset.units import UnitState

_By = defaultdict[UUID, dict[UUID, Any]]


async def recast(session: Session, unit_ids: Sequence[UUID], new_job: UUID | None = None) -> None:
    """Works the cells of units out anew, from their newest extractions, people's feedback and present settings.

    It locks the units' documents. Units that are no rows of the dataset (any more) have no cells. `new_job`: one that
    has extracted something of them just now, so that what made cells outdated before is settled where it did.
    """
    if not unit_ids:
        return
    ids = {"unit_ids": list(unit_ids)}
    projects = {row.project_id for row in await session.execute(statements.LOCK_OF_UNITS, ids)}
    now = {project_id: await columns_now(session, project_id) for project_id in projects}
    units = (await session.execute(statements.UNITS, ids)).all()
    before = _by_unit([read_cell(row) for row in await session.execute(statements.CELLS, ids)])
    extracted = await _extracted(session, ids)
    said = _said([read_feedback(row) for row in await session.execute(statements.FEEDBACK, ids)])
    redecide = await _redecider(session, extracted, now)
    shown, written = set[tuple[UUID, UUID]](), list[dict[str, Any]]()
    for unit in units:
        columns, old = now.get(unit.project_id), before[unit.id]
        if unit.state != UnitState.PRESENT:
            continue
        if columns is None:
            shown |= {(unit.id, variable_id) for variable_id in old}
            continue
        kept = old if new_job is None else _not_of(new_job, old, extracted[unit.id])
        made = cast(unit.id, columns, extracted[unit.id], said[unit.id], kept, redecide)
        shown |= {(cell.unit_id, cell.variable_id) for cell in made}
        written += _changed(unit, made, old, columns)
    stored = {(unit_id, variable_id) for unit_id, of_unit in before.items() for variable_id in of_unit}
    await _remove(session, stored - shown)
    if written:
        parameters = {"workspace": session.workspace_id, "cells": json.dumps(written)}
        await session.execute(statements.WRITE_CELLS, parameters)


async def _extracted(session: Session, ids: Mapping[str, Any]) -> _By:
    """By unit and variable, what counts of the extractions."""
    rows = (await session.execute(statements.NEWEST, ids)).all()
    asked = await columns_of_jobs(session, {row.job_id for row in rows})
    stored = defaultdict[tuple[UUID, UUID], list[Stored]](list)
    for row in rows:
        columns = asked.get(row.job_id)
        column = columns.by_id.get(row.variable_id) if columns else None
        stored[row.unit_id, row.variable_id].append(read_stored(row, column))
    found: _By = defaultdict(dict)
    for (unit_id, variable_id), some in stored.items():
        found[unit_id][variable_id] = newest(some)
    return found


async def _redecider(session: Session, extracted: _By, now: Mapping[UUID, Columns | None]) -> Redecide:
    """Decides extractions again, without a call, from what was kept of those of which that may be needed."""
    columns = {id: column for of_project in now.values() if of_project for id, column in of_project.by_id.items()}
    counting = [found.extraction for of_unit in extracted.values() for found in of_unit.values()]
    ids = [one.id for one in counting if one.variable_id in columns and is_outlived(one, columns[one.variable_id])]
    rows = {row.id: row for row in await session.execute(statements.BASES, {"ids": ids})} if ids else {}

    def redecide(variable: Variable, one: Stored) -> Stored:
        basis = read_basis(rows[one.id], variable)
        if basis is None:
            return one
        new = replay.redecide(variable, basis)
        return replace(
            one,
            value=new.value,
            confidence=new.confidence,
            status=new.status,
            flags=new.flags,
            missing_reason=new.missing_reason,
            support=new.support,
            origin=new.origin,
        )

    return redecide


def _by_unit(found: Iterable[Cell]) -> _By:
    by_unit: _By = defaultdict(dict)
    for cell in found:
        by_unit[cell.unit_id][cell.variable_id] = cell
    return by_unit


def _said(found: Iterable[Feedback]) -> _By:
    by_unit: _By = defaultdict(dict)
    for one in found:
        by_unit[one.unit_id].setdefault(one.variable_id, []).append(one)
    return by_unit


def _not_of(job_id: UUID, before: Mapping[UUID, Cell], extracted: Mapping[UUID, Newest]) -> dict[UUID, Cell]:
    """The cells of which the job has extracted nothing that counts."""
    own = {variable_id for variable_id, found in extracted.items() if found.extraction.job_id == job_id}
    return {variable_id: cell for variable_id, cell in before.items() if variable_id not in own}


def _changed(
    unit: Row[Any], made: Iterable[Cell], before: Mapping[UUID, Cell], columns: Columns
) -> list[dict[str, Any]]:
    of = {"project_id": str(unit.project_id), "document_id": str(unit.document_id)}
    kinds = {column.id: column.variable.type for column in columns.by_id.values()}
    changed = [cell for cell in made if before.get(cell.variable_id) != cell]
    return [of | cell_plain(cell, kinds[cell.variable_id]) for cell in changed]


async def _remove(session: Session, gone: Iterable[tuple[UUID, UUID]]) -> None:
    by_variable = defaultdict[UUID, list[UUID]](list)
    for unit_id, variable_id in gone:
        by_variable[variable_id].append(unit_id)
    for variable_id, unit_ids in by_variable.items():
        of_units = cells.c.unit_id == any_of(unit_ids)
        await session.execute(delete(cells).where(cells.c.variable_id == variable_id, of_units))
