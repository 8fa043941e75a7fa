"""API keys: long-lived tokens for scripts; each acts for its maker in one workspace, within a role of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.gateway.accounts.domain import CallerIdentity, digest, workspace_of, workspace_secret
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import api_keys, memberships, users
from coderai.kit.audit import Fact
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput, NotFound, Unauthenticated
from coderai.kit.identity import Role
from coderai.kit.wire import rfc3339

log = structlog.get_logger()

PREFIX = "ck_"
"""How all keys begin, which tells them from access tokens."""
_USE_NOTED_EVERY = timedelta(hours=1)
_SHOWN = tuple(api_keys.c[name] for name in ("id", "user_id", "name", "role", "created_at", "expires_at", "used_at"))


class ApiKeyNotFound(NotFound):
    """You have no such API key in this workspace."""


class ApiKeyInvalid(Unauthenticated):
    """The API key is not valid: it was revoked, it expired, or its user is not a member of the workspace any more."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key; its text is shown once."""

    id: UUID
    user_id: UUID
    name: str
    role: Role
    """The most that it may do; never more than its user's role at that moment."""
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """When it was last used, to the hour."""


class ApiKeys:
    """Makes, lists, revokes and checks API keys."""

    def __init__(self, db: Database, clock: Callable[[], datetime], new_id: Callable[[], UUID]) -> None:
        self._db = db
        self._clock = clock
        self._new_id = new_id

    async def create(
        self, caller: CallerIdentity, name: str, role: Role | None = None, expires_at: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """A new key of the caller's for the workspace, and its text. It may do what editors may when no role is named.

        Raises:
            SignInNeeded: a key calls.
            Forbidden: the caller has not the role themselves.
            InvalidInput: `expires_at` is past.
        """
        caller.person()
        role = role or caller.role.at_most(Role.EDITOR)
        caller.must_be(role)
        now = self._clock()
        if expires_at is not None and expires_at <= now:
            raise InvalidInput("a key expires in the future", fields={"expires_at": "is past"})
        key_id, text = self._new_id(), PREFIX + workspace_secret(caller.workspace_id)
        values = {
            "id": key_id,
            "workspace_id": caller.workspace_id,
            "created_at": now,
            "user_id": caller.user_id,
            "name": name,
            "role": role.value,
            "expires_at": expires_at,
        }
        statement = insert(api_keys).values(digest=digest(text), **values).returning(*_SHOWN)
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            key = _read((await session.execute(statement)).one())
            changes = {"role": (None, role), "expires_at": (None, rfc3339(expires_at) or None)}
            await session.record(Fact(audit.AUDIT_KIND_API_KEY_CREATED, None, key_id, name, changes), who=caller)
            await session.commit()
        log.info("api_key_created", user_id=str(caller.user_id), api_key_id=str(key_id), role=role.value)
        return key, text

    async def list(self, caller: CallerIdentity) -> list[ApiKey]:
        """The caller's keys for the workspace, oldest first; an owner sees everybody's."""
        statement = select(*_SHOWN).order_by(api_keys.c.id)
        if caller.role is not Role.OWNER:
            statement = statement.where(api_keys.c.user_id == caller.user_id)
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            return [_read(row) for row in await session.execute(statement)]

    async def revoke(self, caller: CallerIdentity, key_id: UUID) -> None:
        """Ends a key of the caller's at once; an owner may end everybody's.

        Raises:
            SignInNeeded, ApiKeyNotFound
        """
        caller.person()
        statement = delete(api_keys).where(api_keys.c.id == key_id).returning(api_keys.c.name)
        if caller.role is not Role.OWNER:
            statement = statement.where(api_keys.c.user_id == caller.user_id)
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            name = (await session.execute(statement)).scalar_one_or_none()
            if name is None:
                raise ApiKeyNotFound()
            await session.record(Fact(audit.AUDIT_KIND_API_KEY_REVOKED, None, key_id, name), who=caller)
            await session.commit()
        log.info("api_key_deleted", user_id=str(caller.user_id), api_key_id=str(key_id))

    async def identify(self, text: str, correlation_id: str) -> CallerIdentity:
        """Who calls with this key, in the role that both the key and its user have now.

        Raises:
            ApiKeyInvalid
        """
        workspace_id = workspace_of(text.removeprefix(PREFIX))
        if workspace_id is None:
            raise ApiKeyInvalid()
        return await self._identify(workspace_id, api_keys.c.digest == digest(text), correlation_id)

    async def identify_by_id(self, workspace_id: UUID, key_id: UUID, correlation_id: str) -> CallerIdentity:
        """The same by the id of a key, for whoever has shown already that they hold it.

        Raises:
            ApiKeyInvalid
        """
        return await self._identify(workspace_id, api_keys.c.id == key_id, correlation_id)

    async def _identify(self, workspace_id: UUID, is_it: ColumnElement[bool], correlation_id: str) -> CallerIdentity:
        now = self._clock()
        statement = (
            select(api_keys.c.id, memberships.c.user_id, memberships.c.role, api_keys.c.role.label("most"))
            .add_columns(api_keys.c.used_at)
            .join(memberships, api_keys.c.user_id == memberships.c.user_id)
            .join(users, users.c.id == memberships.c.user_id)
            .where(
                is_it,
                or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now),
                users.c.is_active,
            )
        )
        async with self._db.session(workspace_id, AccountSession) as session:
            row = (await session.execute(statement)).one_or_none()
            if row is None:
                raise ApiKeyInvalid()
            if row.used_at is None or row.used_at <= now - _USE_NOTED_EVERY:
                await self._note_use(session, row.id, now)
        role = Role(row.role).at_most(Role(row.most))
        return CallerIdentity(workspace_id, row.user_id, role, correlation_id, api_key_id=row.id)

    async def _note_use(self, session: AccountSession, key_id: UUID, now: datetime) -> None:
        """Coarse, so that a key that is used all the time is not written all the time."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        await session.execute(update(api_keys).where(api_keys.c.id == key_id).values(used_at=hour))
        await session.commit()


def _read(row: Row[Any]) -> ApiKey:
    values = dict(row._mapping)
    return ApiKey(**values | {"role": Role(values["role"])})
