"""Workspaces that people share: who is in them, and in which role."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.domain import CallerIdentity, Membership
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import invitations, memberships, users
from coderai.kit.audit import Fact
from coderai.kit.db import Database
from coderai.kit.errors import AlreadyExists, Conflict, Forbidden, NotFound
from coderai.kit.identity import Role

log = structlog.get_logger()


class WorkspaceNotFound(NotFound):
    """There is no such workspace, or you are not a member of it."""


class MemberNotFound(NotFound):
    """There is no such member in this workspace."""


class AlreadyMember(AlreadyExists):
    """They are a member of this workspace already; change their role instead."""


class LastOwner(Conflict):
    """A workspace needs an owner: make somebody else one first."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the other members see them."""

    user_id: UUID
    email: str
    role: Role


class Teams:
    """The use cases of workspaces. An API key may do what its role allows in its own workspace, nothing elsewhere."""

    def __init__(self, db: Database, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
        self._db = db
        self._clock = clock
        self._new_id = new_id

    async def create(self, caller: CallerIdentity, name: str) -> Membership:
        """A new workspace that the caller owns.

        Raises:
            SignInNeeded
        """
        user_id, membership = caller.person(), Membership(self._new_id(), name, Role.OWNER)
        async with self._session(membership.workspace_id) as session:
            await session.add_workspace(name)
            await session.add_member(self._new_id(), user_id, membership.role)
            made = Fact(audit.AUDIT_KIND_WORKSPACE_CREATED, None, membership.workspace_id, name)
            await session.record(made, who=caller)
            await session.commit()
        log.info("workspace_created", user_id=str(user_id), workspace_id=str(membership.workspace_id))
        return membership

    async def members(self, caller: CallerIdentity, workspace_id: UUID) -> list[Member]:
        """All members of a workspace, the first at the head.

        Raises:
            WorkspaceNotFound: there is none, or the caller is not in it.
        """
        async with self._session(workspace_id) as session:
            await _role_of(session, caller)
            return await _members(session)

    async def change(self, caller: CallerIdentity, workspace_id: UUID, member_id: UUID, role: Role) -> Member:
        """Gives a member another role, which holds from their next request on.

        Raises:
            WorkspaceNotFound, Forbidden, MemberNotFound, LastOwner
        """
        async with self._session(workspace_id) as session:
            await must_own(session, caller)
            member = await _member(session, member_id)
            await session.execute(update(memberships).where(memberships.c.user_id == member_id).values(role=role.value))
            if role is not member.role:
                await session.record(_fact(audit.AUDIT_KIND_ROLE_CHANGED, member, role), who=caller)
            if role is not Role.OWNER:
                await take_back_invitations(session, member_id)
            await _must_have_owner(session)
            await session.commit()
        _log("role_changed", caller, workspace_id, member_id, role_before=member.role.value, role=role.value)
        return Member(member.user_id, member.email, role)

    async def remove(self, caller: CallerIdentity, workspace_id: UUID, member_id: UUID) -> None:
        """Takes a member out of a workspace, their sessions, keys and invitations too; all people may leave.

        Raises:
            WorkspaceNotFound, Forbidden, MemberNotFound, LastOwner
        """
        async with self._session(workspace_id) as session:
            if caller.session_id is None or member_id != caller.user_id:
                await must_own(session, caller)
            member = await _member(session, member_id)
            await session.record(_fact(audit.AUDIT_KIND_MEMBER_REMOVED, member, None), who=caller)
            await leave(session, member_id, self._clock())
            await _must_have_owner(session)
            await session.commit()
        _log("member_removed", caller, workspace_id, member_id)

    def _session(self, workspace_id: UUID) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(workspace_id, AccountSession)


async def must_own(session: AccountSession, caller: CallerIdentity) -> None:
    """Refuses whoever is not an owner of the session's workspace.

    Raises:
        WorkspaceNotFound, Forbidden
    """
    if await _role_of(session, caller) is not Role.OWNER:
        raise Forbidden("only owners of a workspace decide who is in it")


async def leave(session: AccountSession, user_id: UUID, now: datetime) -> None:
    """Takes a user out of the session's workspace, with all that acts for them there."""
    await session.execute(delete(memberships).where(memberships.c.user_id == user_id))
    await session.end_sessions(user_id, now)
    await session.delete_api_keys(user_id)
    await take_back_invitations(session, user_id)


async def take_back_invitations(session: AccountSession, user_id: UUID) -> None:
    """Ends the invitations to the session's workspace that a user made and that wait for an answer."""
    await session.execute(delete(invitations).where(invitations.c.invited_by == user_id))


async def _role_of(session: AccountSession, caller: CallerIdentity) -> Role:
    if caller.session_id is None and session.workspace_id != caller.workspace_id:
        raise WorkspaceNotFound("an API key acts in its own workspace alone")
    statement = select(memberships.c.role).where(memberships.c.user_id == caller.user_id)
    role = (await session.execute(statement)).scalar_one_or_none()
    if role is None:
        raise WorkspaceNotFound()
    return Role(role) if caller.session_id else Role(role).at_most(caller.role)


async def _must_have_owner(session: AccountSession) -> None:
    # The workspace's row is locked, so that two owners cannot leave at the same time.
    await session.lock_workspace()
    owners = (
        select(func.count())
        .select_from(memberships)
        .join(users, users.c.id == memberships.c.user_id)
        .where(memberships.c.role == Role.OWNER.value, users.c.is_active)
    )
    if not (await session.execute(owners)).scalar_one():
        raise LastOwner()


async def _members(session: AccountSession) -> list[Member]:
    statement = (
        select(memberships.c.user_id, users.c.email, memberships.c.role)
        .join(users, users.c.id == memberships.c.user_id)
        .order_by(memberships.c.id)
    )
    return [Member(row.user_id, row.email, Role(row.role)) for row in await session.execute(statement)]


async def _member(session: AccountSession, member_id: UUID) -> Member:
    found = next((member for member in await _members(session) if member.user_id == member_id), None)
    if found is None:
        raise MemberNotFound()
    return found


def _fact(kind: audit.AuditKind.ValueType, member: Member, role: Role | None) -> Fact:
    return Fact(kind, None, member.user_id, member.email, {"role": (member.role, role)})


def _log(event: str, caller: CallerIdentity, workspace_id: UUID, member_id: UUID, **told: str) -> None:
    who = {"user_id": str(caller.user_id), "api_key_id": str(caller.api_key_id) if caller.api_key_id else None}
    log.info(event, **who, workspace_id=str(workspace_id), member_id=str(member_id), **told)
