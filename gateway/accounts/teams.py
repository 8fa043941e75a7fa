"""Workspaces that people share: who is in them, and in which role."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, update

from coderai.gateway.accounts.domain import Membership, normal_email
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import memberships, users
from coderai.kit.db import Database
from coderai.kit.errors import AlreadyExists, Conflict, Forbidden, NotFound
from coderai.kit.identity import Role


class WorkspaceNotFound(NotFound):
    """There is no such workspace, or you are not a member of it."""


class UserNotFound(NotFound):
    """Nobody has an account with this e-mail yet; ask them to register first."""


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
    """The use cases of workspaces; `user_id` is always who asks."""

    def __init__(self, db: Database, new_id: Callable[[], UUID]) -> None:
        self._db = db
        self._new_id = new_id

    async def create(self, user_id: UUID, name: str) -> Membership:
        """A new workspace that the user owns."""
        membership = Membership(self._new_id(), name, Role.OWNER)
        async with self._session(membership.workspace_id) as session:
            await session.add_workspace(name)
            await session.add_member(self._new_id(), user_id, membership.role)
            await session.commit()
        return membership

    async def members(self, user_id: UUID, workspace_id: UUID) -> list[Member]:
        """All members of a workspace, the first at the head.

        Raises:
            WorkspaceNotFound: there is none, or the user is not in it.
        """
        async with self._session(workspace_id) as session:
            await _role_of(session, user_id)
            return await _members(session)

    async def add(self, user_id: UUID, workspace_id: UUID, email: str, role: Role) -> Member:
        """Lets somebody with an account in.

        Raises:
            WorkspaceNotFound, Forbidden, UserNotFound, AlreadyMember
        """
        async with self._session(workspace_id) as session:
            await _must_own(session, user_id)
            user = await session.user_by_email(normal_email(email))
            if user is None:
                raise UserNotFound()
            if not await session.add_member(self._new_id(), user.id, role):
                raise AlreadyMember()
            await session.commit()
        return Member(user.id, user.email, role)

    async def change(self, user_id: UUID, workspace_id: UUID, member_id: UUID, role: Role) -> Member:
        """Gives a member another role.

        Raises:
            WorkspaceNotFound, Forbidden, MemberNotFound, LastOwner
        """
        async with self._session(workspace_id) as session:
            await _must_own(session, user_id)
            member = await _member(session, member_id)
            await session.execute(update(memberships).where(memberships.c.user_id == member_id).values(role=role.value))
            await _must_have_owner(session)
            await session.commit()
        return Member(member.user_id, member.email, role)

    async def remove(self, user_id: UUID, workspace_id: UUID, member_id: UUID) -> None:
        """Takes a member out of a workspace; everybody may leave by themselves.

        Raises:
            WorkspaceNotFound, Forbidden, MemberNotFound, LastOwner
        """
        async with self._session(workspace_id) as session:
            if member_id != user_id:
                await _must_own(session, user_id)
            await _member(session, member_id)
            await session.execute(delete(memberships).where(memberships.c.user_id == member_id))
            await _must_have_owner(session)
            await session.commit()

    def _session(self, workspace_id: UUID) -> AbstractAsyncContextManager[AccountSession]:
        return self._db.session(workspace_id, AccountSession)


async def _role_of(session: AccountSession, user_id: UUID) -> Role:
    statement = select(memberships.c.role).where(memberships.c.user_id == user_id)
    role = (await session.execute(statement)).scalar_one_or_none()
    if role is None:
        raise WorkspaceNotFound()
    return Role(role)


async def _must_own(session: AccountSession, user_id: UUID) -> None:
    if await _role_of(session, user_id) is not Role.OWNER:
        raise Forbidden("only owners of a workspace decide who is in it")


async def _must_have_owner(session: AccountSession) -> None:
    # The workspace's row is locked, so that two owners cannot leave at the same time.
    await session.lock_workspace()
    owners = select(func.count()).select_from(memberships).where(memberships.c.role == Role.OWNER.value)
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
