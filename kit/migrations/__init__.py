"""Brings a service's schema up to date, and gives its migrations tenancy and the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

ROOT = Path(__file__).parents[2]
ACTING_IN = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
"""The workspace that a transaction acts in, as SQL: a subquery, so that it is evaluated once a statement."""


def migrate(service: str, dsn: str) -> None:
    """Applies a service's migrations (services/<service>/migrations/versions) to its schema, under its owner's role.

    Several processes may do so at once: one migrates, the others wait for it.
    """
    asyncio.run(_migrate(service, dsn))


async def _migrate(service: str, dsn: str) -> None:
    engine = create_async_engine(
        dsn.replace("postgresql://", "postgresql+asyncpg://", 1),
        hide_parameters=True,
        connect_args={"server_settings": {"jit": "off", "search_path": service}},
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(sa.text("select pg_advisory_xact_lock(hashtext(:service))"), {"service": service})
            await connection.run_sync(_upgrade, service)
    finally:
        await engine.dispose()


def _upgrade(connection: sa.Connection, service: str) -> None:
    home = ROOT / "gateway" if service == "gateway" else ROOT / "services" / service
    config = Config(attributes={"connection": connection, "schema": service})
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(home / "migrations" / "versions"))
    command.upgrade(config, "head")


def tenant_table(name: str, columns: str) -> None:
    """Creates a table of a tenant's rows, behind forced row-level security.

    `columns` is SQL; id, workspace_id and created_at stand before them.
    """
    op.execute(
        f"create table {name} (id uuid primary key, workspace_id uuid not null,"
        f" created_at timestamptz not null default now(), {columns})"
    )
    for statement in (
        f"alter table {name} enable row level security",
        f"alter table {name} force row level security",
        f"create policy tenant on {name} using (workspace_id = {ACTING_IN})",
    ):
        op.execute(statement)


def renew_tenant_policies() -> None:
    """Gives the schema's tenant tables the policy that `tenant_table` gives them now."""
    found = "select tablename from pg_policies where schemaname = current_schema() and qual like '(workspace_id = %'"
    for table in op.get_bind().execute(sa.text(found)).scalars().all():
        op.execute(f"alter policy tenant on {table} using (workspace_id = {ACTING_IN})")


@contextmanager
def all_rows(*tables: str) -> Iterator[None]:
    """Lets a migration change the rows of all workspaces while the block runs: the owner is under the policies, too."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def let_sweep(service: str, table: str, privileges: str) -> None:
    """Lets the service's sweeper see all workspaces' rows of a table, with the SQL privileges named."""
    op.execute(f"grant {privileges} on {table} to coderai_{service}_sweeper")
    op.execute(f"create policy sweeper on {table} to coderai_{service}_sweeper using (true)")


def outbox_table(service: str) -> None:
    """Creates the service's outbox (kit.db.outbox), which its sweeper empties."""
    tenant_table("outbox", "subject text not null, correlation_id text not null, payload bytea not null")
    let_sweep(service, "outbox", "select, delete")


def audit_table(service: str) -> None:
    """Creates the service's list of who did what (kit.audit_entries), which is added to and never changed.

    The application may add and look; whoever else tries to change or remove an entry is refused, the owner too.
    """
    tenant_table(
        "audit_entries",
        "user_id uuid, api_key_id uuid, kind text not null, project_id uuid, thing_id uuid, thing_name text not null,"
        " changes jsonb not null, correlation_id text not null, address text not null",
    )
    op.execute("create index audit_entries_newest on audit_entries (workspace_id, id)")
    op.execute(f"revoke update, delete, truncate on audit_entries from coderai_{service}")
    op.execute(
        "create function refuse_to_change_entries() returns trigger language plpgsql"
        " as $$ begin raise exception 'entries of this list are never changed or removed'; end $$"
    )
    op.execute(
        "create trigger append_only before update or delete or truncate on audit_entries"
        " for each statement execute function refuse_to_change_entries()"
    )
