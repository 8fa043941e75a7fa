"""Serves a service's part of the list of who did what; the gateway puts the parts together."""

from __future__ import annotations

from typing import Any

from grpc.aio import Server

from coderai.audit.v1 import audit_service_pb2 as pb
from coderai.audit.v1 import audit_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.audit_entries import list_entries
from coderai.kit.db import Database, Session
from coderai.kit.paging import read_page

AUDIT_SERVICE = pb.DESCRIPTOR.services_by_name["AuditService"].full_name


class AuditServicer(audit_service_pb2_grpc.AuditServiceServicer):
    """coderai.audit.v1.AuditService."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def ListAuditEntries(self, request: pb.ListAuditEntriesRequest, context: Any) -> pb.ListAuditEntriesResponse:
        page = read_page(request.page_size, request.page_token)
        async with self._db.session(identity.current().workspace_id, Session) as session:
            items = await list_entries(session, request, page)
        return pb.ListAuditEntriesResponse(items=items, next_page_token=page.next_token(items))


def add_audit(server: Server, db: Database) -> None:
    """Has a server serve the entries in its service's schema."""
    audit_service_pb2_grpc.add_AuditServiceServicer_to_server(AuditServicer(db), server)
