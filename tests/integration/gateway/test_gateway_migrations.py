"""An installation that is upgraded keeps its sign-ins and API keys, and what had ended stays ended."""

from __future__ import annotations

import importlib.util
from typing import Any
from uuid import UUID, uuid4

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.kit.migrations import ROOT
from tests.support.stack import ServiceDatabases

BEFORE = ("0001_accounts", "0002_api_keys", "0003_tenant_policy")
ADDED = ("0004_sessions_invitations_links", "0005_edge", "0006_tickets", "0007_browser_sessions")
VERSIONS = ROOT / "gateway" / "migrations" / "versions"
ROWS = """
insert into users (id, email, password_hash) values (:user, 'ada@example.org', 'x');
insert into refresh_tokens (id, workspace_id, user_id, family_id, digest, expires_at, rotated_at, revoked_at) values
  (gen_random_uuid(), :workspace, :user, :going_on, 'a', now() + interval '1 day', now(), null),
  (gen_random_uuid(), :workspace, :user, :going_on, 'b', now() + interval '2 days', null, null),
  (gen_random_uuid(), :workspace, :user, :ended, 'c', now() + interval '2 days', null, now());
insert into api_keys (id, workspace_id, user_id, name, digest) values (gen_random_uuid(), :workspace, :user, 'k', 'd')
"""


async def test_what_was_there_before_sessions_is_kept(
    postgres: EmbeddedPostgres, service_dsns: ServiceDatabases
) -> None:
    assert service_dsns["gateway"]  # which makes the roles that migrations name
    dsn = postgres.dsn("postgres", postgres.superuser_password, "coderai")
    engine = create_async_engine(dsn.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.connect() as connection:
        await connection.run_sync(_upgraded)
        await connection.rollback()
    await engine.dispose()


def _upgraded(connection: Connection) -> None:
    ids = {name: uuid4() for name in ("user", "workspace", "going_on", "ended")}
    connection.execute(text("create schema before"))
    connection.execute(text("set local search_path to before"))
    with Operations.context(MigrationContext.configure(connection)):
        for name in BEFORE:
            _revision(name).upgrade()
        for statement in ROWS.split(";"):
            connection.execute(text(statement), {k: v for k, v in ids.items() if f":{k}" in statement})
        for name in ADDED:
            _revision(name).upgrade()

    sessions = connection.execute(
        text("select id, user_id, ended_at, expires_at > now() + interval '1 day' from sessions")
    )
    assert {(id, user, ended is None, is_latest) for id, user, ended, is_latest in sessions} == {
        (ids["going_on"], ids["user"], True, True),
        (ids["ended"], ids["user"], False, True),
    }
    of_tokens: list[UUID] = list(connection.execute(text("select distinct session_id from refresh_tokens")).scalars())
    assert set(of_tokens) == {ids["going_on"], ids["ended"]}
    [key] = connection.execute(text("select role, expires_at, used_at from api_keys"))
    assert tuple(key) == ("OWNER", None, None)


def _revision(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"revision_{name}", VERSIONS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
