"""Reads and writes accounts; a session sees one workspace's rows, and what belongs to the user it acts for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from coderai.gateway.accounts.domain import EmailTaken, Membership, RefreshToken, User
from coderai.gateway.accounts.tables import memberships, refresh_tokens, users, workspaces
from coderai.kit.db import Session
from coderai.kit.identity import Role

NO_WORKSPACE = UUID(int=0)
"""For sessions in which it is not known yet, or does not matter, which workspace somebody acts in."""

_USER = (users.c.id, users.c.email, users.c.password_hash, users.c.is_active)
_TOKEN = (
    refresh_tokens.c.id,
    refresh_tokens.c.user_id,
    refresh_tokens.c.family_id,
    refresh_tokens.c.expires_at,
    refresh_tokens.c.rotated_at,
    refresh_tokens.c.revoked_at,
)


class AccountSession(Session):
    """One transaction on accounts."""

    async def act_for(self, user_id: UUID) -> None:
        """Lets the session see the user's memberships and their workspaces."""
        await self.execute(text("select set_config('app.user_id', :id, true)"), {"id": str(user_id)})

    async def add_user(self, user: User) -> None:
        """Adds a user.

        Raises:
            EmailTaken: another has this e-mail.
        """
        values = {"id": user.id, "email": user.email, "password_hash": user.password_hash, "is_active": user.is_active}
        result = await self.execute(upsert(users).values(values).on_conflict_do_nothing())
        if not result.rowcount:
            raise EmailTaken()

    async def user_by_email(self, email: str) -> User | None:
        """The user with this (normal) e-mail."""
        row = (await self.execute(select(*_USER).where(users.c.email == email))).one_or_none()
        return User(**row._mapping) if row else None

    async def user(self, user_id: UUID) -> User | None:
        """The user with this id."""
        row = (await self.execute(select(*_USER).where(users.c.id == user_id))).one_or_none()
        return User(**row._mapping) if row else None

    async def add_workspace(self, name: str) -> None:
        """Adds the workspace that this session is in."""
        await self.execute(insert(workspaces).values(id=self.workspace_id, name=name))

    async def lock_workspace(self) -> None:
        """Lets no other session that does so go on before this one ends."""
        await self.execute(select(workspaces.c.id).where(workspaces.c.id == self.workspace_id).with_for_update())

    async def add_member(self, membership_id: UUID, user_id: UUID, role: Role) -> bool:
        """Adds a member to the session's workspace; False when they are one already."""
        values = {"id": membership_id, "workspace_id": self.workspace_id, "user_id": user_id, "role": role.value}
        result = await self.execute(upsert(memberships).values(values).on_conflict_do_nothing())
        return bool(result.rowcount)

    async def memberships(self, user_id: UUID) -> list[Membership]:
        """The user's workspaces that the session may see, the personal one (their first) at the head."""
        statement = (
            select(memberships.c.workspace_id, workspaces.c.name, memberships.c.role)
            .join(workspaces, workspaces.c.id == memberships.c.workspace_id)
            .where(memberships.c.user_id == user_id)
            .order_by(memberships.c.id)
        )
        return [Membership(r.workspace_id, r.name, Role(r.role)) for r in await self.execute(statement)]

    async def add_refresh_token(self, token: RefreshToken, digest: bytes) -> None:
        """Adds a refresh token to the session's workspace."""
        values = {
            "id": token.id,
            "workspace_id": self.workspace_id,
            "user_id": token.user_id,
            "family_id": token.family_id,
            "digest": digest,
            "expires_at": token.expires_at,
        }
        await self.execute(insert(refresh_tokens).values(values))

    async def refresh_token(self, digest: bytes) -> RefreshToken | None:
        """The workspace's token with this digest, locked until the session ends."""
        statement = select(*_TOKEN).where(refresh_tokens.c.digest == digest).with_for_update()
        row = (await self.execute(statement)).one_or_none()
        return RefreshToken(**row._mapping) if row else None

    async def rotate(self, token_id: UUID, now: datetime) -> None:
        """Marks a token as exchanged for its successor."""
        await self.execute(update(refresh_tokens).where(refresh_tokens.c.id == token_id).values(rotated_at=now))

    async def revoke_family(self, family_id: UUID, now: datetime) -> None:
        """Ends a login: none of its tokens is good for anything any more."""
        statement = update(refresh_tokens).where(refresh_tokens.c.family_id == family_id).values(revoked_at=now)
        await self.execute(statement)
