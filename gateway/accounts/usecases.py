"""What people do with their accounts: register, log in, refresh, log out, look at themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.attempts import Attempt, Attempts
from coderai.gateway.accounts.domain import (
    REFRESH_LIFETIME,
    CallerIdentity,
    Membership,
    RefreshToken,
    RefreshTokenInvalid,
    SignedIn,
    User,
    WrongCredentials,
    digest,
    workspace_of,
    workspace_secret,
)
from coderai.gateway.accounts.emails import normal_email
from coderai.gateway.accounts.invitations import Invitations
from coderai.gateway.accounts.links import Purpose
from coderai.gateway.accounts.mail_queue import MailQueue
from coderai.gateway.accounts.passwords import Passwords
from coderai.gateway.accounts.registration import Registration
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tokens import AccessClaims, AccessTokens
from coderai.kit.audit import Fact
from coderai.kit.db import NO_WORKSPACE, Database
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
        invitations: Invitations,
        mails: MailQueue,
        registration: Registration,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._db = db
        self._attempts = Attempts(db)
        self._passwords = passwords
        self._tokens = tokens
        self._invitations = invitations
        self._mails = mails
        self._registration = registration
        self._clock = clock
        self._new_id = new_id

    async def register(self, email: str, password: str, invitation: str = "", address: str = "") -> SignedIn:
        """Makes a user with a personal workspace, and signs them in; an invitation's token makes them a member, too.

        Raises:
            RegistrationClosed, InvitationNeeded: this installation does not take everybody.
            InvalidInput: the e-mail is none, or the invitation is not for it.
            EmailTaken: it has an account already.
        """
        email = normal_email(email)
        self._registration.must_admit(invitation)
        if invitation:
            await self._invitations.must_be_for(invitation, email)
        user = User(self._new_id(), email, await self._passwords.hash(password, address), True)
        signed_in = await self._add(user, invitation, address)
        log.info("registered", user_id=str(user.id), is_invited=bool(invitation))
        return signed_in

    async def _add(self, user: User, invitation: str, address: str) -> SignedIn:
        membership = Membership(self._new_id(), _PERSONAL, Role.OWNER)
        membership_id = self._new_id()  # before the other's, which makes the personal workspace the first
        async with self._session(workspace_of(invitation) or NO_WORKSPACE) as session:
            await session.add_user(user)
            if invitation:
                await self._invitations.use(session, user, invitation, self._new_id())
            elif self._mails.is_on:
                await self._mails.add(session, Purpose.VERIFY, user.email)
            await session.enter(membership.workspace_id)
            await session.add_workspace(membership.workspace_name)
            await session.add_member(membership_id, user.id, membership.role)
            workspace_id, name = membership.workspace_id, membership.workspace_name
            await session.record_of(user.id, Fact(audit.AUDIT_KIND_WORKSPACE_CREATED, None, workspace_id, name))
            signed_in = await self._begin(session, user, membership, address)
            await session.commit()
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
        user, membership = await self.check(email, password, workspace_id, address, refresh_token)
        async with self._session(membership.workspace_id) as session:
            signed_in = await self._begin(session, user, membership, address)
            await session.commit()
        return signed_in

    async def check(
        self, email: str, password: str, workspace_id: UUID | None = None, address: str = "", refresh_token: str = ""
    ) -> tuple[User, Membership]:
        """The user with this password, and the workspace that they sign in to; takes and raises what `login` does."""
        email = normal_email(email)
        async with self._session(NO_WORKSPACE) as session:
            user = await session.user_by_email(email)
        attempt = Attempt(email, address, await self._login_of(user, refresh_token))
        await self._attempts.begin(attempt)
        matches = await self._passwords.matches(password, user.password_hash if user else None, address)
        membership = await self._membership(user, workspace_id) if matches and user and user.is_active else None
        if user is None or membership is None:
            await self._attempts.failed(attempt)
            await self._record_refusal(user, workspace_id, _refusal(user, matches), address)
            _log_sign_in(user, _refusal(user, matches))
            raise WrongCredentials()
        await self._attempts.succeeded(attempt)
        _log_sign_in(user, "signed in")
        return user, membership

    async def refresh(self, refresh_token: str, address: str = "") -> SignedIn:
        """Exchanges a refresh token for new tokens. One that was exchanged before ends the whole login: it was stolen.

        Raises:
            RefreshTokenInvalid: it is unknown, expired, revoked or used already, or its user may not come in any more.
        """
        async with self._session(_workspace_of(refresh_token)) as session:
            token = await session.refresh_token(digest(refresh_token))
            now = self._clock()
            if token is None or token.expires_at <= now:
                raise RefreshTokenInvalid()
            if token.rotated_at:
                await session.end_session(token.session_id, now, audit.AUDIT_KIND_SESSION_REVOKED)
                await session.commit()
                log.warning("refresh_token_reused", user_id=str(token.user_id))
                raise RefreshTokenInvalid("the refresh token was used before: this login is ended; sign in again")
            user, members = await session.user(token.user_id), await session.memberships(token.user_id)
            if user is None or not user.is_active or not members:
                raise RefreshTokenInvalid()
            await session.rotate(token.id, now)
            signed_in = await self._sign_in(session, user, members[0], token.session_id, address)
            await session.commit()
        return signed_in

    async def logout(self, refresh_token: str) -> None:
        """Ends the session that a refresh token comes from, at once; an unknown token is no error."""
        workspace_id = workspace_of(refresh_token)
        if workspace_id is None:
            return
        async with self._session(workspace_id) as session:
            token = await session.refresh_token(digest(refresh_token))
            if token:
                await session.end_session(token.session_id, self._clock())
                await session.commit()
                log.info("signed_out", user_id=str(token.user_id))

    async def whoami(self, caller: CallerIdentity) -> tuple[User, list[Membership]]:
        """The user and their workspaces; an API key is shown its own workspace alone, and the role that it has there.

        Raises:
            Unauthenticated: the user is gone or deactivated.
        """
        if caller.user_id is None:
            raise Unauthenticated()
        async with self._session(caller.workspace_id) as session:
            if caller.session_id is not None:
                await session.act_for(caller.user_id)
            user, members = await session.user(caller.user_id), await session.memberships(caller.user_id)
        if user is None or not user.is_active:
            raise Unauthenticated("this account is not active any more")
        if caller.api_key_id is not None:
            members = [replace(member, role=caller.role) for member in members]
        return user, members

    def _session(self, workspace_id: UUID) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(workspace_id, AccountSession)

    async def _login_of(self, user: User | None, refresh_token: str) -> UUID | None:
        """The session that a refresh token comes from, if it is the user's and good."""
        workspace_id = workspace_of(refresh_token)
        if user is None or workspace_id is None:
            return None
        async with self._session(workspace_id) as session:
            token = await session.refresh_token(digest(refresh_token))
        if token is None or token.user_id != user.id or token.rotated_at:
            return None
        return token.session_id if token.expires_at > self._clock() else None

    async def _membership(self, user: User, workspace_id: UUID | None) -> Membership | None:
        async with self._session(NO_WORKSPACE) as session:
            await session.act_for(user.id)
            members = await session.memberships(user.id)
        return next((m for m in members if workspace_id in (None, m.workspace_id)), None)

    async def _record_refusal(self, user: User | None, workspace_id: UUID | None, reason: str, address: str) -> None:
        """Records a failed sign-in in the workspace that was named, or else in the user's first.

        Where there is no account the same is done and taken back, so that it takes as long; nor does anybody wait for
        the disk.
        """
        fact = Fact(audit.AUDIT_KIND_SIGN_IN_FAILED, changes={"reason": (None, reason)}, address=address)
        async with self._session(NO_WORKSPACE) as session:
            await session.execute(text("set local synchronous_commit = off"))
            await session.act_for(user.id if user else NO_WORKSPACE)
            members = await session.memberships(user.id if user else NO_WORKSPACE)
            named = next((m for m in members if m.workspace_id == workspace_id), None)
            membership = named or (members[0] if members else None)
            await session.enter(membership.workspace_id if membership else NO_WORKSPACE)
            await session.record_of(user.id if user else None, fact)
            if membership:
                await session.commit()

    async def _begin(self, session: AccountSession, user: User, membership: Membership, address: str) -> SignedIn:
        session_id = self._new_id()
        await session.record_of(user.id, Fact(audit.AUDIT_KIND_SIGNED_IN, thing_id=session_id, address=address))
        return await self._sign_in(session, user, membership, session_id, address)

    async def _sign_in(
        self, session: AccountSession, user: User, membership: Membership, session_id: UUID, address: str
    ) -> SignedIn:
        now = self._clock()
        expires_at = now + REFRESH_LIFETIME
        secret = workspace_secret(membership.workspace_id)
        await session.keep_session(session_id, user.id, address, now, expires_at)
        await session.add_refresh_token(
            RefreshToken(self._new_id(), user.id, session_id, expires_at, None), digest(secret)
        )
        claims = AccessClaims(user.id, membership.workspace_id, session_id)
        return SignedIn(user, membership, self._tokens.mint(claims, now), secret)


def _refusal(user: User | None, matches: bool) -> str:
    """Why nobody was signed in, for the log alone."""
    if user is None:
        return "no such account"
    if not matches:
        return "wrong password"
    return "no member" if user.is_active else "deactivated"


def _log_sign_in(user: User | None, outcome: str) -> None:
    log.info("sign_in", outcome=outcome, user_id=str(user.id) if user else None)


def _workspace_of(refresh_token: str) -> UUID:
    workspace_id = workspace_of(refresh_token)
    if workspace_id is None:
        raise RefreshTokenInvalid()
    return workspace_id
