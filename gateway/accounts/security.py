"""What people change about their accounts: password, proof of their address, the end of the account."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.attempts import Attempt, Attempts
from coderai.gateway.accounts.domain import CallerIdentity, Membership, User
from coderai.gateway.accounts.emails import normal_email
from coderai.gateway.accounts.links import (
    HANDED_OVER_LIFETIME,
    LinkNotValid,
    Purpose,
    address_of,
    make_link,
    must_be_valid,
    use_link,
)
from coderai.gateway.accounts.mail_queue import MailQueue
from coderai.gateway.accounts.passwords import Passwords
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import links, memberships, users
from coderai.gateway.accounts.teams import leave, take_back_invitations
from coderai.kit.audit import Fact
from coderai.kit.db import NO_WORKSPACE, Database
from coderai.kit.errors import Conflict, Forbidden, NotFound, Unauthenticated
from coderai.kit.identity import Role

log = structlog.get_logger()


class WrongPassword(Forbidden):
    """That is not your current password."""


class MailNotSet(Conflict):
    """This installation sends no mail: ask its operator for a link."""


class AccountNotFound(NotFound):
    """Nobody has an account with this e-mail."""


class SoleOwner(Conflict):
    """You are the only owner of workspaces that others are in: make somebody else an owner first."""


class AccountSecurity:
    """Changes of passwords, addresses' proofs, and deactivation."""

    def __init__(
        self,
        db: Database,
        passwords: Passwords,
        mails: MailQueue,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        self._db = db
        self._passwords = passwords
        self._mails = mails
        self._attempts = Attempts(db)
        self._clock = clock
        self._new_id = new_id

    async def change_password(self, caller: CallerIdentity, current: str, new: str, address: str = "") -> None:
        """Sets another password and ends all other sessions; API keys go on.

        Raises:
            SignInNeeded, WrongPassword, TooManyAttempts, PasswordsBusy
        """
        user = await self._proven(caller, current, "password_changed", address)
        hashed = await self._passwords.hash(new, address)
        async with self._session() as session:
            await session.act_for(user.id)
            await session.set_password(user.id, hashed)
            await session.end_sessions(user.id, self._clock(), but=caller.session_id)
            await session.record_everywhere(user.id, Fact(audit.AUDIT_KIND_PASSWORD_CHANGED, address=address))
            await session.commit()
        log.info("password_changed", user_id=str(user.id), outcome="changed")

    async def ask_for_reset(self, email: str) -> None:
        """Has a link mailed with which a password is set, if there is such an account; the answer is always the same.

        Raises:
            MailNotSet, InvalidInput
        """
        if not self._mails.is_on:
            raise MailNotSet()
        email = normal_email(email)
        async with self._session() as session:
            # Whether there is an account is asked when the mail is written, so that this takes as long in any case.
            await self._mails.add(session, Purpose.RESET, email)
            await session.commit()

    async def reset_password(self, token: str, new: str, address: str = "") -> None:
        """Sets the password of a link's user, and ends all that could act for them before: sessions and API keys.

        Raises:
            LinkNotValid, PasswordsBusy
        """
        now = self._clock()
        async with self._session() as session:
            await must_be_valid(session, Purpose.RESET, token, now)
        hashed = await self._passwords.hash(new, address)
        async with self._session() as session:
            link = await use_link(session, Purpose.RESET, token, now)
            user = await session.user(link.user_id)
            if user is None or not user.is_active:
                raise LinkNotValid()
            await session.act_for(user.id)
            await session.set_password(user.id, hashed)
            await session.end_sessions(user.id, now)
            await session.delete_api_keys(user.id)
            if link.is_mailed:
                await session.set_verified(user.id, now)
            await session.record_everywhere(user.id, Fact(audit.AUDIT_KIND_PASSWORD_RESET, address=address))
            await session.commit()
        await self._attempts.succeeded(Attempt(user.email, address))
        log.info("password_reset", user_id=str(user.id), by_mail=link.is_mailed)

    async def ask_for_verification(self, caller: CallerIdentity) -> None:
        """Has a link mailed that proves the caller's address, unless it is proven.

        Raises:
            SignInNeeded, MailNotSet
        """
        user_id = caller.person()
        if not self._mails.is_on:
            raise MailNotSet()
        async with self._session() as session:
            user = await session.user(user_id)
            if user is not None and user.verified_at is None:
                await self._mails.add(session, Purpose.VERIFY, user.email)
                await session.commit()

    async def verify(self, token: str) -> None:
        """Notes that a link's user reads what comes to their address.

        Raises:
            LinkNotValid
        """
        async with self._session() as session:
            link = await use_link(session, Purpose.VERIFY, token, self._clock())
            await session.set_verified(link.user_id, self._clock())
            await session.commit()
        log.info("email_verified", user_id=str(link.user_id))

    async def deactivate(self, caller: CallerIdentity, password: str, address: str = "") -> None:
        """Ends an account: its sessions, keys and memberships in workspaces that others are in.

        Raises:
            SignInNeeded, WrongPassword, TooManyAttempts, PasswordsBusy
            SoleOwner: others would be left without an owner.
        """
        user = await self._proven(caller, password, "account_deactivated", address)
        now = self._clock()
        async with self._session() as session:
            await session.act_for(user.id)
            mine = await session.memberships(user.id)
            await session.end_sessions(user.id, now)
            await session.delete_api_keys(user.id)
            await session.execute(update(users).where(users.c.id == user.id).values(is_active=False))
            await session.execute(delete(links).where(links.c.user_id == user.id))
            await _leave_all(session, user.id, mine, now)
            await session.commit()
        log.info("account_deactivated", user_id=str(user.id), outcome="deactivated")

    async def make_reset_link(self, email: str) -> str:
        """A link with which a password is set, for the operator to hand over.

        Raises:
            AccountNotFound, InvalidInput
        """
        async with self._session() as session:
            user = await session.user_by_email(normal_email(email))
            if user is None or not user.is_active:
                raise AccountNotFound()
            until = self._clock() + HANDED_OVER_LIFETIME
            token = await make_link(session, user.id, Purpose.RESET, until, self._new_id, is_mailed=False)
            await session.commit()
        log.info("reset_link_made", user_id=str(user.id))
        return address_of(self._mails.public_url, Purpose.RESET, token)

    async def add_account(self, email: str) -> str:
        """Makes an account whose password nobody knows, and a link to set it, for the operator to hand over.

        Raises:
            EmailTaken, InvalidInput
        """
        hashed = await self._passwords.hash(secrets.token_urlsafe(32))
        user = User(self._new_id(), normal_email(email), hashed, True)
        workspace_id = self._new_id()
        async with self._db.session(workspace_id, AccountSession) as session:
            await session.add_user(user)
            await session.add_workspace("Personal")
            await session.add_member(self._new_id(), user.id, Role.OWNER)
            await session.record_of(None, Fact(audit.AUDIT_KIND_WORKSPACE_CREATED, None, workspace_id, "Personal"))
            await session.commit()
        log.info("account_added", user_id=str(user.id))
        return await self.make_reset_link(user.email)

    async def _proven(self, caller: CallerIdentity, password: str, event: str, address: str) -> User:
        """The caller, who knows their password if they have one.

        Failures count by their session, so that nobody else's hold them up.
        """
        user_id = caller.person()
        async with self._session() as session:
            user = await session.user(user_id)
        if user is None:
            raise Unauthenticated()
        if not user.password_hash:  # of the first account, which came by a link
            return user
        attempt = Attempt(user.email, address, caller.session_id)
        await self._attempts.begin(attempt)
        if not await self._passwords.matches(password, user.password_hash, address):
            await self._attempts.failed(attempt)
            log.info(event, user_id=str(user_id), outcome="wrong password")
            raise WrongPassword()
        await self._attempts.succeeded(attempt)
        return user

    def _session(self) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(NO_WORKSPACE, AccountSession)


async def _leave_all(session: AccountSession, user_id: UUID, mine: list[Membership], now: datetime) -> None:
    """Leaves the workspaces that others are in."""
    kept = []
    for membership in sorted(mine, key=lambda m: m.workspace_id):  # in one order, so that two never wait for each other
        await session.enter(membership.workspace_id)
        await session.lock_workspace()
        await session.record_of(user_id, Fact(audit.AUDIT_KIND_ACCOUNT_DEACTIVATED))
        others, owners = await _others(session, user_id)
        if others and not owners:
            kept.append(membership.workspace_name)
        elif others:
            await leave(session, user_id, now)
        else:
            await take_back_invitations(session, user_id)
    if kept:
        raise SoleOwner(f"you are the only owner of {', '.join(map(repr, kept))}: make somebody else an owner first")


async def _others(session: AccountSession, user_id: UUID) -> tuple[int, int]:
    """How many others are in the session's workspace, and how many of them own it."""
    is_owner = memberships.c.role == Role.OWNER.value
    statement = (
        select(func.count().label("others"), func.count().filter(is_owner).label("owners"))
        .select_from(memberships)
        .join(users, users.c.id == memberships.c.user_id)
        .where(memberships.c.workspace_id == session.workspace_id, memberships.c.user_id != user_id, users.c.is_active)
    )
    row = (await session.execute(statement)).one()
    return row.others, row.owners
