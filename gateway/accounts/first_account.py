"""The first account of an installation on one's own machine: made by a link that its operator's terminal shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, exists, select, text

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.attempts import Attempt, Attempts
from coderai.gateway.accounts.domain import Membership, User
from coderai.gateway.accounts.links import LinkNotValid, Purpose, make_link, must_be_valid, use_link
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import links, users
from coderai.kit.audit import Fact
from coderai.kit.db import NO_WORKSPACE, Database
from coderai.kit.errors import Unauthenticated
from coderai.kit.identity import Role

log = structlog.get_logger()

LIFETIME = timedelta(minutes=15)
EMAIL = "owner@coderai.local"
"""Of the account; no mail gets to such a domain but in a network of one's own (RFC 6762)."""
NO_PASSWORD = ""
"""In the place of a password's hash: nobody signs in by password to such an account."""
_ATTEMPTS = "sign-in code"
"""What wrong codes count by in the place of an account; no e-mail address is without an @."""


class CodeNotValid(Unauthenticated):
    """The sign-in link is not valid: it was used, has expired, or there is an account already; sign in by password."""


def link_of(public_url: str, code: str) -> str:
    """The sign-in link; the code stands behind `#`, which browsers send to no server and no log."""
    return f"{public_url.rstrip('/')}/sign-in#code={code}"


class FirstAccount:
    """Makes the link, and the account by it; once, and never where there is an account."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        *,
        is_ours_alone: bool,
    ) -> None:
        """`is_ours_alone`: whether nobody but this machine's people reach the installation; else there is no link."""
        self._db = db
        self._attempts = Attempts(db)
        self._clock = clock
        self._new_id = new_id
        self._is_ours_alone = is_ours_alone

    async def make_code(self) -> str:
        """The code of a new link, in the place of the one before; empty where no link may be."""
        if not self._is_ours_alone:
            return ""
        async with self._session() as session:
            await _hold_accounts(session)
            if await _has_accounts(session):
                return ""
            await session.execute(delete(links).where(links.c.purpose == Purpose.FIRST.value))
            until = self._clock() + LIFETIME
            code = await make_link(session, None, Purpose.FIRST, until, self._new_id, is_mailed=False)
            await session.commit()
        return code

    @asynccontextmanager
    async def making(self, code: str, address: str) -> AsyncIterator[tuple[AccountSession, User, Membership]]:
        """A transaction with the first account in it, for the block to sign in and to commit.

        Raises:
            CodeNotValid
            TooManyAttempts: too many wrong codes came from the address.
        """
        attempt = Attempt(_ATTEMPTS, address)
        await self._attempts.begin(attempt)
        user = User(self._new_id(), EMAIL, NO_PASSWORD, True)
        membership = Membership(self._new_id(), "Personal", Role.OWNER)
        try:
            async with self._session() as session:
                await self._use(session, code)
                await session.add_user(user)
                await session.enter(membership.workspace_id)
                await session.add_workspace(membership.workspace_name)
                await session.add_member(self._new_id(), user.id, membership.role)
                workspace_id, name = membership.workspace_id, membership.workspace_name
                await session.record_of(user.id, Fact(audit.AUDIT_KIND_WORKSPACE_CREATED, None, workspace_id, name))
                yield session, user, membership
        except CodeNotValid:
            await self._attempts.failed(attempt)
            log.info("sign_in", outcome="wrong code", user_id=None)
            raise
        await self._attempts.succeeded(attempt)
        log.info("first_account_made", user_id=str(user.id))

    async def _use(self, session: AccountSession, code: str) -> None:
        if not self._is_ours_alone:
            raise CodeNotValid()
        try:
            await must_be_valid(session, Purpose.FIRST, code, self._clock())
            await _hold_accounts(session)
            await use_link(session, Purpose.FIRST, code, self._clock())
        except LinkNotValid:
            raise CodeNotValid() from None
        if await _has_accounts(session):
            raise CodeNotValid()

    def _session(self) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(NO_WORKSPACE, AccountSession)


async def _hold_accounts(session: AccountSession) -> None:
    """Lets nobody else make an account before this transaction ends."""
    await session.execute(text("lock table users in share row exclusive mode"))


async def _has_accounts(session: AccountSession) -> bool:
    return bool((await session.execute(select(exists(select(users.c.id))))).scalar_one())
