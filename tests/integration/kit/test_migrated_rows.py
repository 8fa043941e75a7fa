"""A migration that changes rows reaches those of all workspaces, although its role is under the policies."""

from __future__ import annotations

from uuid import uuid4

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from coderai.kit.migrations import all_rows
from tests.support.stack import ServiceDatabases

ACT_IN = text("select set_config('app.workspace_id', :workspace, true)")
ADD = text(
    "insert into outbox (id, workspace_id, subject, correlation_id, payload) values (:id, :workspace, '', '', '')"
)
CHANGE = text("update outbox set subject = 'changed'")
COUNT = text("select count(*) from outbox")


async def test_rows_of_all_workspaces_are_changed_and_hidden_again(service_dsns: ServiceDatabases) -> None:
    dsn = service_dsns["projects"].owner.replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(dsn, connect_args={"server_settings": {"search_path": "projects"}})
    async with engine.connect() as connection:
        before, during, there, after = await connection.run_sync(changed)
        await connection.rollback()
    assert (before, after) == (0, 0)
    assert during == there >= 2
    await engine.dispose()


def changed(connection: Connection) -> tuple[int, int, int, int]:
    """How many rows an update reaches as the owner, with all_rows, of how many that there are, and after it.

    Two are of workspaces of their own; other tests may have left more.
    """
    for workspace in (uuid4(), uuid4()):
        connection.execute(ACT_IN, {"workspace": str(workspace)})
        connection.execute(ADD, {"id": uuid4(), "workspace": workspace})
    connection.execute(ACT_IN, {"workspace": ""})
    before = connection.execute(CHANGE).rowcount
    with Operations.context(MigrationContext.configure(connection)), all_rows("outbox"):
        during, there = connection.execute(CHANGE).rowcount, connection.execute(COUNT).scalar_one()
    return before, during, there, connection.execute(CHANGE).rowcount
