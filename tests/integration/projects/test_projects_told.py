"""What the projects service records of who did what: with each change, once, and nothing of one that is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.audit.v1 import audit_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.audit_service import AUDIT_SERVICE, add_audit
from coderai.kit.db import Database
from coderai.kit.errors import CoderAIError, Forbidden
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from tests.integration.projects.conftest import KEY
from tests.integration.projects.test_projects import change, project, variable
from tests.integration.projects.test_schema_changes import creating, do, in_context, removing, updating
from tests.support.stack import ServiceDatabases

Entries = Callable[[], Awaitable[list[dict[str, Any]]]]
QUOTED = "300 people marched to the square"


@pytest.fixture
async def entries(service_dsns: ServiceDatabases, signed_in: identity.Identity) -> AsyncIterator[Entries]:
    """Lists what was recorded, oldest first, as the service serves it."""
    db = Database(service_dsns["projects"].application, "projects")

    def register(server: Any) -> None:
        add_audit(server, db)

    async with (
        serving("projects", "127.0.0.1:0", KEY, register, [AUDIT_SERVICE]) as port,
        PeerChannel("projects", f"127.0.0.1:{port}", KEY) as channel,
    ):
        stub: Any = audit_service_pb2_grpc.AuditServiceStub(channel)

        async def listed() -> list[dict[str, Any]]:
            reply = await stub.ListAuditEntries(audit.ListAuditEntriesRequest(page_size=200))
            return [to_plain(entry, nulls=True) for entry in reversed(reply.items)]

        yield listed
    await db.close()


def told(entry: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    return entry["kind"], entry["thing_name"], {one["field"]: (one["before"], one["after"]) for one in entry["changes"]}


async def test_a_projects_life_stays_listed_when_it_is_gone(
    projects: Any, entries: Entries, signed_in: identity.Identity
) -> None:
    made = await project(projects, name="Marches")
    mask = {"paths": ["name", "token_budget"]}
    renamed = {"project_id": made.id, "name": "Strikes", "token_budget": 5000, "update_mask": mask}
    for _ in range(2):
        await projects.UpdateProject(from_plain(pb.UpdateProjectRequest, renamed))
    await projects.DeleteProject(pb.DeleteProjectRequest(project_id=made.id))

    listed = await entries()

    assert [told(entry) for entry in listed] == [
        ("PROJECT_CREATED", "Marches", {}),
        ("PROJECT_CHANGED", "Strikes", {"name": ("Marches", "Strikes"), "token_budget": (0, 5000)}),
        ("PROJECT_DELETED", "Strikes", {}),
    ]
    assert {entry["project_id"] for entry in listed} == {entry["thing_id"] for entry in listed} == {made.id}
    assert {entry["actor"]["user_id"] for entry in listed} == {str(signed_in.user_id)}
    assert {entry["correlation_id"] for entry in listed} == {"test"}


async def test_variables_and_prompts_are_told_without_their_texts(projects: Any, entries: Entries) -> None:
    made = await project(projects)
    first = await variable(projects, made.id, name="size", type="NUMBER")
    if_counted = [{"variable": "size", "operator": "IS_PRESENT"}]
    second = await variable(projects, made.id, name="place", depends_on=if_counted)
    examples = [{"text": QUOTED, "value": "300"}]
    fields: dict[str, Any] = {"name": "count", "golden_examples": examples, "instructions": "How many? " * 50}
    await change(projects, first.id, **fields)
    text = pb.GeneratePromptRequest(variable_id=first.id, text="Count them: {document}")
    written = (await projects.GeneratePrompt(text)).prompt
    await projects.ActivatePrompt(pb.ActivatePromptRequest(prompt_id=written.id))
    order = pb.ReorderVariablesRequest(project_id=made.id, variable_ids=[second.id, first.id])
    await projects.ReorderVariables(order)
    await projects.ReorderVariables(order)
    await projects.DeleteVariable(pb.DeleteVariableRequest(variable_id=second.id))

    listed = await entries()
    kinds = [(kind, name) for kind, name, _ in map(told, listed)]
    changes = [changes for _, _, changes in map(told, listed)]

    assert kinds[1:] == [
        ("VARIABLE_CREATED", "size"),
        ("VARIABLE_CREATED", "place"),
        ("VARIABLE_CHANGED", "count"),
        ("VARIABLE_CHANGED", "place"),
        ("PROMPT_ACTIVATED", "count"),
        ("VARIABLES_REORDERED", listed[0]["thing_name"]),
        ("VARIABLE_DELETED", "place"),
    ]
    assert changes[3]["name"] == ("size", "count") and changes[3]["golden_examples"] == (0, 1)
    assert len(changes[3]["instructions"][1]) == 200 and "depends_on" in changes[4]
    assert changes[5]["version"] == (written.version - 1, written.version)
    assert changes[6] == {"order": (["count", "place"], ["place", "count"])}
    assert QUOTED not in str(listed) and "Count them" not in str(listed)


async def test_a_change_that_is_done_again_or_refused_adds_nothing(projects: Any, entries: Entries) -> None:
    made = await project(projects)
    old, gone = await variable(projects, made.id, name="old"), await variable(projects, made.id, name="gone")
    before, change_id = len(await entries()), str(new_id())
    steps = [creating("size"), updating(old, display_name="Older"), removing(gone), in_context(domain="news")]
    for _ in range(2):
        await do(projects, made.id, *steps, change_id=change_id)
    with pytest.raises(CoderAIError):
        await do(projects, made.id, creating("another"), creating("size"))
    with pytest.raises(CoderAIError):
        await variable(projects, made.id, name="size")

    added = [told(entry)[:2] for entry in (await entries())[before:]]
    assert sorted(added) == [
        ("PROJECT_CHANGED", made.name),
        ("VARIABLE_CHANGED", "old"),
        ("VARIABLE_CREATED", "size"),
        ("VARIABLE_DELETED", "gone"),
    ]


async def test_only_owners_look_and_nobody_at_another_workspace(
    projects: Any, entries: Entries, signed_in: identity.Identity
) -> None:
    await project(projects)
    for role in (identity.Role.EDITOR, identity.Role.VIEWER):
        who = identity.Identity(signed_in.workspace_id, new_id(), role, "test")
        with identity.acting_as(who), pytest.raises(Forbidden):
            await entries()
    with identity.acting_as(identity.Identity(new_id(), signed_in.user_id, identity.Role.OWNER, "test")):
        assert await entries() == []
    assert len(await entries()) == 1


async def test_an_api_key_is_told_beside_its_user(
    projects: Any, entries: Entries, signed_in: identity.Identity
) -> None:
    key = new_id()
    by_key = identity.Identity(signed_in.workspace_id, signed_in.user_id, identity.Role.EDITOR, "by-key", key)
    with identity.acting_as(by_key):
        await project(projects)
    (entry,) = await entries()
    assert (entry["actor"]["user_id"], entry["actor"]["api_key_id"]) == (str(signed_in.user_id), str(key))
