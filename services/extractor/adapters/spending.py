"""What is spent on models, in rows: a ledger by day, what is set aside for the co-pilot, and workspaces' budgets."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Subquery, delete, func, select, true
from sqlalchemy.dialects.postgresql import insert

from coderai.kit.db import Session
from coderai.kit.ids import new_id
from coderai.kit.model_replies import Usage
from coderai.services.extractor.adapters.tables import jobs, model_reservations, model_usage, tasks, workspace_budgets
from coderai.services.extractor.domain.jobs.job import TaskStatus
from coderai.services.extractor.domain.jobs.spending import Purpose, Spent, Taken

FORGOTTEN_AFTER = timedelta(minutes=15)
"""After which nobody will settle a reservation any more: no question takes that long."""
_KEY = ("workspace_id", "project_id", "day", "purpose", "model")
_COUNTS = ("calls", "tokens_in", "tokens_out", "tokens_cached", "cost")


async def book(
    session: Session, project_id: UUID, day: date, purpose: Purpose, model: str, usage: Usage, cost: float
) -> None:
    """Adds to what was spent on a day."""
    counts = {
        "calls": usage.calls,
        "tokens_in": usage.tokens_in,
        "tokens_out": usage.tokens_out,
        "tokens_cached": usage.tokens_cached,
        "cost": cost,
    }
    key = {"workspace_id": session.workspace_id, "project_id": project_id, "day": day, "purpose": purpose}
    statement = insert(model_usage).values(id=new_id(), model=model, **key, **counts)
    added = {name: model_usage.c[name] + statement.excluded[name] for name in _COUNTS}
    await session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=added))


async def lock(session: Session) -> None:
    """Waits until no other transaction of the workspace reserves: each then sees those before it."""
    key = func.hashtextextended(f"spending {session.workspace_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def taken(session: Session, project_id: UUID, now: datetime) -> Taken:
    """What the project and its workspace have spent and set aside."""
    booked, under_way, held = _booked(project_id, now), _under_way(project_id), _held(project_id, now)
    parts = select(booked, under_way, held).join_from(booked, under_way, true()).join(held, true())
    row = (await session.execute(parts)).one()
    reserved = row.reserved + row.held
    return Taken(
        project=Spent(row.project + row.project_used, row.project_reserved + row.project_held),
        month=Spent(row.month + row.used, reserved),
        day=Spent(row.day + row.used, reserved),
        dollars=row.dollars,
    )


def _booked(project_id: UUID, now: datetime) -> Subquery:
    """What the ledger has."""
    today, month = now.date(), now.date().replace(day=1)
    own, of_month = model_usage.c.project_id == project_id, model_usage.c.day >= month
    tokens = model_usage.c.tokens_in + model_usage.c.tokens_out
    dollars = func.sum(model_usage.c.cost).filter(model_usage.c.day == today)
    totals = (
        _total(tokens, own).label("project"),
        _total(tokens, of_month).label("month"),
        _total(tokens, model_usage.c.day == today).label("day"),
        func.coalesce(dollars, 0.0).label("dollars"),
    )
    return select(*totals).where(own | of_month).subquery()


def _under_way(project_id: UUID) -> Subquery:
    """What tasks under way have used, which the ledger does not have yet, and what they have set aside."""
    used, own = tasks.c.tokens_in + tasks.c.tokens_out, jobs.c.project_id == project_id
    totals = (
        _total(used, own).label("project_used"),
        _total(used).label("used"),
        _total(tasks.c.tokens_reserved, own).label("project_reserved"),
        _total(tasks.c.tokens_reserved).label("reserved"),
    )
    found = select(*totals).join_from(tasks, jobs, jobs.c.id == tasks.c.job_id)
    return found.where(tasks.c.status == TaskStatus.QUEUED, tasks.c.tokens_reserved + used > 0).subquery()


def _held(project_id: UUID, now: datetime) -> Subquery:
    """What is set aside for questions that no task puts."""
    tokens, own = model_reservations.c.tokens, model_reservations.c.project_id == project_id
    found = select(_total(tokens, own).label("project_held"), _total(tokens).label("held"))
    return found.where(model_reservations.c.created_at > now - FORGOTTEN_AFTER).subquery()


async def hold(session: Session, project_id: UUID, tokens: int, now: datetime) -> UUID:
    """Sets tokens aside for a question that no task puts; returns the reservation's id."""
    await session.execute(delete(model_reservations).where(model_reservations.c.created_at <= now - FORGOTTEN_AFTER))
    reservation_id = new_id()
    values = {"workspace_id": session.workspace_id, "created_at": now, "project_id": project_id, "tokens": tokens}
    await session.execute(insert(model_reservations).values(id=reservation_id, **values))
    return reservation_id


async def release(session: Session, reservation_id: UUID) -> bool:
    """Frees a reservation; False when there is none: it was settled before, or forgotten."""
    gone = await session.execute(delete(model_reservations).where(model_reservations.c.id == reservation_id))
    return bool(gone.rowcount)


async def workspace_budget(session: Session) -> int:
    """Tokens that the workspace may use in a month; 0 for no limit."""
    return (await session.execute(select(workspace_budgets.c.tokens_a_month))).scalar_one_or_none() or 0


async def set_workspace_budget(session: Session, tokens_a_month: int) -> None:
    """Sets it."""
    statement = insert(workspace_budgets).values(
        id=new_id(), workspace_id=session.workspace_id, tokens_a_month=tokens_a_month
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id"], set_={"tokens_a_month": statement.excluded.tokens_a_month}
        )
    )


def _total(column: Any, of: ColumnElement[bool] | None = None) -> Any:
    total = func.sum(column) if of is None else func.sum(column).filter(of)
    return func.coalesce(total, 0).cast(BigInteger)
