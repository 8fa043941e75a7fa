"""The tables that services declare are those that their migrations make: columns, types, what may be null."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from coderai.deploy.provision import SERVICES
from coderai.kit.db import outbox
from tests.support.stack import ServiceDatabases

WITH_OUTBOX = frozenset(SERVICES) - {"gateway"}


def declared(service: str) -> MetaData:
    module = (
        "coderai.gateway.accounts.tables" if service == "gateway" else f"coderai.services.{service}.adapters.tables"
    )
    declared_here: MetaData = import_module(module).metadata
    tables = MetaData()
    for table in (*declared_here.tables.values(), *([outbox] if service in WITH_OUTBOX else [])):
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
    def is_compared(_: object, name: str | None, kind: str, *__: object) -> bool:
        return kind in ("table", "column") and name != "alembic_version"

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
