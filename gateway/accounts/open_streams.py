"""Ends open streams whose caller may not see them any more, whichever replica of the gateway made the change.

One query every two seconds asks for all streams of the process together, under the sweeper's role, which sees all
workspaces: so whatever changes the rows ends the streams, and an idle stream costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select, Table, and_, literal, or_, select, union_all
from sqlalchemy.exc import SQLAlchemyError

from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.tables import api_keys, memberships, sessions, users
from coderai.kit.db import Database
from coderai.kit.errors import Unauthenticated, Unavailable
from coderai.kit.identity import Role

log = structlog.get_logger()

CHECK_EVERY = timedelta(seconds=2)


class AccessEnded(Unauthenticated):
    """Your access ended while this stream was open."""


@dataclass(slots=True, eq=False)
class OpenStream:
    """One stream that somebody reads or writes."""

    caller: CallerIdentity
    least: Role
    end: Callable[[], object]
    has_ended: bool = False

    def must_go_on(self) -> None:
        """Raises AccessEnded when the caller may not have the stream any more."""
        if self.has_ended:
            raise AccessEnded()


class OpenStreams:
    """The open streams of one process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._open: set[OpenStream] = set()

    @contextmanager
    def watched(
        self, caller: CallerIdentity, least: Role, end: Callable[[], object] = lambda: None
    ) -> Iterator[OpenStream]:
        """Calls `end` once if, while the block runs, the caller's role becomes smaller than `least` or none."""
        stream = OpenStream(caller, least, end)
        self._open.add(stream)
        try:
            yield stream
        finally:
            self._open.discard(stream)

    async def while_allowed(
        self, caller: CallerIdentity, least: Role, parts: AsyncGenerator[Any]
    ) -> AsyncGenerator[Any]:
        """The parts of a file, as long as the caller may have them.

        Raises:
            AccessEnded
        """
        with self.watched(caller, least) as stream:
            async with aclosing(parts):
                async for part in parts:
                    stream.must_go_on()
                    yield part

    async def run(self) -> None:
        """Checks every two seconds until cancelled; while the database is away, streams go on."""
        while True:
            await asyncio.sleep(CHECK_EVERY.total_seconds())
            try:
                await self.check()
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("streams_not_checked", error=error)

    async def check(self) -> None:
        """Ends the streams that are not their callers' any more."""
        streams = list(self._open)
        roles = await self._roles({s.caller for s in streams}) if streams else {}
        for stream in streams:
            role = roles.get(stream.caller.session_id or stream.caller.api_key_id)
            if stream.has_ended or (role is not None and role.includes(stream.least)):
                continue
            stream.has_ended = True
            log.info("stream_ended", user_id=str(stream.caller.user_id), reason="access ended")
            stream.end()

    async def _roles(self, callers: set[CallerIdentity]) -> dict[UUID | None, Role]:
        """What the callers may do now, by the id of their session or key; those are left out that may nothing."""
        now = datetime.now(UTC)
        of_sessions = _members(sessions, literal(Role.OWNER.value)).where(
            sessions.c.id.in_([c.session_id for c in callers if c.session_id]),
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > now,
        )
        of_keys = _members(api_keys, api_keys.c.role).where(
            api_keys.c.id.in_([c.api_key_id for c in callers if c.api_key_id]),
            or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now),
        )
        async with self._db.sweep() as connection:
            rows = await connection.execute(union_all(of_sessions, of_keys))
            return {row.id: Role(row.role).at_most(Role(row.most)) for row in rows}


def _members(table: Table, most: Any) -> Select[Any]:
    """Sessions or keys with the role of their active users in their workspaces, and the most that they may do."""
    in_workspace = and_(memberships.c.user_id == table.c.user_id, memberships.c.workspace_id == table.c.workspace_id)
    return (
        select(table.c.id, memberships.c.role, most.label("most"))
        .join(memberships, in_workspace)
        .join(users, users.c.id == table.c.user_id)
        .where(users.c.is_active)
    )
