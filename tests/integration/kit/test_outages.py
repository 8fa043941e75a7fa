"""A Postgres that is away is told as such, whatever was under way, and is found again when it is back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.provision import provision
from coderai.kit.db import Database, DatabaseAway, Session
from coderai.kit.errors import Unavailable
from coderai.kit.ids import new_id


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory, process_group: ProcessGroup) -> Iterator[EmbeddedPostgres]:
    """A server that nobody else needs."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), group=process_group, unsafe_fast=True) as server:
        yield server


@pytest.fixture
async def db(own_postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Database]:
    dsns = provision(own_postgres, tmp_path / "passwords.json")
    database = Database(dsns["projects"].application, "projects", pool_size=4)
    yield database
    await database.close()


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_what_an_outage_hits_says_that_the_database_is_away(
    db: Database, own_postgres: EmbeddedPostgres, how: str
) -> None:
    seen: Counter[str] = Counter()
    stopped = asyncio.Event()

    async def work() -> None:
        while not stopped.is_set():
            try:
                async with db.session(new_id(), Session) as session:
                    await session.execute(text("select pg_sleep(0.005)"))
                    await session.commit()
                seen["done"] += 1
            except DatabaseAway:
                seen["away"] += 1
                await asyncio.sleep(0.01)

    async def until(name: str, more: int) -> None:
        wanted = seen[name] + more
        async with asyncio.timeout(60):
            while seen[name] < wanted:  # noqa: ASYNC110 - the counts change in other tasks
                await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(12):  # more than there are connections
            tasks.create_task(work())
        await until("done", 50)
        await asyncio.to_thread(getattr(own_postgres, how))
        await until("away", 50)
        await asyncio.to_thread(own_postgres.start)
        await until("done", 50)
        stopped.set()


async def test_a_connection_that_is_cut_off_in_a_transaction_is_an_outage_too(
    db: Database, own_postgres: EmbeddedPostgres
) -> None:
    with pytest.raises(Unavailable) as raised:
        async with db.session(new_id(), Session) as session:
            await session.execute(text("select 1"))
            ours = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'coderai_projects'"
            await asyncio.to_thread(own_postgres.psql, ours)
            await session.execute(text("select 1"))
    assert (raised.value.code, raised.value.retryable) == ("database_away", True)


async def test_a_statement_that_is_wrong_is_no_outage(db: Database) -> None:
    with pytest.raises(ProgrammingError):
        async with db.session(new_id(), Session) as session:
            await session.execute(text("select * from nothing_of_that_name"))
