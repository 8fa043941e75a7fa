"""Tickets: secrets that open one stream, once, within 30 seconds, where a browser cannot send a token.

EventSource and WebSocket set no headers, and an address is written down on the way: by proxies, in histories, in logs.
What such a record holds of a ticket is good for nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert

from coderai.gateway.accounts.domain import CallerIdentity, digest, workspace_of, workspace_secret
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import tickets
from coderai.kit.db import Database
from coderai.kit.errors import Unauthenticated

LIFETIME = timedelta(seconds=30)


class TicketInvalid(Unauthenticated):
    """The ticket is not valid: it was used, has expired or is for another stream; ask for a new one."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was just made."""

    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TicketHolder:
    """By whom a ticket was made, and what they came with: a session or an API key."""

    workspace_id: UUID
    user_id: UUID
    session_id: UUID | None
    api_key_id: UUID | None


class Tickets:
    """Makes tickets and uses them up; all replicas of the gateway know the same ones."""

    def __init__(self, db: Database, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
        self._db = db
        self._clock = clock
        self._new_id = new_id

    async def make(self, caller: CallerIdentity, path: str) -> Ticket:
        """A new ticket of the caller's for the stream at this path."""
        now = self._clock()
        ticket = Ticket(workspace_secret(caller.workspace_id), now + LIFETIME)
        values = {
            "id": self._new_id(),
            "workspace_id": caller.workspace_id,
            "created_at": now,
            "user_id": caller.user_id,
            "session_id": caller.session_id,
            "api_key_id": caller.api_key_id,
            "digest": digest(ticket.text),
            "path": path,
            "expires_at": ticket.expires_at,
        }
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            await session.execute(insert(tickets).values(values))
            await session.commit()
        return ticket

    async def use(self, text: str, path: str) -> TicketHolder:
        """Who holds a ticket, which is used up by this, also when it is for another stream than the one at `path`.

        Raises:
            TicketInvalid: there is no such ticket any more, or it is not for this.
        """
        workspace_id = workspace_of(text)
        if workspace_id is None:
            raise TicketInvalid()
        columns = (tickets.c.user_id, tickets.c.session_id, tickets.c.api_key_id, tickets.c.path, tickets.c.expires_at)
        async with self._db.session(workspace_id, AccountSession) as session:
            found = await session.execute(delete(tickets).where(tickets.c.digest == digest(text)).returning(*columns))
            row = found.one_or_none()
            await session.commit()
        if row is None or row.path != path or row.expires_at <= self._clock():
            raise TicketInvalid()
        return TicketHolder(workspace_id, row.user_id, row.session_id, row.api_key_id)
