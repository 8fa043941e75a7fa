"""The store of what people keep for themselves, in Postgres: each statement names the user whose it is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from coderai.kit.ids import new_id
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.adapters.tables import projects, views, visits
from coderai.services.projects.domain.problems import ProjectNotFound, ViewNameTaken, ViewNotFound
from coderai.services.projects.domain.view import View, ViewColumn


class PersonalsStore(ProjectsStore):
    """usecases.personal.PersonalStore over one tenant transaction."""

    async def must_exist(self, project_id: UUID) -> None:
        # Kept until the end of the transaction: a project that is deleted meanwhile takes what refers to it along.
        found = select(projects.c.id).where(projects.c.id == project_id).with_for_update(read=True, key_share=True)
        if (await self.execute(found)).one_or_none() is None:
            raise ProjectNotFound()

    async def count_views(self, project_id: UUID, user_id: UUID) -> int:
        own = select(func.count()).where(views.c.project_id == project_id, views.c.user_id == user_id)
        return int((await self.execute(own)).scalar_one())

    async def view(self, view_id: UUID, user_id: UUID) -> View:
        own = select(views).where(views.c.id == view_id, views.c.user_id == user_id)
        row = (await self.execute(own.with_for_update())).one_or_none()
        if row is None:
            raise ViewNotFound()
        return view_from(row)

    async def add_view(self, view: View, user_id: UUID) -> None:
        own = {"workspace_id": self.workspace_id, "user_id": user_id}
        await self._write_view(view, insert(views).values(**own, **_columns(view)))

    async def save_view(self, view: View) -> None:
        await self._write_view(view, update(views).where(views.c.id == view.id).values(**_columns(view)))

    async def remove_view(self, view_id: UUID) -> None:
        await self.execute(delete(views).where(views.c.id == view_id))

    async def save_visit(self, project_id: UUID, user_id: UUID, now: datetime) -> None:
        key = {"workspace_id": self.workspace_id, "project_id": project_id, "user_id": user_id}
        visit = insert(visits).values(id=new_id(), seen_at=now, **key)
        latest = func.greatest(visits.c.seen_at, visit.excluded.seen_at)
        await self.execute(
            visit.on_conflict_do_update(index_elements=["project_id", "user_id"], set_={"seen_at": latest})
        )

    async def _write_view(self, view: View, statement: Any) -> None:
        try:
            await self.execute(statement)
        except IntegrityError as error:
            message = f"you have a view {view.name!r} of this project already"
            raise ViewNameTaken(message, fields={"name": message}) from error


def _columns(view: View) -> dict[str, Any]:
    return asdict(view) | {"filter": list(view.filter), "columns": [asdict(column) for column in view.columns]}


def view_from(row: Any) -> View:
    """A view from its row."""
    columns = tuple(ViewColumn(**column) for column in row.columns)
    return View(row.id, row.project_id, row.name, tuple(row.filter), row.sort, columns)
