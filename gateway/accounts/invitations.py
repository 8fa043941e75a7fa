"""Invitations to a workspace: for one e-mail address, taken with the token that only its reader or the inviter has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, func, insert, select

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.domain import CallerIdentity, Membership, User, digest, workspace_of, workspace_secret
from coderai.gateway.accounts.emails import normal_email
from coderai.gateway.accounts.links import LIFETIMES, Purpose
from coderai.gateway.accounts.mail_queue import MailQueue
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import invitations, memberships, users, workspaces
from coderai.gateway.accounts.teams import AlreadyMember, must_own
from coderai.kit.audit import Fact
from coderai.kit.db import NO_WORKSPACE, Database
from coderai.kit.errors import Forbidden, InvalidInput, LimitReached, NotFound, Unauthenticated
from coderai.kit.identity import Role

log = structlog.get_logger()

MOST_PENDING = 200
"""Invitations of a workspace that wait for an answer."""
_SHOWN = tuple(invitations.c[name] for name in ("id", "email", "role", "created_at", "expires_at", "mailed_at"))


class InvitationNotValid(InvalidInput):
    """The invitation is not valid for this account: it was taken back, used or has expired, or names another e-mail."""


class InvitationNotFound(NotFound):
    """There is no such invitation in this workspace."""


class EmailNotVerified(Forbidden):
    """Confirm your own e-mail address before you invite others: a link to it can be mailed to you."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as a workspace's owners see it."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None
    """When the mail was handed to the server; None before, and where no mail is sent."""


class Invitations:
    """Makes, lists, takes back and accepts invitations."""

    def __init__(
        self, db: Database, mails: MailQueue, clock: Callable[[], datetime], new_id: Callable[[], UUID]
    ) -> None:
        self._db = db
        self._mails = mails
        self._clock = clock
        self._new_id = new_id

    async def invite(
        self, caller: CallerIdentity, workspace_id: UUID, email: str, role: Role
    ) -> tuple[Invitation, str | None]:
        """A new invitation in place of an earlier one, and its token to hand over; None when it is mailed.

        It is the same whether the address has an account or not.

        Raises:
            WorkspaceNotFound, Forbidden, InvalidInput, EmailNotVerified
            AlreadyMember: the workspace has a member with this address.
            LimitReached: too many invitations wait, or were mailed.
        """
        email = normal_email(email)
        token = None if self._mails.is_on else workspace_secret(workspace_id)
        async with self._db.session(workspace_id, AccountSession) as session:
            await must_own(session, caller)
            await session.lock_workspace()
            await self._must_be_inviter(session, caller)
            await _must_be_new(session, email)
            await session.execute(delete(invitations).where(invitations.c.email == email))
            invitation = await self._add(session, caller, email, role, token)
            if self._mails.is_on and not await self._mails.add(
                session, Purpose.INVITATION, email, asked_by=caller.user_id, invitation_id=invitation.id
            ):
                raise LimitReached("too many mails were sent to this address, or by you; try again later")
            changes = {"role": (None, role)}
            await session.record(Fact(audit.AUDIT_KIND_MEMBER_INVITED, None, invitation.id, email, changes), who=caller)
            await session.commit()
        _log("member_invited", caller.user_id, workspace_id, invitation.id, role)
        return invitation, token

    async def list(self, caller: CallerIdentity, workspace_id: UUID) -> list[Invitation]:
        """The invitations that wait, oldest first; for owners.

        Raises:
            WorkspaceNotFound, Forbidden
        """
        async with self._db.session(workspace_id, AccountSession) as session:
            await must_own(session, caller)
            statement = select(*_SHOWN).where(invitations.c.expires_at > self._clock()).order_by(invitations.c.id)
            return [_read(row) for row in await session.execute(statement)]

    async def take_back(self, caller: CallerIdentity, workspace_id: UUID, invitation_id: UUID) -> None:
        """Ends an invitation; for owners.

        Raises:
            WorkspaceNotFound, Forbidden, InvitationNotFound
        """
        async with self._db.session(workspace_id, AccountSession) as session:
            await must_own(session, caller)
            taken = delete(invitations).where(invitations.c.id == invitation_id).returning(invitations.c.email)
            email = (await session.execute(taken)).scalar_one_or_none()
            if email is None:
                raise InvitationNotFound()
            fact = Fact(audit.AUDIT_KIND_INVITATION_TAKEN_BACK, None, invitation_id, email)
            await session.record(fact, who=caller)
            await session.commit()
        _log("invitation_taken_back", caller.user_id, workspace_id, invitation_id)

    async def accept(self, caller: CallerIdentity, token: str) -> Membership:
        """Makes the caller a member of the workspace that the token is for.

        Raises:
            SignInNeeded, InvitationNotValid, AlreadyMember
        """
        user_id, workspace_id = caller.person(), workspace_of(token) or NO_WORKSPACE
        async with self._db.session(workspace_id, AccountSession) as session:
            user = await session.user(user_id)
            if user is None:
                raise Unauthenticated()
            membership = await self.use(session, user, token, self._new_id())
            await session.commit()
        return membership

    async def use(self, session: AccountSession, user: User, token: str, membership_id: UUID) -> Membership:
        """The same inside a session that is in the invitation's workspace.

        Raises:
            InvitationNotValid, AlreadyMember
        """
        fits = (
            invitations.c.digest == digest(token),
            invitations.c.email == user.email,
            invitations.c.expires_at > self._clock(),
        )
        used = delete(invitations).where(*fits).returning(invitations.c.id, invitations.c.role, invitations.c.mailed_at)
        row = (await session.execute(used)).one_or_none()
        if row is None:
            raise InvitationNotValid()
        role = Role(row.role)
        if not await session.add_member(membership_id, user.id, role):
            raise AlreadyMember()
        joined = Fact(audit.AUDIT_KIND_MEMBER_JOINED, None, user.id, user.email, {"role": (None, role)})
        await session.record_of(user.id, joined)
        if row.mailed_at is not None:
            await session.set_verified(user.id, self._clock())
        name = (
            await session.execute(select(workspaces.c.name).where(workspaces.c.id == session.workspace_id))
        ).scalar_one()
        _log("invitation_accepted", user.id, session.workspace_id, row.id, role)
        return Membership(session.workspace_id, name, role)

    async def must_be_for(self, token: str, email: str) -> None:
        """Raises InvitationNotValid unless the token is that of an invitation for this address."""
        fits = (invitations.c.digest == digest(token), invitations.c.email == email)
        async with self._db.session(workspace_of(token) or NO_WORKSPACE, AccountSession) as session:
            statement = select(invitations.c.id).where(*fits, invitations.c.expires_at > self._clock())
            if (await session.execute(statement)).one_or_none() is None:
                raise InvitationNotValid()

    async def _add(
        self, session: AccountSession, caller: CallerIdentity, email: str, role: Role, token: str | None
    ) -> Invitation:
        now = self._clock()
        values = {
            "id": self._new_id(),
            "workspace_id": session.workspace_id,
            "created_at": now,
            "email": email,
            "role": role.value,
            "invited_by": caller.user_id,
            "digest": digest(token) if token else None,
            "expires_at": now + LIFETIMES[Purpose.INVITATION],
        }
        return _read((await session.execute(insert(invitations).values(values).returning(*_SHOWN))).one())

    async def _must_be_inviter(self, session: AccountSession, caller: CallerIdentity) -> None:
        """Strangers cannot have mail sent to others: whoever has it sent has shown who they are."""
        user = await session.user(caller.user_id) if self._mails.is_on and caller.user_id else None
        if user is not None and user.verified_at is None:
            raise EmailNotVerified()
        pending = select(func.count()).select_from(invitations).where(invitations.c.expires_at > self._clock())
        if (await session.execute(pending)).scalar_one() >= MOST_PENDING:
            raise LimitReached(f"{MOST_PENDING} invitations of this workspace wait for an answer; take some back")


async def _must_be_new(session: AccountSession, email: str) -> None:
    statement = select(memberships.c.id).join(users, users.c.id == memberships.c.user_id).where(users.c.email == email)
    if (await session.execute(statement)).one_or_none():
        raise AlreadyMember()


def _read(row: Any) -> Invitation:
    values = dict(row._mapping)
    return Invitation(**values | {"role": Role(values["role"])})


def _log(event: str, user_id: UUID | None, workspace_id: UUID, invitation_id: UUID, role: Role | None = None) -> None:
    told = {"role": role.value} if role else {}
    log.info(event, user_id=str(user_id), workspace_id=str(workspace_id), invitation_id=str(invitation_id), **told)
