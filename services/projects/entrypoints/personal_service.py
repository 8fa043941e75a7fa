"""The RPCs of the personal service: each calls a use case or a query for the caller alone, and answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from coderai.kit import identity
from coderai.kit.errors import Forbidden
from coderai.kit.ids import new_id, parse_id
from coderai.kit.wire import rfc3339, to_plain
from coderai.projects.v1 import personal_service_pb2 as pb
from coderai.projects.v1 import personal_service_pb2_grpc
from coderai.services.projects.adapters.personal_store import PersonalsStore
from coderai.services.projects.entrypoints.masks import masked
from coderai.services.projects.queries import personal as queries
from coderai.services.projects.usecases import personal

OpenPersonal = Callable[[UUID], AbstractAsyncContextManager[PersonalsStore]]


class PersonalServicer(personal_service_pb2_grpc.PersonalServiceServicer):
    """coderai.projects.v1.PersonalService."""

    def __init__(self, open_store: OpenPersonal, now: Callable[[], datetime]) -> None:
        self._open_store = open_store
        self._now = now

    def _store(self) -> AbstractAsyncContextManager[PersonalsStore]:
        return self._open_store(identity.current().workspace_id)

    async def CreateView(self, request: pb.CreateViewRequest, context: Any) -> pb.CreateViewResponse:
        project_id, view_id, user_id = parse_id(request.project_id, "project"), new_id(), _user()
        async with self._store() as store:
            await personal.create_view(store, user_id, project_id, view_id, to_plain(request.view))
        async with self._store() as store:
            return pb.CreateViewResponse(view=await queries.get_view(store, user_id, view_id))

    async def ListViews(self, request: pb.ListViewsRequest, context: Any) -> pb.ListViewsResponse:
        project_id = parse_id(request.project_id, "project")
        async with self._store() as store:
            return pb.ListViewsResponse(items=await queries.list_views(store, _user(), project_id))

    async def UpdateView(self, request: pb.UpdateViewRequest, context: Any) -> pb.UpdateViewResponse:
        view_id, user_id = parse_id(request.view_id, "view"), _user()
        async with self._store() as store:
            await personal.update_view(store, user_id, view_id, masked(request.view, request.update_mask))
        async with self._store() as store:
            return pb.UpdateViewResponse(view=await queries.get_view(store, user_id, view_id))

    async def DeleteView(self, request: pb.DeleteViewRequest, context: Any) -> pb.DeleteViewResponse:
        async with self._store() as store:
            await personal.delete_view(store, _user(), parse_id(request.view_id, "view"))
        return pb.DeleteViewResponse()

    async def MarkProjectSeen(self, request: pb.MarkProjectSeenRequest, context: Any) -> pb.MarkProjectSeenResponse:
        project_id, user_id = parse_id(request.project_id, "project"), _user()
        async with self._store() as store:
            await personal.mark_seen(store, user_id, project_id, self._now())
        async with self._store() as store:
            seen_at = await queries.seen_at(store, user_id, project_id)
        return pb.MarkProjectSeenResponse(seen_at=rfc3339(seen_at))


def _user() -> UUID:
    """The person who acts. Raises Forbidden: nobody does."""
    user_id = identity.current().user_id
    if user_id is None:
        raise Forbidden("only a person has views, and sees projects")
    return user_id
