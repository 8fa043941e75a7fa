"""Each service sees its own schema, its application only what row-level security lets it see, and nobody more."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.embedded.postgres import BIN
from coderai.deploy.errors import ProcessFailed
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.provision import DATABASE, SERVICES, ServiceDsns, ServiceRoles, provision, provision_sql

Dsns = dict[str, ServiceDsns]
ONE, OTHER = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
# As kit.migrations makes a tenant's table.
TABLE = """
create table notes (id serial primary key, workspace_id uuid not null);
alter table notes enable row level security;
alter table notes force row level security;
create policy tenant on notes using (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
create table swept (id serial primary key, workspace_id uuid not null);
alter table swept enable row level security;
alter table swept force row level security;
create policy tenant on swept using (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);
"""
ROWS = "".join(
    f"set app.workspace_id = '{workspace}'; insert into {table} (workspace_id) values ('{workspace}');"
    for workspace in (ONE, OTHER)
    for table in ("notes", "swept")
)


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, process_group: ProcessGroup) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("provisioned")
    with EmbeddedPostgres(folder, group=process_group, unsafe_fast=True) as running:
        yield running


@pytest.fixture(scope="module")
async def dsns(server: EmbeddedPostgres) -> Dsns:
    """Of a server that was provisioned, with a table of tenants' rows in every schema."""
    provisioned = provision(server, server.data_dir / "passwords.json")
    for service in SERVICES:
        sweeper = ServiceRoles(service).sweeper
        async with connected(provisioned[service].owner) as owner:
            await owner.execute(TABLE)
            await owner.execute(f"grant select on swept to {sweeper}")
            await owner.execute(f"create policy sweeper on swept to {sweeper} using (true)")
        async with connected(provisioned[service].application) as application:
            await application.execute(ROWS)
    return provisioned


@pytest.mark.parametrize("login", ["owner", "application"])
async def test_no_role_of_a_service_can_look_into_another_schema(dsns: Dsns, login: str) -> None:
    for service, other in itertools.permutations(SERVICES, 2):
        async with connected(getattr(dsns[service], login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"select * from {other}.notes")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"set role {ServiceRoles(other).sweeper}")


@pytest.mark.parametrize("login", ["owner", "application"])
@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_no_role_of_a_service_can_reach_another_database(dsns: Dsns, login: str, database: str) -> None:
    for service in SERVICES:
        dsn: str = getattr(dsns[service], login)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
            await asyncpg.connect(dsn.removesuffix(DATABASE) + database)


async def test_the_database_of_the_services_is_the_only_one_that_their_roles_may_enter(
    server: EmbeddedPostgres, dsns: Dsns
) -> None:
    roles = [r for one in map(ServiceRoles, SERVICES) for r in (one.owner, one.application, one.sweeper)]
    query = (
        "select distinct datname from pg_database, unnest($1::text[]) as role"
        " where datallowconn and has_database_privilege(role, datname, 'CONNECT')"
    )
    async with connected(server.dsn("postgres", server.superuser_password, DATABASE)) as connection:
        assert [row["datname"] for row in await connection.fetch(query, roles)] == [DATABASE]


@pytest.mark.parametrize("service", SERVICES)
async def test_the_application_sees_one_workspace_and_none_when_none_is_set(dsns: Dsns, service: str) -> None:
    async with connected(dsns[service].application) as connection:
        assert await connection.fetch("select * from notes") == []
        await connection.execute(f"set app.workspace_id = '{ONE}'")
        assert [str(row["workspace_id"]) for row in await connection.fetch("select * from notes")] == [ONE]


async def test_the_application_cannot_write_into_another_workspace(dsns: Dsns) -> None:
    async with connected(dsns["projects"].application) as connection:
        await connection.execute(f"set app.workspace_id = '{ONE}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(f"insert into notes (workspace_id) values ('{OTHER}')")
        assert await connection.execute(f"delete from notes where workspace_id = '{OTHER}'") == "DELETE 0"


@pytest.mark.parametrize(
    "statement",
    [
        "alter table notes disable row level security",
        "alter table notes no force row level security",
        "drop policy tenant on notes",
        "create policy everything on notes using (true)",
        "truncate notes",
        "alter role current_user bypassrls",
        "create table own (x int)",
        "create temporary table own (x int)",
        "create schema own",
        "create table public.own (x int)",
        "set role coderai_projects_owner",
        "set role postgres",
        "set session authorization postgres",
        "copy notes to program 'cat'",
    ],
)
async def test_the_application_cannot_get_around_row_level_security(dsns: Dsns, statement: str) -> None:
    async with connected(dsns["projects"].application) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_switching_row_security_off_fails_instead_of_showing_all(dsns: Dsns) -> None:
    async with connected(dsns["projects"].application) as connection:
        await connection.execute("set row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.fetch("select * from notes")


async def test_the_owner_is_bound_by_row_level_security_too(dsns: Dsns) -> None:
    async with connected(dsns["projects"].owner) as connection:
        assert await connection.fetch("select * from notes") == []


async def test_the_sweeper_sees_all_workspaces_in_the_tables_granted_to_it_and_no_others(dsns: Dsns) -> None:
    async with connected(dsns["projects"].application) as connection:
        assert await connection.fetch("select * from swept") == []
        async with connection.transaction():
            await connection.execute("set local role coderai_projects_sweeper")
            swept = await connection.fetch("select * from projects.swept")
            assert {str(row["workspace_id"]) for row in swept} == {ONE, OTHER}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute("set local role coderai_projects_sweeper")
                await connection.fetch("select * from projects.notes")
        assert await connection.fetchval("select current_user") == "coderai_projects"


async def test_the_applications_own_nothing(server: EmbeddedPostgres, dsns: Dsns) -> None:
    async with connected(server.dsn("postgres", server.superuser_password, DATABASE)) as connection:
        owners = await connection.fetch(
            "select rolname from pg_shdepend join pg_roles on refobjid = pg_roles.oid where deptype = 'o'"
        )
    assert {row["rolname"] for row in owners} == {ServiceRoles(service).owner for service in SERVICES}


def test_doing_it_again_changes_nothing(server: EmbeddedPostgres, dsns: Dsns) -> None:
    assert provision(server, server.data_dir / "passwords.json") == dsns
    assert server.psql("select count(*) from projects.notes", database=DATABASE) == "2\n"


def test_passwords_differ_and_are_for_their_owner_alone(server: EmbeddedPostgres, dsns: Dsns) -> None:
    file = server.data_dir / "passwords.json"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert len({dsn for pair in dsns.values() for dsn in (pair.owner, pair.application)}) == 2 * len(SERVICES)


def test_refuses_a_role_that_may_bypass_row_level_security(server: EmbeddedPostgres, dsns: Dsns) -> None:
    server.psql("alter role coderai_export bypassrls")
    try:
        with pytest.raises(ProcessFailed, match="bypass row-level security"):
            provision(server, server.data_dir / "passwords.json")
    finally:
        server.psql("alter role coderai_export nobypassrls")


def test_the_printed_script_serves_an_administrator_who_is_no_superuser(
    tmp_path: Path, process_group: ProcessGroup
) -> None:
    printed = [sys.executable, "-m", "coderai.deploy.provision", "--print-sql"]
    script = subprocess.run(printed, capture_output=True, text=True, check=True, timeout=240).stdout
    assert script == provision_sql()
    logins = [role for roles in map(ServiceRoles, SERVICES) for role in (roles.owner, roles.application)]
    passwords = [f"--set={role}_password=it's {role}" for role in logins]
    with EmbeddedPostgres(tmp_path, group=process_group, unsafe_fast=True) as server:
        server.psql("create role administrator login createrole createdb password 'word'")
        target = server.dsn("administrator", "word", "postgres")
        for _ in ("first", "again"):
            command = [str(BIN / "psql"), "-X", target, "-f", "-", *passwords]
            said = subprocess.run(command, input=script, capture_output=True, text=True, check=True, timeout=240).stderr
            # It is not the administrator's to close.
            assert "WARNING:  roles of CoderAI may connect to the database postgres" in said
        dsn = server.dsn("coderai_ingest", "it's coderai_ingest", DATABASE)
        answer = subprocess.run(
            [str(BIN / "psql"), "-X", "-A", "-t", dsn, "-c", "show search_path"],
            capture_output=True,
            check=True,
            timeout=240,
        )
        assert answer.stdout == b"ingest\n"
