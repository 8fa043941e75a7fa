"""Two people change one thing at once: who has not seen what the other did is told so, and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select, text

from coderai.kit.db import Database
from coderai.kit.errors import Changed, NotFound
from coderai.kit.wire import from_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.adapters.tables import projects as table
from tests.integration.projects.test_projects import change, get, project, variable
from tests.support.stack import ServiceDatabases

pytestmark = pytest.mark.usefixtures("signed_in")
WAITS = text(
    "select count(*) from pg_locks where not granted and pid in"
    " (select pid from pg_stat_activity where usename = 'coderai_projects')"
)


@pytest.fixture
async def held(service_dsns: ServiceDatabases, signed_in: Any) -> AsyncIterator[Callable[[str], Any]]:
    """A block in which a project is locked; its value waits until so many transactions wait for that."""
    db = Database(service_dsns["projects"].application, "projects")

    @asynccontextmanager
    async def lock(project_id: str) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
        async with db.session(signed_in.workspace_id, ProjectsStore) as session:
            await session.execute(select(table).where(table.c.id == project_id).with_for_update())
            yield until_waiting

    async def until_waiting(count: int) -> None:
        async with asyncio.timeout(20):
            while True:
                async with db.sweep() as connection:
                    if (await connection.execute(WAITS)).scalar_one() >= count:
                        return
                await asyncio.sleep(0.01)

    yield lock
    await db.close()


async def change_project(projects: Any, project_id: str, *expected: str, **fields: Any) -> Any:
    plain = {"project_id": project_id, "update_mask": {"paths": list(fields)}, "expected_etags": expected, **fields}
    return (await projects.UpdateProject(from_plain(pb.UpdateProjectRequest, plain))).project


async def change_variable(projects: Any, variable_id: str, *expected: str, **fields: Any) -> Any:
    plain = {"variable_id": variable_id, "variable": fields, "update_mask": {"paths": list(fields)}}
    request = from_plain(pb.UpdateVariableRequest, plain | {"expected_etags": expected})
    return (await projects.UpdateVariable(request)).variable


@pytest.mark.parametrize("first", ["rename", "explain"])
async def test_of_two_who_change_a_variable_at_once_one_wins(projects: Any, held: Any, first: str) -> None:
    made = await project(projects)
    seen = await variable(projects, made.id, "place")
    edits = {"rename": {"name": "location"}, "explain": {"instructions": "Where it happened."}}
    second = next(name for name in edits if name != first)
    async with held(made.id) as until_waiting:
        winner = asyncio.create_task(change_variable(projects, seen.id, seen.etag, **edits[first]))
        await until_waiting(1)
        loser = asyncio.create_task(change_variable(projects, seen.id, seen.etag, **edits[second]))
        await until_waiting(2)

    changed = await winner
    with pytest.raises(Changed) as caught:
        await loser
    assert caught.value.code == "variable_changed"
    assert await get(projects, seen.id) == changed
    assert (changed.name == "location", bool(changed.instructions)) == (first == "rename", first == "explain")
    assert changed.etag != seen.etag

    both = await change_variable(projects, seen.id, changed.etag, **edits[second])
    assert (both.name, both.instructions) == ("location", "Where it happened.")


async def test_without_a_condition_two_changes_of_different_fields_both_stand(projects: Any, held: Any) -> None:
    made = await project(projects)
    seen = await variable(projects, made.id, "place")
    async with held(made.id) as until_waiting:
        both = [
            asyncio.create_task(change_variable(projects, seen.id, **fields))
            for fields in ({"required": True}, {"instructions": "Where it happened."})
        ]
        await until_waiting(2)
    await asyncio.gather(*both)
    now = await get(projects, seen.id)
    assert (now.required, now.instructions) == (True, "Where it happened.")


@pytest.mark.parametrize("first", ["change", "delete"])
async def test_of_a_change_and_a_deletion_at_once_one_wins(projects: Any, held: Any, first: str) -> None:
    made = await project(projects)
    seen = await variable(projects, made.id, "place")
    gone = pb.DeleteVariableRequest(variable_id=seen.id, expected_etags=[seen.etag])
    acts = {
        "change": lambda: change_variable(projects, seen.id, seen.etag, required=True),
        "delete": lambda: projects.DeleteVariable(gone),
    }
    second = next(name for name in acts if name != first)
    async with held(made.id) as until_waiting:
        winner = asyncio.create_task(acts[first]())
        await until_waiting(1)
        loser = asyncio.create_task(acts[second]())
        await until_waiting(2)
    await winner
    with pytest.raises(Changed if first == "change" else NotFound):
        await loser


@pytest.mark.parametrize("names", [("A", "B"), ("B", "A")])
async def test_of_two_who_change_a_project_at_once_one_wins(projects: Any, held: Any, names: tuple[str, str]) -> None:
    seen = await project(projects)
    async with held(seen.id) as until_waiting:
        acts = []
        for count, name in enumerate(names, start=1):
            acts.append(asyncio.create_task(change_project(projects, seen.id, seen.etag, name=name)))
            await until_waiting(count)
    assert (await acts[0]).name == names[0]
    with pytest.raises(Changed) as caught:
        await acts[1]
    assert caught.value.code == "project_changed"
    with pytest.raises(Changed):
        await projects.DeleteProject(pb.DeleteProjectRequest(project_id=seen.id, expected_etags=[seen.etag]))
    await projects.DeleteProject(pb.DeleteProjectRequest(project_id=seen.id, expected_etags=["*"]))


async def test_a_variables_etag_tells_what_defines_it_and_nothing_else(projects: Any) -> None:
    made = await project(projects)
    other = await variable(projects, made.id, "form")
    seen = await variable(projects, made.id, "place", depends_on=[{"variable": "form", "operator": "IS_PRESENT"}])
    await projects.GeneratePrompt(pb.GeneratePromptRequest(variable_id=seen.id, text="Where was it?"))
    await projects.ReorderVariables(pb.ReorderVariablesRequest(project_id=made.id, variable_ids=[seen.id, other.id]))
    moved = await get(projects, seen.id)
    assert (moved.position, moved.active_prompt.version, moved.etag) == (0, 2, seen.etag)

    await change(projects, other.id, name="shape")
    followed = await get(projects, seen.id)
    assert (followed.depends_on[0].variable, followed.etag != seen.etag) == ("shape", True)
    await change(projects, other.id, name="form")
    assert (await get(projects, seen.id)).etag == seen.etag
    listed = await projects.ListVariables(pb.ListVariablesRequest(project_id=made.id))
    assert listed.items[0].etag == seen.etag


async def test_a_projects_etag_is_not_moved_by_where_it_stands(projects: Any) -> None:
    made = await project(projects)
    await variable(projects, made.id, "place")
    now = (await projects.GetProject(pb.GetProjectRequest(project_id=made.id))).project
    assert (now.status != made.status, now.etag) == (True, made.etag)
    assert (await projects.ListProjects(pb.ListProjectsRequest())).items[0].etag == made.etag
    assert (await change_project(projects, made.id, made.etag, domain="news")).etag != made.etag


@pytest.mark.parametrize("weak", ["W/{}", '"*"', '"other"'])
async def test_what_matches_nothing_changes_nothing(projects: Any, weak: str) -> None:
    made = await project(projects)
    with pytest.raises(Changed):
        await change_project(projects, made.id, weak.format(made.etag), name="B")
    assert (await change_project(projects, made.id, '"other"', made.etag, name="B")).name == "B"
