"""What is kept of how a dataset came about, page by page: its jobs, their documents, and drawn cells with verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, func, select
from sqlalchemy.engine import Row

from coderai.codebook.variable import Variable
from coderai.extractor.v1 import provenance_service_pb2 as pb
from coderai.kit.db import Session, any_of
from coderai.kit.wire import from_plain
from coderai.measuring.feedback import Answer, Feedback
from coderai.measuring.judging import Drawn, is_judged, judge
from coderai.services.extractor.adapters.dataset_tables import (
    cells,
    coded_documents,
    feedback,
    review_samples,
    sample_cells,
    units,
)
from coderai.services.extractor.adapters.feedback import read_feedback
from coderai.services.extractor.adapters.model_answers import SAYS, of_model
from coderai.services.extractor.adapters.rows import read_entities
from coderai.services.extractor.adapters.tables import extractions, tasks
from coderai.services.extractor.domain.coding.calls_made import Coding
from coderai.services.extractor.domain.coding.extraction import MissingReason, Status
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.domain.jobs.job import TaskStatus

_TASK = [tasks.c[name] for name in ("document_id", "document_name", "status", "error", "receipt", "variables")]


@dataclass(frozen=True, slots=True)
class CodedTask:
    """A document of a job that is over with it."""

    document_id: UUID
    text_version: int
    coding: Coding | None
    """None where it was not coded."""
    message: pb.CodedDocument
    """Without its calls."""


async def jobs_of_dataset(session: Session, project_id: UUID) -> list[UUID]:
    """Ids of the jobs that a project's dataset has cells or rows of, the oldest first."""
    of_cells = select(cells.c.job_id).where(cells.c.project_id == project_id)
    of_rows = select(coded_documents.c.job_id).where(coded_documents.c.project_id == project_id)
    found = await session.execute(of_cells.union(of_rows))
    return sorted(job_id for job_id in found.scalars() if job_id is not None)


async def tasks_after(
    session: Session, job_id: UUID, after: UUID, many: int, *, of_dataset: bool, has_conditions: bool
) -> tuple[list[CodedTask], UUID | None]:
    """A job's documents with which it is over, after one of them, in upload order; after which there may be more, too.

    `many` at most. `of_dataset`: only those of which the dataset has cells or rows of this job; `has_conditions`:
    whether variables of its codebook have any.
    """
    wanted = (
        select(*_TASK, tasks.c.text_version)
        .where(tasks.c.job_id == job_id, tasks.c.document_id > after)
        .where(tasks.c.status.in_((TaskStatus.DONE, TaskStatus.FAILED)))
        .order_by(tasks.c.document_id)
        .limit(many)
    )
    rows = (await session.execute(wanted)).all()
    more = rows[-1].document_id if len(rows) == many else None
    identified = await _having(session, coded_documents, job_id, rows)
    if of_dataset:
        kept = identified | await _having(session, cells, job_id, rows)
        rows = [row for row in rows if row.document_id in kept]
    left_out = await _left_out(session, job_id, [row.document_id for row in rows]) if has_conditions else {}
    found = [
        _coded_task(job_id, row, left_out.get(row.document_id, {}), identified=row.document_id in identified)
        for row in rows
    ]
    return found, more


async def _having(session: Session, table: Table, job_id: UUID, rows: Sequence[Row[Any]]) -> set[UUID]:
    """Which of the documents have a row of this job in a table."""
    of_documents = table.c.document_id == any_of([row.document_id for row in rows])
    wanted = select(table.c.document_id).distinct().where(of_documents, table.c.job_id == job_id)
    return set((await session.execute(wanted)).scalars())


async def _left_out(session: Session, job_id: UUID, document_ids: Sequence[UUID]) -> dict[UUID, dict[int, set[str]]]:
    """Names of the variables that do not apply, by document and the entity's number."""
    e = extractions.c
    wanted = select(e.document_id, e.entity_index, e.variable).where(
        e.job_id == job_id, e.document_id == any_of(document_ids), e.missing_reason == MissingReason.NOT_APPLICABLE
    )
    found: dict[UUID, dict[int, set[str]]] = {}
    for row in await session.execute(wanted):
        found.setdefault(row.document_id, {}).setdefault(row.entity_index, set()).add(row.variable)
    return found


def _coded_task(job_id: UUID, row: Row[Any], left_out: Mapping[int, set[str]], *, identified: bool) -> CodedTask:
    told = {name: row._mapping[name] for name in ("document_id", "document_name", "status", "error", "text_version")}
    message = from_plain(
        pb.CodedDocument, told | {"job_id": job_id, "receipt": row.receipt, "variables": row.variables or []}
    )
    coding = None
    if row.receipt is not None and row.status == TaskStatus.DONE:
        coding = Coding(
            entities=read_entities(row.receipt),
            chunks_sent=row.receipt.get("chunks_sent", 0),
            wording=row.receipt.get("wording", ""),
            only=row.variables,
            identified=row.variables is None or identified,
            left_out=left_out,
        )
    return CodedTask(row.document_id, row.text_version, coding, message)


async def drawn_strata(session: Session, sample_id: UUID, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The strata of a sample; `names`: of variables, by their ids."""
    strata = (
        await session.execute(select(review_samples.c.strata).where(review_samples.c.id == sample_id))
    ).scalar_one()
    kept = pb.DrawnStratum.DESCRIPTOR.fields_by_name
    plain = ({**one, "variable": names.get(one["variable_id"], "")} for one in strata)
    return [{name: value for name, value in one.items() if name in kept} for one in plain]


async def drawn_after(
    session: Session, sample_id: UUID, variables: Mapping[str, Variable], after: int, many: int
) -> list[pb.DrawnCell]:
    """The cells of a sample after a place in the order in which they are shown, `many` at most.

    `variables`: those of the project, by their ids.
    """
    s, c, e = sample_cells.c, cells.c, extractions.c
    is_there = and_(units.c.state == UnitState.PRESENT, e.status != Status.FAILED)
    wanted = (
        select(s.sample_id, s.position, s.document_id, s.unit_id, s.variable_id, s.stratum, s.inclusion_probability)
        .add_columns(s.value.label("drawn_value"), s.missing_reason.label("drawn_missing_reason"))
        .add_columns(s.confidence.label("drawn_confidence"), func.coalesce(is_there, False).label("is_there"))
        .add_columns(units.c.number.label("entity_index"), units.c.text.label("entity_text"), *SAYS)
        .join_from(sample_cells, cells, and_(c.unit_id == s.unit_id, c.variable_id == s.variable_id), isouter=True)
        .join(units, units.c.id == s.unit_id, isouter=True)
        .join(extractions, e.id == c.extraction_id, isouter=True)
        .where(s.sample_id == sample_id, s.position > after)
        .order_by(s.position)
        .limit(many)
    )
    rows = (await session.execute(wanted)).all()
    said = await _said(session, rows)
    return [_drawn_cell(row, variables.get(str(row.variable_id)), said) for row in rows]


async def _said(session: Session, rows: Sequence[Row[Any]]) -> dict[tuple[UUID, UUID], list[Feedback]]:
    """What was said of drawn cells, anywhere, and not taken back."""
    f = feedback.c
    wanted = select(feedback).where(f.unit_id == any_of([row.unit_id for row in rows]), f.undone_at.is_(None))
    drawn = {(row.unit_id, row.variable_id) for row in rows}
    found: dict[tuple[UUID, UUID], list[Feedback]] = {}
    for row in await session.execute(wanted.order_by(f.id)):
        if (row.unit_id, row.variable_id) in drawn:
            found.setdefault((row.unit_id, row.variable_id), []).append(read_feedback(row))
    return found


_OF_DRAW = ("sample_id", "position", "document_id", "unit_id", "entity_index", "entity_text", "stratum")
_AT_DRAW = ("inclusion_probability", "drawn_value", "drawn_confidence", "is_there")


def _drawn_cell(
    row: Row[Any], variable: Variable | None, said: Mapping[tuple[UUID, UUID], Sequence[Feedback]]
) -> pb.DrawnCell:
    told = {name: row._mapping[name] for name in (*_OF_DRAW, *_AT_DRAW)}
    told |= {"drawn_missing_reason": row.drawn_missing_reason or None}
    if variable is None or not row.is_there:
        return from_plain(pb.DrawnCell, told | {"variable": variable.name if variable else "", "is_there": False})
    says, confidence = of_model(row, variable)
    of_cell = said.get((row.unit_id, row.variable_id), ())
    drawn = Drawn(row.sample_id, row.stratum, row.variable_id, says, confidence, of_cell)
    told |= {"variable": variable.name, "model_confidence": confidence, "is_judged": is_judged(drawn)}
    told |= _answer("model", says)
    if (judgement := judge(variable, drawn)) is not None:
        told |= {"is_right": judgement.is_right, "is_disputed": judgement.is_disputed}
        if judgement.right is not None:
            told |= {"has_right": True} | _answer("right", judgement.right)
    return from_plain(pb.DrawnCell, told)


def _answer(whose: str, answer: Answer) -> dict[str, Any]:
    return {f"{whose}_value": answer.value, f"{whose}_missing_reason": answer.missing_reason}
