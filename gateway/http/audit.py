"""The route of who did what: the entries of all services and the gateway's own, put together."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from coderai.audit.v1 import audit_service_pb2 as pb
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.http.backend import Backend, Caller, backend_of
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import reply_model
from coderai.gateway.http.problems import may_answer
from coderai.gateway.http.requests import RequestBuilder
from coderai.gateway.http.route import Route
from coderai.kit import tracing
from coderai.kit.comments import comment_on
from coderai.kit.contract import rpc_of
from coderai.kit.identity import acting_as
from coderai.kit.message_ids import ids_of
from coderai.kit.paging import read_page
from coderai.kit.wire import to_plain

router = APIRouter(prefix=PREFIX, tags=["accounts"])

_RPC = pb.DESCRIPTOR.services_by_name["AuditService"].methods_by_name["ListAuditEntries"]
_BUILDER = RequestBuilder(Route("GET", "/audit", "audit", _RPC.name, "List who did what"), _RPC)
Asked = _BUILDER.model()


@router.get(
    "/audit",
    response_model=reply_model(_RPC.output_type),
    operation_id="listAuditEntries",
    summary="List who did what",
    description=comment_on(_RPC.full_name),
    responses=may_answer(404, 504),
)
async def list_audit_entries(
    request: Request,
    caller: Caller,
    asked: Annotated[Asked, Query()],  # type: ignore[valid-type]
) -> Response:
    """Answers a page; its token is the id of its last entry, which is good for every part of the list."""
    rpc_of(_RPC).must_admit(caller)
    message = _BUILDER.message({}, asked)
    assert isinstance(message, pb.ListAuditEntriesRequest)
    tracing.about(**ids_of(message))
    with acting_as(caller):
        found = await _page(backend_of(request), caller, message)
    return json_response(to_plain(found, nulls=True))


async def _page(
    backend: Backend, caller: CallerIdentity, request: pb.ListAuditEntriesRequest
) -> pb.ListAuditEntriesResponse:
    """Each part gives as many entries as the page has, so that the newest of all are among them."""
    page = read_page(request.page_size, request.page_token)
    own, others = await asyncio.gather(
        backend.audit.entries(caller.workspace_id, request, page), backend.peers.audit_entries(request)
    )
    newest = sorted([*own, *others], key=lambda entry: entry.id, reverse=True)[: page.size]
    await backend.audit.name_actors(caller.workspace_id, newest)
    return pb.ListAuditEntriesResponse(items=newest, next_page_token=page.next_token(newest))
