"""Reads and writes accounts; a session sees one workspace's rows, and what belongs to the user it acts for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.domain import EmailTaken, Membership, RefreshToken, User
from coderai.gateway.accounts.tables import api_keys, links, memberships, refresh_tokens, sessions, users, workspaces
from coderai.kit.audit import Fact
from coderai.kit.audit_entries import RecordingSession
from coderai.kit.identity import Identity, Role

_USER = (users.c.id, users.c.email, users.c.password_hash, users.c.is_active, users.c.verified_at)
_TOKEN = (
    refresh_tokens.c.id,
    refresh_tokens.c.user_id,
    refresh_tokens.c.session_id,
    refresh_tokens.c.expires_at,
    refresh_tokens.c.rotated_at,
)

_ENDED = (sessions.c.id, sessions.c.workspace_id, sessions.c.user_id)


class AccountSession(RecordingSession):
    """One transaction on accounts."""

    async def act_for(self, user_id: UUID) -> None:
        """Lets the session see the user's memberships and their workspaces."""
        await self.execute(text("select set_config('app.user_id', :id, true)"), {"id": str(user_id)})

    async def enter(self, workspace_id: UUID) -> None:
        """Goes on in another workspace, in the same transaction."""
        await self.execute(text("select set_config('app.workspace_id', :id, true)"), {"id": str(workspace_id)})
        self.workspace_id = workspace_id

    async def record_of(self, user_id: UUID | None, *facts: Fact) -> None:
        """Records what a user does, or an operator (None), of whom it is not known as what they call.

        The correlation id is that of the request, under which it is logged.
        """
        correlation_id = str(structlog.contextvars.get_contextvars().get("correlation_id", ""))
        await self.record(*facts, who=Identity(self.workspace_id, user_id, Role.VIEWER, correlation_id))

    async def record_everywhere(self, user_id: UUID, fact: Fact) -> None:
        """Records what a user did in all workspaces that they are in; the session acts for them, and ends in one."""
        for membership in await self.memberships(user_id):
            await self.enter(membership.workspace_id)
            await self.record_of(user_id, fact)

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
        await self.execute(
            select(workspaces.c.id).where(workspaces.c.id == self.workspace_id).with_for_update(key_share=True)
        )

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

    async def add_refresh_token(self, token: RefreshToken, digest: bytes, *, is_cookie: bool = False) -> None:
        """Adds a refresh token, or the secret of a browser's cookie, to the session's workspace."""
        values = {
            "id": token.id,
            "workspace_id": self.workspace_id,
            "user_id": token.user_id,
            "session_id": token.session_id,
            "digest": digest,
            "expires_at": token.expires_at,
            "is_cookie": is_cookie,
        }
        await self.execute(insert(refresh_tokens).values(values))

    async def refresh_token(self, digest: bytes, *, is_cookie: bool = False) -> RefreshToken | None:
        """The workspace's token with this digest, if its session has not ended; both locked until this one ends.

        A cookie's secret is found when `is_cookie` asks for one, and never in the place of a refresh token.
        """
        statement = (
            select(*_TOKEN)
            .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
            .where(refresh_tokens.c.digest == digest, refresh_tokens.c.is_cookie.is_(is_cookie))
            .where(sessions.c.ended_at.is_(None))
            .with_for_update()
        )
        row = (await self.execute(statement)).one_or_none()
        return RefreshToken(**row._mapping) if row else None

    async def rotate(self, token_id: UUID, now: datetime) -> None:
        """Marks a token as exchanged for its successor."""
        await self.execute(update(refresh_tokens).where(refresh_tokens.c.id == token_id).values(rotated_at=now))

    async def keep_session(
        self, session_id: UUID, user_id: UUID, address: str, now: datetime, expires_at: datetime
    ) -> None:
        """Adds a session, or notes that it goes on until another time."""
        seen = {"address": address, "used_at": now, "expires_at": expires_at}
        added = upsert(sessions).values(id=session_id, workspace_id=self.workspace_id, user_id=user_id, **seen)
        await self.execute(added.on_conflict_do_update(index_elements=["id"], set_=seen))

    async def end_session(
        self, session_id: UUID, now: datetime, why: audit.AuditKind.ValueType = audit.AUDIT_KIND_SIGNED_OUT
    ) -> bool:
        """Ends a sign-in: none of its tokens is good for anything any more. False when there is none to end.

        It is recorded in the sign-in's workspace, in which this session goes on.
        """
        living = update(sessions).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))
        ended = (await self.execute(living.values(ended_at=now).returning(*_ENDED))).all()
        await self.record_ends(ended, why)
        return bool(ended)

    async def record_ends(
        self, ended: Sequence[Row[Any]], why: audit.AuditKind.ValueType = audit.AUDIT_KIND_SIGNED_OUT
    ) -> None:
        """Records that sign-ins were ended, each in its workspace; this session goes on in the last one's."""
        for row in ended:
            await self.enter(row.workspace_id)
            await self.record_of(row.user_id, Fact(why, thing_id=row.id))

    async def end_sessions(self, user_id: UUID, now: datetime, *, but: UUID | None = None) -> Sequence[Row[Any]]:
        """Ends all sign-ins of a user that the session may see (all, when it acts for them), but for one.

        They are not recorded: what ends them is.
        """
        of_user = update(sessions).where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
        living = of_user.where(sessions.c.id != but) if but else of_user
        return (await self.execute(living.values(ended_at=now).returning(*_ENDED))).all()

    async def delete_api_keys(self, user_id: UUID) -> None:
        """Deletes all API keys of a user that the session may see (all, when it acts for them)."""
        await self.execute(delete(api_keys).where(api_keys.c.user_id == user_id))

    async def set_password(self, user_id: UUID, password_hash: str) -> None:
        """Gives a user another password; links that would set one are good for nothing any more."""
        await self.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))
        await self.execute(delete(links).where(links.c.user_id == user_id, links.c.purpose == "RESET"))

    async def set_verified(self, user_id: UUID, now: datetime) -> None:
        """Notes that the user's e-mail address was shown to be theirs."""
        await self.execute(
            update(users).where(users.c.id == user_id, users.c.verified_at.is_(None)).values(verified_at=now)
        )
