"""What goes on in projects, for lists of them: a statement for each thing, whatever the number of projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.db import Session, any_of
from coderai.services.extractor.adapters.dataset_tables import feedback, units
from coderai.services.extractor.adapters.rows import JOB
from coderai.services.extractor.adapters.tables import jobs, model_usage
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.domain.jobs.job import ENDED
from coderai.services.extractor.queries.jobs import job_message


async def list_activity(session: Session, project_ids: Sequence[UUID], month: date) -> list[pb.ProjectActivity]:
    """What goes on in each of some projects, in the order of the ids; `month`: its first day."""
    found = {one: pb.ProjectActivity(project_id=str(one)) for one in project_ids}
    for statement in (_rows(project_ids), _reviewed(project_ids), _spent(project_ids, month)):
        for row in await session.execute(statement):
            _fill(found[row.project_id], row._mapping)
    for row in await session.execute(_newest_jobs(project_ids)):
        name = "last_job" if row.status in ENDED else "active_job"
        getattr(found[row.project_id], name).CopyFrom(job_message(row))
    return list(found.values())


def _fill(activity: pb.ProjectActivity, values: Mapping[Any, Any]) -> None:
    for name, value in values.items():
        if name != "project_id":
            setattr(activity, name, value)


def _rows(project_ids: Sequence[UUID]) -> Select[Any]:
    present = select(units.c.project_id, func.count().label("rows")).where(units.c.state == UnitState.PRESENT)
    return present.where(units.c.project_id == any_of(project_ids)).group_by(units.c.project_id)


def _reviewed(project_ids: Sequence[UUID]) -> Select[Any]:
    """Counted by feedback, as there is less of it than of cells: a project may have 500,000 of these."""
    f = feedback.c
    stands = (f.project_id == any_of(project_ids), f.undone_at.is_(None), units.c.state == UnitState.PRESENT)
    judged = select(f.project_id, f.unit_id, f.variable_id).join_from(feedback, units, units.c.id == f.unit_id)
    each = judged.where(*stands).distinct().subquery()
    return select(each.c.project_id, func.count().label("reviewed_cells")).group_by(each.c.project_id)


def _spent(project_ids: Sequence[UUID], month: date) -> Select[Any]:
    u, of_month = model_usage.c, model_usage.c.day >= month
    tokens = u.tokens_in + u.tokens_out
    sums = {
        "cost_of_month": func.coalesce(func.sum(u.cost).filter(of_month), 0.0),
        "cost": func.sum(u.cost),
        "tokens_of_month": cast(func.coalesce(func.sum(tokens).filter(of_month), 0), BigInteger),
        "tokens": cast(func.sum(tokens), BigInteger),
    }
    named = [total.label(name) for name, total in sums.items()]
    return select(u.project_id, *named).where(u.project_id == any_of(project_ids)).group_by(u.project_id)


def _newest_jobs(project_ids: Sequence[UUID]) -> Select[Any]:
    """Of each project the job that has not ended, of which there is one at most, and the one that ended last."""
    j = jobs.c
    has_ended = j.status.in_(ENDED)
    wanted = select(*JOB).where(j.project_id == any_of(project_ids)).ext(distinct_on(j.project_id, has_ended))
    return wanted.order_by(j.project_id, has_ended, j.finished_at.desc().nulls_last(), j.id.desc())
