"""What people keep for themselves in a project: views of its dataset, and when they last saw it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from coderai.services.projects.domain.problems import TooManyViews
from coderai.services.projects.domain.view import MOST_VIEWS, View
from coderai.services.projects.usecases.ports import Store


class PersonalStore(Store, Protocol):
    """A store that keeps what is one user's own, too."""

    async def must_exist(self, project_id: UUID) -> None:
        """Raises ProjectNotFound."""
        ...

    async def count_views(self, project_id: UUID, user_id: UUID) -> int: ...

    async def view(self, view_id: UUID, user_id: UUID) -> View:
        """The user's view, locked until the end of the transaction. Raises ViewNotFound."""
        ...

    async def add_view(self, view: View, user_id: UUID) -> None:
        """Raises ViewNameTaken."""
        ...

    async def save_view(self, view: View) -> None:
        """Raises ViewNameTaken."""
        ...

    async def remove_view(self, view_id: UUID) -> None: ...

    async def save_visit(self, project_id: UUID, user_id: UUID, now: datetime) -> None:
        """Notes when a user saw a project; never an earlier time than is noted already."""
        ...


async def create_view(
    store: PersonalStore, user_id: UUID, project_id: UUID, view_id: UUID, plain: Mapping[str, Any]
) -> None:
    """Keeps a view for a user.

    Raises:
        ProjectNotFound, ViewInvalid, ViewNameTaken, TooManyViews
    """
    await store.project(project_id)  # locked, so that of two at once neither is one too many
    view = View(view_id, project_id).changed(plain)
    if await store.count_views(project_id, user_id) >= MOST_VIEWS:
        raise TooManyViews()
    await store.add_view(view, user_id)
    await store.commit()


async def update_view(store: PersonalStore, user_id: UUID, view_id: UUID, plain: Mapping[str, Any]) -> None:
    """Changes the fields in `plain`. Raises ViewNotFound, ViewInvalid, ViewNameTaken."""
    view = await store.view(view_id, user_id)
    await store.save_view(view.changed(plain))
    await store.commit()


async def delete_view(store: PersonalStore, user_id: UUID, view_id: UUID) -> None:
    """Removes a user's view. Raises ViewNotFound."""
    await store.view(view_id, user_id)
    await store.remove_view(view_id)
    await store.commit()


async def mark_seen(store: PersonalStore, user_id: UUID, project_id: UUID, now: datetime) -> None:
    """Notes that a user has seen a project. Raises ProjectNotFound."""
    await store.must_exist(project_id)
    await store.save_visit(project_id, user_id, now)
    await store.commit()
