"""What a service has recorded of who did what."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coderai.audit.v1.audit_service_pb2 import AuditEntry, AuditKind, ListAuditEntriesRequest
from coderai.kit.audit_entries import list_entries
from coderai.kit.db import Database, Session
from coderai.kit.paging import Page
from coderai.kit.wire import enum_names, from_value

_KINDS = enum_names(AuditKind.DESCRIPTOR)


async def told(db: Database, workspace_id: UUID) -> list[tuple[str, str, dict[str, tuple[object, object]]]]:
    """Kind, name and changes of the newest entries of a workspace, oldest first."""
    async with db.session(workspace_id, Session) as session:
        found: Sequence[AuditEntry] = await list_entries(session, ListAuditEntriesRequest(), Page())
    return [(_KINDS[one.kind], one.thing_name, _changes(one)) for one in reversed(found)]


def _changes(entry: AuditEntry) -> dict[str, tuple[object, object]]:
    return {one.field: (from_value(one.before), from_value(one.after)) for one in entry.changes}
