"""What people do with their accounts: register, log in, refresh, log out, look at themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

import structlog

from coderai.gateway.accounts.attempts import Attempt, Attempts
from coderai.gateway.accounts.domain import (
    REFRESH_LIFETIME,
    Membership,
    RefreshToken,
    RefreshTokenInvalid,
    SignedIn,
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
        self._attempts = Attempts(db)
        self._passwords = passwords
        self._tokens = tokens
        self._clock = clock
        self._new_id = new_id

    async def register(self, email: str, password: str, address: str = "") -> SignedIn:
        """Makes a user with a personal workspace, and signs them in.

        Raises:
            InvalidInput: the e-mail is none.
            EmailTaken: it has an account already.
        """
        user = User(self._new_id(), normal_email(email), await self._passwords.hash(password, address), True)
        membership = Membership(self._new_id(), _PERSONAL, Role.OWNER)
        async with self._session(membership.workspace_id) as session:
            await session.add_user(user)
            await session.add_workspace(membership.workspace_name)
            await session.add_member(self._new_id(), user.id, membership.role)
            signed_in = await self._sign_in(session, user, membership, self._new_id())
            await session.commit()
        log.info("registered", user_id=str(user.id))
        return signed_in

    async def login(
        self, email: str, password: str, workspace_id: UUID | None = None, address: str = "", refresh_token: str = ""
    ) -> SignedIn:
        """Signs a user in to a workspace of theirs; to their personal one when none is named.

        `address` is where they do so; with a `refresh_token` of the account, failures of others do not hold them up.

        Raises:
            WrongCredentials: no such user, another password, a deactivated user, or not a member of the workspace.
            TooManyAttempts: too many have failed before (accounts.attempts).
            PasswordsBusy: too many are being checked.
        """
        email = normal_email(email)
        async with self._session(NO_WORKSPACE) as session:
            user = await session.user_by_email(email)
        attempt = Attempt(email, address, await self._login_of(user, refresh_token))
        await self._attempts.begin(attempt)
        matches = await self._passwords.matches(password, user.password_hash if user else None, address)
        membership = await self._membership(user, workspace_id) if matches and user and user.is_active else None
        if user is None or membership is None:
            await self._attempts.failed(attempt)
            raise WrongCredentials()
        async with self._session(membership.workspace_id) as session:
            signed_in = await self._sign_in(session, user, membership, self._new_id())
            await session.commit()
        await self._attempts.succeeded(attempt)
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

    async def _login_of(self, user: User | None, refresh_token: str) -> UUID | None:
        """The login that a refresh token comes from, if it is the user's and good."""
        workspace_id = workspace_of(refresh_token)
        if user is None or workspace_id is None:
            return None
        async with self._session(workspace_id) as session:
            token = await session.refresh_token(digest(refresh_token))
        if token is None or token.user_id != user.id or token.revoked_at or token.rotated_at:
            return None
        return token.family_id if token.expires_at > self._clock() else None

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
