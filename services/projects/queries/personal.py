"""Reads of what people keep for themselves: SQL -> messages, of one user alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from coderai.kit.db import Session
from coderai.kit.wire import from_plain
from coderai.projects.v1.personal_service_pb2 import View
from coderai.services.projects.adapters.tables import views, visits
from coderai.services.projects.domain.problems import ViewNotFound
from coderai.services.projects.queries.projects import get_project

_HIDDEN = ("workspace_id", "user_id")


async def get_view(session: Session, user_id: UUID, view_id: UUID) -> View:
    """A view of the user's. Raises ViewNotFound."""
    own = select(views).where(views.c.id == view_id, views.c.user_id == user_id)
    row = (await session.execute(own)).one_or_none()
    if row is None:
        raise ViewNotFound()
    return _view(row)


async def list_views(session: Session, user_id: UUID, project_id: UUID) -> list[View]:
    """The user's views of a project, by name. Raises ProjectNotFound."""
    await get_project(session, project_id)
    own = select(views).where(views.c.project_id == project_id, views.c.user_id == user_id)
    return [_view(row) for row in await session.execute(own.order_by(func.lower(views.c.name)))]


async def seen_at(session: Session, user_id: UUID, project_id: UUID) -> datetime | None:
    """When the user last saw a project; None when they never did."""
    own = select(visits.c.seen_at).where(visits.c.project_id == project_id, visits.c.user_id == user_id)
    return (await session.execute(own)).scalar_one_or_none()


def _view(row: Any) -> View:
    return from_plain(View, {name: value for name, value in row._mapping.items() if name not in _HIDDEN})
