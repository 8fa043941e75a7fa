"""API keys: long-lived tokens for scripts; each acts as the user who made it, in the role that they have now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select

from coderai.gateway.accounts.domain import digest, workspace_of, workspace_secret
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import api_keys, memberships, users
from coderai.kit.db import Database
from coderai.kit.errors import NotFound, Unauthenticated
from coderai.kit.identity import Identity, Role

PREFIX = "ck_"
"""How all keys begin, which tells them from access tokens."""


class ApiKeyNotFound(NotFound):
    """You have no such API key in this workspace."""


class ApiKeyInvalid(Unauthenticated):
    """The API key is not valid: it was revoked, or its user is not a member of the workspace any more."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key; its text is shown once."""

    id: UUID
    name: str
    created_at: datetime


class ApiKeys:
    """Makes, lists, revokes and checks API keys."""

    def __init__(self, db: Database, new_id: Callable[[], UUID]) -> None:
        self._db = db
        self._new_id = new_id

    async def create(self, caller: Identity, name: str) -> tuple[ApiKey, str]:
        """A new key of the caller's for the workspace, and its text."""
        key_id, text = self._new_id(), PREFIX + workspace_secret(caller.workspace_id)
        values = {
            "id": key_id,
            "workspace_id": caller.workspace_id,
            "user_id": caller.user_id,
            "name": name,
            "digest": digest(text),
        }
        statement = insert(api_keys).values(values).returning(api_keys.c.created_at)
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            created_at = (await session.execute(statement)).scalar_one()
            await session.commit()
        return ApiKey(key_id, name, created_at), text

    async def list(self, caller: Identity) -> list[ApiKey]:
        """The caller's keys for the workspace, oldest first."""
        statement = (
            select(api_keys.c.id, api_keys.c.name, api_keys.c.created_at)
            .where(api_keys.c.user_id == caller.user_id)
            .order_by(api_keys.c.id)
        )
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            return [ApiKey(**row._mapping) for row in await session.execute(statement)]

    async def revoke(self, caller: Identity, key_id: UUID) -> None:
        """Ends a key of the caller's at once.

        Raises:
            ApiKeyNotFound
        """
        statement = delete(api_keys).where(api_keys.c.id == key_id, api_keys.c.user_id == caller.user_id)
        async with self._db.session(caller.workspace_id, AccountSession) as session:
            result = await session.execute(statement)
            await session.commit()
        if not result.rowcount:
            raise ApiKeyNotFound()

    async def identify(self, text: str, correlation_id: str) -> Identity:
        """Who calls with this key.

        Raises:
            ApiKeyInvalid
        """
        workspace_id = workspace_of(text.removeprefix(PREFIX))
        if workspace_id is None:
            raise ApiKeyInvalid()
        statement = (
            select(memberships.c.user_id, memberships.c.role)
            .join(api_keys, api_keys.c.user_id == memberships.c.user_id)
            .join(users, users.c.id == memberships.c.user_id)
            .where(api_keys.c.digest == digest(text), users.c.is_active)
        )
        async with self._db.session(workspace_id, AccountSession) as session:
            row = (await session.execute(statement)).one_or_none()
        if row is None:
            raise ApiKeyInvalid()
        return Identity(workspace_id, row.user_id, Role(row.role), correlation_id)
