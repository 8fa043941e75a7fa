"""What people keep for themselves: views that nobody else sees or changes, and when they last saw a project."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import AlreadyExists, Conflict, InvalidInput, NotFound
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import personal_service_pb2 as pb
from coderai.projects.v1 import personal_service_pb2_grpc as stubs
from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.services.projects.adapters.personal_store import PersonalsStore
from coderai.services.projects.entrypoints.personal_service import PersonalServicer
from tests.integration.projects.conftest import KEY, person
from tests.integration.projects.test_projects import project
from tests.support.stack import ServiceDatabases

pytestmark = pytest.mark.usefixtures("signed_in")
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
COLUMNS = [{"column": "document", "width": 240, "pinned": True}, {"column": str(new_id()), "width": 0, "pinned": False}]


class Clock:
    """A time that tests set."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def own(service_dsns: ServiceDatabases, clock: Clock) -> AsyncIterator[Any]:
    """A stub of the running service; calls act as the current identity."""
    db = Database(service_dsns["projects"].application, "projects")
    servicer = PersonalServicer(partial(db.session, kind=PersonalsStore), clock)
    register = partial(stubs.add_PersonalServiceServicer_to_server, servicer)
    async with (
        serving("projects", "127.0.0.1:0", KEY, register, ["coderai.projects.v1.PersonalService"]) as port,
        PeerChannel("projects", f"127.0.0.1:{port}", KEY) as channel,
    ):
        yield stubs.PersonalServiceStub(channel)
    await db.close()


def colleague(who: identity.Identity) -> Any:
    """Acts as a viewer of the same workspace."""
    return identity.acting_as(identity.Identity(who.workspace_id, new_id(), identity.Role.VIEWER, "test"))


async def keep(own: Any, project_id: str, name: str = "Doubtful", **fields: Any) -> Any:
    plain = {"project_id": project_id, "view": {"name": name, **fields}}
    return (await own.CreateView(from_plain(pb.CreateViewRequest, plain))).view


async def change(own: Any, view_id: str, **fields: Any) -> Any:
    plain = {"view_id": view_id, "view": fields, "update_mask": {"paths": list(fields)}}
    return (await own.UpdateView(from_plain(pb.UpdateViewRequest, plain))).view


async def names(own: Any, project_id: str) -> list[str]:
    return [view.name for view in (await own.ListViews(pb.ListViewsRequest(project_id=project_id))).items]


async def test_a_view_lives(projects: Any, own: Any) -> None:
    made = await project(projects)
    fields = {"filter": ["participants>=100", "any.status=FLAGGED"], "sort": "-participants", "columns": COLUMNS}
    kept = await keep(own, made.id, "  Large ones ", **fields)
    assert to_plain(kept) == {
        "id": kept.id,
        "project_id": made.id,
        "name": "Large ones",
        "created_at": kept.created_at,
        **fields,
    }
    changed = await change(own, kept.id, sort="", columns=COLUMNS[::-1])
    assert to_plain(changed) == to_plain(kept) | {"sort": "", "columns": COLUMNS[::-1]}
    await keep(own, made.id, "all")
    assert await names(own, made.id) == ["all", "Large ones"]
    await own.DeleteView(pb.DeleteViewRequest(view_id=kept.id))
    assert await names(own, made.id) == ["all"]
    with pytest.raises(NotFound):
        await own.DeleteView(pb.DeleteViewRequest(view_id=kept.id))


async def test_a_name_is_taken_once_by_each_user_in_each_project(
    projects: Any, own: Any, signed_in: identity.Identity
) -> None:
    made, other = await project(projects), await project(projects)
    first, second = await keep(own, made.id, "Large"), await keep(own, made.id, "Small")
    with pytest.raises(AlreadyExists) as caught:
        await keep(own, made.id, "LARGE")
    assert (caught.value.code, list(caught.value.fields)) == ("view_name_taken", ["name"])
    with pytest.raises(AlreadyExists):
        await change(own, second.id, name="large")
    assert (await change(own, first.id, name="LARGE")).name == "LARGE"
    await keep(own, other.id, "Large")
    with colleague(signed_in):
        await keep(own, made.id, "Large")


async def test_nobody_else_sees_or_changes_it(projects: Any, own: Any, signed_in: identity.Identity) -> None:
    made = await project(projects)
    kept = await keep(own, made.id)
    stranger = identity.Identity(new_id(), signed_in.user_id, identity.Role.OWNER, "test")
    for others in (colleague(signed_in), identity.acting_as(stranger), identity.acting_as(person())):
        with others:
            for refused in (change(own, kept.id, name="Mine"), own.DeleteView(pb.DeleteViewRequest(view_id=kept.id))):
                with pytest.raises(NotFound) as caught:
                    await refused
                assert caught.value.code == "view_not_found"
            if identity.current().workspace_id == signed_in.workspace_id:
                assert await names(own, made.id) == []
                continue
            for call in (names(own, made.id), keep(own, made.id)):
                with pytest.raises(NotFound) as caught:
                    await call
                assert caught.value.code == "project_not_found"
    assert await names(own, made.id) == ["Doubtful"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"name": " "}, "name"),
        ({"columns": [{"column": "participants"}]}, "columns.0.column"),
        ({"columns": [{"column": "document"}, {"column": "document"}]}, "columns.1.column"),
        ({"columns": [{"column": "entity", "width": 5}]}, "columns.0.width"),
    ],
)
async def test_what_makes_no_sense_is_refused(projects: Any, own: Any, fields: dict[str, Any], where: str) -> None:
    made = await project(projects)
    kept = await keep(own, made.id, "kept")
    for call in (keep(own, made.id, **fields), change(own, kept.id, **fields)):
        with pytest.raises(InvalidInput) as caught:
            await call
        assert (caught.value.code, list(caught.value.fields)) == ("view_invalid", [where])
    assert await names(own, made.id) == ["kept"]


async def test_of_two_that_are_kept_at_once_neither_is_one_too_many(
    projects: Any, own: Any, signed_in: identity.Identity
) -> None:
    made = await project(projects)
    for number in range(49):
        await keep(own, made.id, f"view {number}")
    both = await asyncio.gather(*(keep(own, made.id, name) for name in ("a", "b")), return_exceptions=True)
    (refused,) = [one for one in both if isinstance(one, BaseException)]
    assert isinstance(refused, Conflict) and refused.code == "too_many_views"
    assert len(await names(own, made.id)) == 50
    with colleague(signed_in):
        await keep(own, made.id)


async def test_what_is_kept_goes_with_its_project(projects: Any, own: Any) -> None:
    made = await project(projects)
    kept = await keep(own, made.id)
    await own.MarkProjectSeen(pb.MarkProjectSeenRequest(project_id=made.id))
    await projects.DeleteProject(projects_pb.DeleteProjectRequest(project_id=made.id))
    mark = pb.MarkProjectSeenRequest(project_id=made.id)
    for call in (change(own, kept.id, sort="document"), own.MarkProjectSeen(mark)):
        with pytest.raises(NotFound):
            await call


async def test_when_a_project_was_seen_is_told_to_who_saw_it(
    projects: Any, own: Any, clock: Clock, signed_in: identity.Identity
) -> None:
    async def seen() -> list[str]:
        found = (await projects.GetProject(projects_pb.GetProjectRequest(project_id=made.id))).project
        listed = (await projects.ListProjects(projects_pb.ListProjectsRequest())).items
        assert found == listed[0]
        return [one.seen_at for one in listed]

    made = await project(projects)
    await project(projects)
    assert await seen() == ["", ""]
    mark = pb.MarkProjectSeenRequest(project_id=made.id)
    assert (await own.MarkProjectSeen(mark)).seen_at == "2026-11-27T09:00:00.000Z"
    clock.now = NOW + timedelta(hours=1)
    await own.MarkProjectSeen(mark)
    clock.now = NOW - timedelta(hours=1)
    assert (await own.MarkProjectSeen(mark)).seen_at == "2026-11-27T10:00:00.000Z", "never back"
    assert await seen() == ["2026-11-27T10:00:00.000Z", ""]
    with colleague(signed_in):
        assert await seen() == ["", ""]
