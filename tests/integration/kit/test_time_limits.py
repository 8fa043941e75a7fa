"""A statement that takes too long, or a transaction that nobody goes on with, is ended by the database."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from coderai.kit.db import Database, DatabaseTooSlow, Session
from coderai.kit.errors import Unavailable


async def test_every_session_has_time_limits(db: Database, workspace_id: UUID) -> None:
    async with db.session(workspace_id, Session) as session:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            assert (await session.execute(text(f"show {limit}"))).scalar_one() != "0"


async def test_a_statement_that_takes_too_long_may_be_tried_again(db: Database, workspace_id: UUID) -> None:
    with pytest.raises(DatabaseTooSlow) as raised:
        async with db.session(workspace_id, Session) as session:
            await session.execute(text("set local statement_timeout = '20ms'"))
            await session.execute(text("select pg_sleep(60)"))
    assert raised.value.retryable
    async with db.session(workspace_id, Session) as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1


async def test_a_transaction_that_nobody_goes_on_with_is_ended(db: Database, workspace_id: UUID) -> None:
    with pytest.raises(Unavailable):
        async with db.session(workspace_id, Session) as session:
            await session.execute(text("set local idle_in_transaction_session_timeout = '20ms'"))
            closed = (await session.connection.get_raw_connection()).driver_connection
            assert closed is not None
            async with asyncio.timeout(20):
                while not closed.is_closed():  # noqa: ASYNC110 - the server closes it
                    await asyncio.sleep(0.01)
            await session.execute(text("select 1"))
    async with db.session(workspace_id, Session) as session:
        assert (await session.execute(text("select 1"))).scalar_one() == 1
