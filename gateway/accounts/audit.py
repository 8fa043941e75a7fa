"""The gateway's own part of the list of who did what, and the names of those who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, union_all

from coderai.audit.v1.audit_service_pb2 import AuditEntry, ListAuditEntriesRequest
from coderai.gateway.accounts.tables import api_keys, users
from coderai.kit.audit_entries import audit_entries, list_entries
from coderai.kit.db import Database, Session, any_of
from coderai.kit.paging import Page

_OF_KEYS = ("API_KEY_CREATED", "API_KEY_REVOKED")


class AuditList:
    """Reads entries that accounts recorded."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def entries(self, workspace_id: UUID, request: ListAuditEntriesRequest, page: Page) -> Sequence[AuditEntry]:
        """Those that a request asks for, newest first.

        Raises:
            InvalidInput, NotFound
        """
        async with self._db.session(workspace_id, Session) as session:
            return await list_entries(session, request, page)

    async def name_actors(self, workspace_id: UUID, entries: Sequence[AuditEntry]) -> None:
        """Writes into entries what the accounts and keys that acted in the workspace are called."""
        user_ids = {UUID(entry.actor.user_id) for entry in entries if entry.actor.user_id}
        key_ids = {UUID(entry.actor.api_key_id) for entry in entries if entry.actor.api_key_id}
        async with self._db.session(workspace_id, Session) as session:
            emails = await _emails(session, user_ids)
            names = await _key_names(session, key_ids)
        for entry in entries:
            entry.actor.email = emails.get(entry.actor.user_id, "")
            entry.actor.api_key_name = names.get(entry.actor.api_key_id, "")


async def _emails(session: Session, user_ids: set[UUID]) -> Mapping[str, str]:
    if not user_ids:
        return {}
    rows = await session.execute(select(users.c.id, users.c.email).where(users.c.id == any_of(user_ids)))
    return {str(row.id): row.email for row in rows}


async def _key_names(session: Session, key_ids: set[UUID]) -> Mapping[str, str]:
    """Of keys that are gone the list itself has them, under what was done to them."""
    if not key_ids:
        return {}
    of_keys = audit_entries.c.kind.in_(_OF_KEYS), audit_entries.c.thing_id == any_of(key_ids)
    gone = select(audit_entries.c.thing_id.label("id"), audit_entries.c.thing_name.label("name")).where(*of_keys)
    here = select(api_keys.c.id, api_keys.c.name).where(api_keys.c.id == any_of(key_ids))
    return {str(row.id): row.name for row in await session.execute(union_all(gone, here))}
