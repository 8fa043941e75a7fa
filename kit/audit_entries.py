"""The append-only table of who did what, which every service has in its own schema: added to, and listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, MetaData, Row, Table, Text, Uuid, insert, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from coderai.audit.v1.audit_service_pb2 import AuditEntry, AuditKind, ListAuditEntriesRequest
from coderai.kit import identity
from coderai.kit.audit import Fact, shortened
from coderai.kit.db import Session, tenant_columns
from coderai.kit.errors import InvalidInput
from coderai.kit.identity import Identity
from coderai.kit.ids import first_id_at, new_id, parse_id, time_of
from coderai.kit.paging import Page
from coderai.kit.wire import enum_names, from_plain, to_value

audit_entries = Table(
    "audit_entries",
    MetaData(),
    *tenant_columns(),
    Column("user_id", Uuid),
    Column("api_key_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("project_id", Uuid),
    Column("thing_id", Uuid),
    Column("thing_name", Text, nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("address", Text, nullable=False),
)
_KINDS = enum_names(AuditKind.DESCRIPTOR)


class RecordingSession(Session):
    """A transaction that can tell what is done in it."""

    async def record(self, *facts: Fact, who: Identity | None = None) -> None:
        """Adds entries to the workspace's list, which stay if and only if this transaction commits.

        `who` did it; whoever acts now, if nobody is named.
        """
        if facts:
            rows = [_row(self.workspace_id, fact, who or identity.current()) for fact in facts]
            await self.execute(insert(audit_entries), rows)


def _row(workspace_id: UUID, fact: Fact, who: Identity) -> dict[str, Any]:
    entry_id = new_id()
    return {
        "id": entry_id,
        "workspace_id": workspace_id,
        "created_at": time_of(entry_id),
        "user_id": who.user_id,
        "api_key_id": who.api_key_id,
        "kind": _KINDS[fact.kind],
        "project_id": fact.project_id,
        "thing_id": fact.thing_id,
        "thing_name": shortened(fact.thing_name),
        "changes": {name: [shortened(before), shortened(after)] for name, (before, after) in fact.changes.items()},
        "correlation_id": who.correlation_id,
        "address": fact.address,
    }


async def list_entries(session: Session, request: ListAuditEntriesRequest, page: Page) -> Sequence[AuditEntry]:
    """The entries of the session's workspace that a request asks for, newest first.

    Raises:
        InvalidInput: a time is none.
        NotFound: an id is none.
    """
    wanted = select(audit_entries).where(*_filters(request)).order_by(audit_entries.c.id.desc()).limit(page.size)
    if page.after is not None:
        wanted = wanted.where(audit_entries.c.id < page.after)
    return [_entry(row) for row in await session.execute(wanted)]


def _filters(request: ListAuditEntriesRequest) -> list[ColumnElement[bool]]:
    """Ids begin with their time, so that the one index serves periods, too."""
    columns, filters = audit_entries.c, list[ColumnElement[bool]]()
    if request.actor_id:
        filters.append(columns.user_id == parse_id(request.actor_id, "user"))
    if request.project_id:
        filters.append(columns.project_id == parse_id(request.project_id, "project"))
    if request.kinds:
        filters.append(or_(*(columns.kind == _KINDS.get(kind, "") for kind in request.kinds)))
    if request.since:
        filters.append(columns.id >= first_id_at(_time(request.since, "since")))
    if request.until:
        filters.append(columns.id < first_id_at(_time(request.until, "until")))
    return filters


def _time(text: str, field: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        message = "must be a time in RFC 3339, such as 2030-01-31T00:00:00Z"
        raise InvalidInput(f"{field} {message}", fields={field: message})
    return time


def _entry(row: Row[Any]) -> AuditEntry:
    same = ("id", "kind", "project_id", "thing_id", "thing_name", "correlation_id", "address")
    plain = {name: row._mapping[name] for name in same}
    plain["actor"] = {"user_id": row.user_id, "api_key_id": row.api_key_id}
    plain["happened_at"] = row.created_at
    entry = from_plain(AuditEntry, plain)
    for name, (before, after) in row.changes.items():
        # Not from_plain, which takes null for a field that is not set.
        entry.changes.add(field=name, before=to_value(before), after=to_value(after))
    return entry
