"""What people do with their accounts: register, log in, refresh, log out, look at themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from math import ceil
from uuid import UUID

import structlog

from coderai.gateway.accounts.domain import (
    ATTEMPTS,
    ATTEMPTS_WINDOW,
    REFRESH_LIFETIME,
    Membership,
    RefreshToken,
    RefreshTokenInvalid,
    SignedIn,
    TooManyAttempts,
    User,
    WrongCredentials,
    digest,
    normal_email,
    workspace_of,
    workspace_secret,
)
from coderai.gateway.accounts.passwords import Passwords
from coderai.gateway.accounts.store import NO_WORKSPACE, AccountSession
from coderai.gateway.accounts.tokens import AccessTokens
from coderai.kit.db import Database
from coderai.kit.errors import Unauthenticated
from coderai.kit.identity import Role

log = structlog.get_logger()

_PERSONAL = "Personal"


class Accounts:
    """The use cases of accounts."""

    def __init__(
        self,
        db: Database,
        passwords: Passwords,
        tokens: AccessTokens,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._db = db
        self._passwords = passwords
        self._tokens = tokens
        self._clock = clock
        self._new_id = new_id

    async def register(self, email: str, password: str) -> SignedIn:
        """Makes a user with a personal workspace, and signs them in.

        Raises:
            InvalidInput: the e-mail is none.
            EmailTaken: it has an account already.
        """
        user = User(self._new_id(), normal_email(email), await self._passwords.hash(password), True)
        membership = Membership(self._new_id(), _PERSONAL, Role.OWNER)
        async with self._session(membership.workspace_id) as session:
            await session.add_user(user)
            await session.add_workspace(membership.workspace_name)
            await session.add_member(self._new_id(), user.id, membership.role)
            signed_in = await self._sign_in(session, user, membership, self._new_id())
            await session.commit()
        log.info("registered", user_id=str(user.id))
        return signed_in

    async def login(self, email: str, password: str, workspace_id: UUID | None = None) -> SignedIn:
        """Signs a user in to a workspace of theirs; to their personal one when none is named.

        Raises:
            WrongCredentials: no such user, another password, a deactivated user, or not a member of the workspace.
            TooManyAttempts: ten logins of the e-mail have failed within fifteen minutes.
        """
        email = normal_email(email)
        user = await self._attempt(email)
        if not await self._passwords.matches(password, user.password_hash if user else None):
            raise WrongCredentials()
        membership = await self._membership(user, workspace_id) if user and user.is_active else None
        if user is None or membership is None:
            raise WrongCredentials()
        async with self._session(membership.workspace_id) as session:
            await session.forget_attempts(email, self._clock())
            signed_in = await self._sign_in(session, user, membership, self._new_id())
            await session.commit()
        return signed_in

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Exchanges a refresh token for new tokens. One that was exchanged before ends the whole login: it was stolen.

        Raises:
            RefreshTokenInvalid: it is unknown, expired, revoked or used already, or its user may not come in any more.
        """
        async with self._session(_workspace_of(refresh_token)) as session:
            token = await session.refresh_token(digest(refresh_token))
            now = self._clock()
            if token is None or token.revoked_at or token.expires_at <= now:
                raise RefreshTokenInvalid()
            if token.rotated_at:
                await session.revoke_family(token.family_id, now)
                await session.commit()
                log.warning("refresh_token_reused", user_id=str(token.user_id))
                raise RefreshTokenInvalid("the refresh token was used before: this login is ended; sign in again")
            user, members = await session.user(token.user_id), await session.memberships(token.user_id)
            if user is None or not user.is_active or not members:
                raise RefreshTokenInvalid()
            await session.rotate(token.id, now)
            signed_in = await self._sign_in(session, user, members[0], token.family_id)
            await session.commit()
        return signed_in

    async def logout(self, refresh_token: str) -> None:
        """Ends the login that a refresh token comes from; an unknown token is no error."""
        workspace_id = workspace_of(refresh_token)
        if workspace_id is None:
            return
        async with self._session(workspace_id) as session:
            token = await session.refresh_token(digest(refresh_token))
            if token:
                await session.revoke_family(token.family_id, self._clock())
                await session.commit()

    async def whoami(self, user_id: UUID) -> tuple[User, list[Membership]]:
        """The user and their workspaces.

        Raises:
            Unauthenticated: the user is gone or deactivated.
        """
        async with self._session(NO_WORKSPACE) as session:
            await session.act_for(user_id)
            user, members = await session.user(user_id), await session.memberships(user_id)
        if user is None or not user.is_active:
            raise Unauthenticated("this account is not active any more")
        return user, members

    def _session(self, workspace_id: UUID) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(workspace_id, AccountSession)

    async def _attempt(self, email: str) -> User | None:
        """Counts the login before it is tried, so that many at once cannot slip under the limit."""
        now = self._clock()
        async with self._session(NO_WORKSPACE) as session:
            attempts, since = await session.count_attempt(email, now)
            user = await session.user_by_email(email)
            await session.commit()
        if attempts > ATTEMPTS:
            raise TooManyAttempts(ceil((since + ATTEMPTS_WINDOW - now).total_seconds()))
        return user

    async def _membership(self, user: User, workspace_id: UUID | None) -> Membership | None:
        async with self._session(NO_WORKSPACE) as session:
            await session.act_for(user.id)
            members = await session.memberships(user.id)
        return next((m for m in members if workspace_id in (None, m.workspace_id)), None)

    async def _sign_in(self, session: AccountSession, user: User, membership: Membership, family_id: UUID) -> SignedIn:
        now = self._clock()
        text = workspace_secret(membership.workspace_id)
        token = RefreshToken(self._new_id(), user.id, family_id, now + REFRESH_LIFETIME, None, None)
        await session.add_refresh_token(token, digest(text))
        return SignedIn(user, membership, self._tokens.mint(user.id, membership, now), text)


def _workspace_of(refresh_token: str) -> UUID:
    workspace_id = workspace_of(refresh_token)
    if workspace_id is None:
        raise RefreshTokenInvalid()
    return workspace_id
