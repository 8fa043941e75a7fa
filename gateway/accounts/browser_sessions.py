"""Sessions of browsers: a cookie's secret names one, is renewed while it is used, and is stored as a digest alone.

The secrets of one session succeed one another, as refresh tokens do. A browser asks for several things at once and may
lose an answer, so a secret is good until its successor has been used, and for a minute after that; one that is used
later was copied, and ends the session.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, delete, exists, select, update

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.domain import (
    ACCESS_LIFETIME,
    CallerIdentity,
    Membership,
    RefreshToken,
    SignInNeeded,
    User,
    digest,
    workspace_of,
    workspace_secret,
)
from coderai.gateway.accounts.first_account import FirstAccount
from coderai.gateway.accounts.sessions import SessionEnded
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import memberships, refresh_tokens, sessions, users
from coderai.gateway.accounts.teams import WorkspaceNotFound
from coderai.gateway.accounts.usecases import Accounts
from coderai.kit.audit import Fact
from coderai.kit.db import Database
from coderai.kit.identity import Role

log = structlog.get_logger()

GRACE = timedelta(minutes=1)
"""How long a secret is good for after its successor was first used."""
_RENEWALS = 4
"""A session that is used is renewed this often at least in the time after which an unused one ends."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """When a browser's session ends by itself."""

    idle: timedelta
    """After it was last used."""
    longest: timedelta
    """After it began."""

    def end(self, began: datetime, now: datetime) -> datetime:
        """When a session ends that began then, is used now and not again."""
        return min(now + self.idle, began + self.longest)

    @property
    def renew_every(self) -> timedelta:
        """How old the secret of a session in use becomes."""
        return min(ACCESS_LIFETIME, self.idle / _RENEWALS)


@dataclass(frozen=True, slots=True)
class Cookie:
    """What a browser is to keep."""

    secret: str
    seconds: int
    """How long for."""


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """What a page learns when somebody signs in."""

    user: User
    membership: Membership
    cookie: Cookie


class BrowserSessions:
    """Starts the sessions of browsers, tells who calls in them, renews and ends them."""

    def __init__(
        self,
        db: Database,
        accounts: Accounts,
        first: FirstAccount,
        lifetimes: Lifetimes,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._db = db
        self._accounts = accounts
        self._first = first
        self._lifetimes = lifetimes
        self._clock = clock
        self._new_id = new_id

    async def sign_in(
        self, email: str, password: str, workspace_id: UUID | None = None, address: str = ""
    ) -> BrowserSignIn:
        """Signs a user in to a workspace of theirs; to their personal one when none is named.

        Raises:
            WrongCredentials, TooManyAttempts, PasswordsBusy, InvalidInput: as Accounts.check does.
        """
        user, membership = await self._accounts.check(email, password, workspace_id, address)
        async with self._session(membership.workspace_id) as session:
            cookie = await self._begin(session, user.id, address)
            await session.commit()
        return BrowserSignIn(user, membership, cookie)

    async def sign_in_first(self, code: str, address: str = "") -> BrowserSignIn:
        """Makes the installation's first account by the code of its sign-in link, and signs in.

        Raises:
            CodeNotValid, TooManyAttempts
        """
        async with self._first.making(code, address) as (session, user, membership):
            cookie = await self._begin(session, user.id, address)
            await session.commit()
        return BrowserSignIn(user, membership, cookie)

    async def move(self, caller: CallerIdentity, workspace_id: UUID, address: str = "") -> BrowserSignIn:
        """The caller's browser goes on in another workspace of theirs: a new session in the place of the current one.

        The new one ends no later than the current one would have.

        Raises:
            SignInNeeded: the caller does not come by a cookie.
            WorkspaceNotFound: there is no such workspace, or the caller is not in it.
        """
        user_id, now = caller.person(), self._clock()
        user, members = await self._accounts.whoami(caller)
        membership = next((one for one in members if one.workspace_id == workspace_id), None)
        if membership is None:
            raise WorkspaceNotFound()
        async with self._session(caller.workspace_id) as session:
            began = (await session.execute(_began(caller.session_id))).scalar_one_or_none()
            if began is None or caller.session_id is None:
                raise SignInNeeded()
            await session.end_session(caller.session_id, now)
            await session.enter(workspace_id)
            cookie = await self._begin(session, user_id, address, began)
            await session.commit()
        return BrowserSignIn(user, membership, cookie)

    async def identify(
        self, secret: str, correlation_id: str, address: str = "", *, may_renew: bool = True
    ) -> tuple[CallerIdentity, Cookie | None]:
        """Who calls with a cookie's secret, in the role that they have now, and the cookie in its place if it is time.

        Raises:
            SessionEnded: there is no such session any more, or its user may not act in the workspace any more.
        """
        workspace_id, now = workspace_of(secret), self._clock()
        if workspace_id is None:
            raise SessionEnded()
        async with self._session(workspace_id) as session:
            row = (await session.execute(_known(secret, now))).one_or_none()
            if row is None:
                raise SessionEnded()
            if row.rotated_at and row.rotated_at + GRACE < now:
                await session.end_session(row.session_id, now, audit.AUDIT_KIND_SESSION_REVOKED)
                await session.commit()
                log.warning("session_cookie_reused", user_id=str(row.user_id))
                raise SessionEnded("this sign-in was used from two places: it is ended; sign in again")
            if row.has_older:
                await session.execute(_succeeded(row, now))
            cookie = await self._renewed(session, row, address, now) if may_renew and not row.rotated_at else None
            if row.has_older or cookie:
                await session.commit()
        caller = CallerIdentity(workspace_id, row.user_id, Role(row.role), correlation_id, session_id=row.session_id)
        return caller, cookie

    async def replace(self, caller: CallerIdentity, address: str = "") -> Cookie | None:
        """Another cookie for the caller's session, which ends the secrets of before; None if it has no cookie."""
        now = self._clock()
        async with self._session(caller.workspace_id) as session:
            gone = delete(refresh_tokens).where(
                refresh_tokens.c.session_id == caller.session_id, refresh_tokens.c.is_cookie
            )
            if caller.session_id is None or not (await session.execute(gone)).rowcount:
                return None
            began = await session.execute(select(sessions.c.created_at).where(sessions.c.id == caller.session_id))
            cookie = await self._add(session, caller.person(), caller.session_id, address, began.scalar_one(), now)
            await session.commit()
        return cookie

    async def end(self, secret: str) -> None:
        """Ends the session that a cookie's secret names, at once; an unknown one is no error."""
        workspace_id, now = workspace_of(secret), self._clock()
        if workspace_id is None:
            return
        async with self._session(workspace_id) as session:
            token = await session.refresh_token(digest(secret), is_cookie=True)
            if token:
                await session.end_session(token.session_id, now)
                await session.commit()
                log.info("signed_out", user_id=str(token.user_id))

    async def _begin(
        self, session: AccountSession, user_id: UUID, address: str, began: datetime | None = None
    ) -> Cookie:
        """Starts a session; `began`: when the person signed in, if not now."""
        now, session_id = self._clock(), self._new_id()
        await session.record_of(user_id, Fact(audit.AUDIT_KIND_SIGNED_IN, thing_id=session_id, address=address))
        cookie = await self._add(session, user_id, session_id, address, began or now, now)
        if began is not None:
            await session.execute(update(sessions).where(sessions.c.id == session_id).values(created_at=began))
        return cookie

    async def _renewed(self, session: AccountSession, row: Row[Any], address: str, now: datetime) -> Cookie | None:
        """The cookie in the place of one that has become old; None when it has not, or another request renews it."""
        is_old = sessions.c.used_at <= now - self._lifetimes.renew_every
        taken = update(sessions).where(sessions.c.id == row.session_id, sessions.c.ended_at.is_(None), is_old)
        if row.used_at > now - self._lifetimes.renew_every:
            return None
        if not (await session.execute(taken.values(used_at=now))).rowcount:
            return None
        return await self._add(session, row.user_id, row.session_id, address, row.began, now)

    async def _add(
        self, session: AccountSession, user_id: UUID, session_id: UUID, address: str, began: datetime, now: datetime
    ) -> Cookie:
        """A new secret for a session, which goes on with it."""
        expires_at = self._lifetimes.end(began, now)
        secret = workspace_secret(session.workspace_id)
        await session.keep_session(session_id, user_id, address, now, expires_at)
        token = RefreshToken(self._new_id(), user_id, session_id, expires_at, None)
        await session.add_refresh_token(token, digest(secret), is_cookie=True)
        return Cookie(secret, int((expires_at - now).total_seconds()))

    def _session(self, workspace_id: UUID) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(workspace_id, AccountSession)


def _began(session_id: UUID | None) -> Any:
    """When the person signed in whose browser has a living session; nothing where it has no cookie."""
    has_cookie = exists().where(refresh_tokens.c.session_id == sessions.c.id, refresh_tokens.c.is_cookie)
    return select(sessions.c.created_at).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None), has_cookie)


def _known(secret: str, now: datetime) -> Any:
    """The secret, its living session and what its user may do in the session's workspace."""
    older = refresh_tokens.alias("older")
    has_older = exists().where(
        older.c.session_id == refresh_tokens.c.session_id,
        older.c.id < refresh_tokens.c.id,
        older.c.rotated_at.is_(None),
    )
    columns = (refresh_tokens.c.id, refresh_tokens.c.rotated_at, sessions.c.id.label("session_id"), sessions.c.user_id)
    of_session = (sessions.c.created_at.label("began"), sessions.c.used_at)
    return (
        select(*columns, *of_session, memberships.c.role, has_older.label("has_older"))
        .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
        .join(memberships, memberships.c.user_id == sessions.c.user_id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(refresh_tokens.c.digest == digest(secret), refresh_tokens.c.is_cookie)
        .where(sessions.c.ended_at.is_(None), sessions.c.expires_at > now, users.c.is_active)
    )


def _succeeded(row: Row[Any], now: datetime) -> Any:
    """Notes that the secrets before a session's newest one have a successor that is used."""
    return (
        update(refresh_tokens)
        .where(refresh_tokens.c.session_id == row.session_id, refresh_tokens.c.id < row.id)
        .where(refresh_tokens.c.rotated_at.is_(None))
        .values(rotated_at=now)
    )
