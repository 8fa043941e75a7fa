"""Sessions: what a sign-in starts and signing out ends; every request asks whether its session still lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select

from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import memberships, sessions, users
from coderai.gateway.accounts.tokens import AccessClaims
from coderai.kit.db import NO_WORKSPACE, Database
from coderai.kit.errors import NotFound, Unauthenticated
from coderai.kit.identity import Role

log = structlog.get_logger()


class SessionEnded(Unauthenticated):
    """This session has ended, or its user may not act in the workspace any more; sign in again."""


class SessionNotFound(NotFound):
    """You have no such session."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session as its user sees it."""

    id: UUID
    workspace_id: UUID
    created_at: datetime
    used_at: datetime
    """When it was last renewed, which clients do every 15 minutes."""
    expires_at: datetime
    address: str
    """The network address that it was last renewed from."""


class Sessions:
    """Checks, lists and ends sessions."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def identify(self, claims: AccessClaims, correlation_id: str) -> CallerIdentity:
        """Who calls in a session, in the role that they have in its workspace now.

        Raises:
            SessionEnded: it was ended, its user deactivated, or is not a member of the workspace any more.
        """
        statement = (
            select(memberships.c.role)
            .join(users, users.c.id == memberships.c.user_id)
            .join(sessions, sessions.c.user_id == memberships.c.user_id)
            .where(
                sessions.c.id == claims.session_id,
                sessions.c.user_id == claims.user_id,
                sessions.c.ended_at.is_(None),
                sessions.c.expires_at > self._clock(),
                users.c.is_active,
            )
        )
        async with self._db.session(claims.workspace_id, AccountSession) as session:
            role = (await session.execute(statement)).scalar_one_or_none()
        if role is None:
            raise SessionEnded()
        return CallerIdentity(
            claims.workspace_id, claims.user_id, Role(role), correlation_id, session_id=claims.session_id
        )

    async def list(self, user_id: UUID) -> list[SignIn]:
        """The user's sessions that have not ended, in all workspaces, the newest first."""
        columns = (
            sessions.c[name] for name in ("id", "workspace_id", "created_at", "used_at", "expires_at", "address")
        )
        statement = (
            select(*columns)
            .where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None), sessions.c.expires_at > self._clock())
            .order_by(sessions.c.created_at.desc())
        )
        async with self._db.session(NO_WORKSPACE, AccountSession) as session:
            await session.act_for(user_id)
            return [SignIn(**row._mapping) for row in await session.execute(statement)]

    async def end(self, user_id: UUID, session_id: UUID) -> None:
        """Ends one session of the user's.

        Raises:
            SessionNotFound
        """
        async with self._db.session(NO_WORKSPACE, AccountSession) as session:
            await session.act_for(user_id)
            if not await session.end_session(session_id, self._clock()):
                raise SessionNotFound()
            await session.commit()
        log.info("session_ended", user_id=str(user_id), session_id=str(session_id))

    async def end_all(self, user_id: UUID) -> None:
        """Ends all sessions of the user's, this one too; API keys go on."""
        async with self._db.session(NO_WORKSPACE, AccountSession) as session:
            await session.act_for(user_id)
            await session.record_ends(await session.end_sessions(user_id, self._clock()))
            await session.commit()
        log.info("signed_out_everywhere", user_id=str(user_id))
