"""The list of who did what, in a real database: an entry stays with its change, and stays as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.deploy.provision import SERVICES
from coderai.kit import identity
from coderai.kit.audit import LONGEST_TEXT, Fact
from coderai.kit.audit_entries import RecordingSession, list_entries
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.ids import first_id_at, new_id, time_of
from coderai.kit.paging import Page
from coderai.kit.wire import from_value, rfc3339
from tests.support.stack import ServiceDatabases

MADE, CHANGED = audit.AUDIT_KIND_PROJECT_CREATED, audit.AUDIT_KIND_PROJECT_CHANGED
CHANGES = ["update audit_entries set thing_name = 'another'", "delete from audit_entries", "truncate audit_entries"]


@pytest.fixture
def person(workspace_id: UUID) -> identity.Identity:
    return identity.Identity(workspace_id, new_id(), identity.Role.OWNER, "of-the-request", new_id())


async def record(db: Database, who: identity.Identity, *facts: Fact) -> None:
    async with db.session(who.workspace_id, RecordingSession) as session:
        await session.record(*facts, who=who)
        await session.commit()


async def listed(db: Database, workspace_id: UUID, page: Page = Page(), **asked: Any) -> Sequence[audit.AuditEntry]:  # noqa: B008 - it is frozen
    async with db.session(workspace_id, RecordingSession) as session:
        return await list_entries(session, audit.ListAuditEntriesRequest(**asked), page)


def names(entries: Sequence[audit.AuditEntry]) -> list[str]:
    return [entry.thing_name for entry in entries]


async def test_an_entry_tells_who_did_what_to_what_and_when(db: Database, person: identity.Identity) -> None:
    project_id, thing_id = new_id(), new_id()
    changes = {"budget": (None, 5), "unit": ({"row_is": "a march"}, "x" * 500), "order": (["a"], ["word"] * 500)}

    await record(db, person, Fact(CHANGED, project_id, thing_id, "Marches", changes))

    (entry,) = await listed(db, person.workspace_id)
    assert (entry.actor.user_id, entry.actor.api_key_id) == (str(person.user_id), str(person.api_key_id))
    assert (entry.kind, entry.project_id, entry.thing_id) == (CHANGED, str(project_id), str(thing_id))
    assert (entry.thing_name, entry.correlation_id, entry.address) == ("Marches", "of-the-request", "")
    assert entry.happened_at == rfc3339(time_of(UUID(entry.id)))
    told = {one.field: (from_value(one.before), from_value(one.after)) for one in entry.changes}
    assert told["budget"] == (None, 5) and told["unit"][0] == {"row_is": "a march"}
    assert len(told["unit"][1]) == LONGEST_TEXT and told["order"] == (["a"], "(500 items)")


async def test_what_is_rolled_back_is_not_in_the_list(db: Database, person: identity.Identity) -> None:
    async with db.session(person.workspace_id, RecordingSession) as session:
        await session.record(Fact(MADE), who=person)
    assert await listed(db, person.workspace_id) == []


async def test_pages_and_filters(db: Database, person: identity.Identity) -> None:
    project_id, workspace_id = new_id(), person.workspace_id
    other = identity.Identity(workspace_id, new_id(), identity.Role.EDITOR, "another")
    await record(db, person, Fact(MADE, project_id, None, "1"), Fact(CHANGED, project_id, None, "2"))
    await record(db, other, Fact(MADE, new_id(), None, "3"))

    everything = await listed(db, workspace_id)
    assert names(everything) == ["3", "2", "1"]
    assert names(await listed(db, workspace_id, Page(1, UUID(everything[0].id)))) == ["2"]
    assert names(await listed(db, workspace_id, actor_id=str(person.user_id))) == ["2", "1"]
    assert names(await listed(db, workspace_id, project_id=str(project_id), kinds=[MADE])) == ["1"]
    assert names(await listed(db, workspace_id, kinds=[MADE, CHANGED, 9999])) == ["3", "2", "1"]
    first, last = time_of(UUID(everything[-1].id)), time_of(UUID(everything[0].id))
    assert len(await listed(db, workspace_id, since=rfc3339(first))) == 3
    assert await listed(db, workspace_id, since=rfc3339(last + timedelta(milliseconds=1))) == []
    assert len(await listed(db, workspace_id, until=(last + timedelta(microseconds=1)).isoformat())) == 3
    assert await listed(db, workspace_id, until=rfc3339(first)) == []


@pytest.mark.parametrize("asked", [{"since": "yesterday"}, {"until": "2026-11-22T10:00:00"}])
async def test_what_is_no_time_is_refused_by_its_field(db: Database, workspace_id: UUID, asked: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        await listed(db, workspace_id, **asked)
    assert refused.value.fields.keys() == asked.keys()


async def test_what_is_no_id_is_not_found(db: Database, workspace_id: UUID) -> None:
    with pytest.raises(NotFound):
        await listed(db, workspace_id, actor_id="somebody")


async def test_ids_of_a_time_begin_where_it_begins() -> None:
    made = new_id()
    moment = time_of(made)
    assert first_id_at(moment) <= made < first_id_at(moment + timedelta(milliseconds=1))
    assert first_id_at(moment + timedelta(microseconds=1)) > made


@pytest.fixture(params=SERVICES)
async def connections(request: Any, service_dsns: ServiceDatabases) -> AsyncIterator[tuple[Any, Any]]:
    """The application's and the owner's connection to a service's schema, with an entry in a workspace."""
    dsns = service_dsns[request.param]
    db, workspace_id = Database(dsns.application, request.param), new_id()
    await record(db, identity.worker_identity(workspace_id, "x"), Fact(MADE, None, None, "as it was"))
    await db.close()
    opened = [await asyncpg.connect(dsn) for dsn in (dsns.application, dsns.owner)]
    for connection in opened:
        await connection.execute("select set_config('app.workspace_id', $1, false)", str(workspace_id))
    yield opened[0], opened[1]
    for connection in opened:
        await connection.close()


async def test_nobody_changes_or_removes_an_entry(connections: tuple[Any, Any]) -> None:
    application, owner = connections
    for statement in CHANGES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(statement)
        with pytest.raises(asyncpg.RaiseError, match="never changed or removed"):
            await owner.execute(statement)
    assert await application.fetchval("select thing_name from audit_entries") == "as it was"


async def test_an_entry_is_seen_and_made_in_its_own_workspace_alone(connections: tuple[Any, Any]) -> None:
    application, _ = connections
    taken = "insert into audit_entries select gen_random_uuid(), $1::uuid, now(), null, null, 'SIGNED_IN', null, null"
    for workspace in ("", str(new_id())):
        await application.execute("select set_config('app.workspace_id', $1, false)", workspace)
        assert await application.fetchval("select count(*) from audit_entries") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await application.execute(f"{taken}, '', '{{}}', '', ''", new_id())
