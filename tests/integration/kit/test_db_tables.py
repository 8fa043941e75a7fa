"""The tables that services declare are those that their migrations make: columns, types, what may be null."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from coderai.deploy.provision import SERVICES
from coderai.kit.audit_entries import audit_entries
from coderai.kit.db import outbox
from tests.support.stack import ServiceDatabases

WITH_OUTBOX = frozenset(SERVICES) - {"gateway"}


def declared(service: str) -> MetaData:
    room = "coderai.gateway.accounts" if service == "gateway" else f"coderai.services.{service}.adapters"
    for module in iter_modules(import_module(room).__path__, f"{room}."):
        if module.name.endswith("_tables"):
            import_module(module.name)
    declared_here: MetaData = import_module(f"{room}.tables").metadata
    tables = MetaData()
    of_kit = (audit_entries, outbox) if service in WITH_OUTBOX else (audit_entries,)
    for table in (*declared_here.tables.values(), *of_kit):
        table.to_metadata(tables)
    return tables


async def differences(service: str, dsns: ServiceDatabases, tables: MetaData) -> Any:
    dsn = dsns[service].owner.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(dsn, connect_args={"server_settings": {"search_path": service}})
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compared, tables)
    finally:
        await engine.dispose()


def compared(connection: Connection, tables: MetaData) -> Any:
    def is_compared(found: Any, name: str | None, kind: str, *_: object) -> bool:
        # A column that the database works out is no part of what a service writes.
        is_computed = kind == "column" and found.computed is not None
        return kind in ("table", "column") and name != "alembic_version" and not is_computed

    options = {"compare_type": True, "include_object": is_compared}
    return compare_metadata(MigrationContext.configure(connection, opts=options), tables)


@pytest.mark.parametrize("service", SERVICES)
async def test_declared_tables_are_those_that_migrations_make(service: str, service_dsns: ServiceDatabases) -> None:
    assert await differences(service, service_dsns, declared(service)) == []


async def test_another_type_another_null_and_another_table_are_differences(service_dsns: ServiceDatabases) -> None:
    tables = declared("projects")
    columns = tables.tables["projects"].c
    columns["name"].type, columns["domain"].nullable = BigInteger(), True
    tables.remove(tables.tables["codebooks"])
    found = await differences("projects", service_dsns, tables)
    kinds = [change[0] if isinstance(change, tuple) else change[0][0] for change in found]
    assert sorted(kinds) == ["modify_nullable", "modify_type", "remove_table"]
