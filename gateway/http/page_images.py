"""The route that answers a page of a document as a picture."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response

from coderai.gateway.http.backend import Caller, backend_of
from coderai.gateway.http.endpoints import PREFIX
from coderai.gateway.http.problems import may_answer
from coderai.gateway.peers import SERVICES
from coderai.ingest.v1.ingest_service_pb2 import DrawPageRequest
from coderai.kit import tracing
from coderai.kit.comments import comment_on
from coderai.kit.contract import rpc_of
from coderai.kit.errors import Internal
from coderai.kit.identity import acting_as
from coderai.kit.message_ids import ids_of

router = APIRouter(prefix=PREFIX, tags=["ingest"])

_RPC = SERVICES["ingest"].methods_by_name["DrawPage"]
_REQUEST = DrawPageRequest.DESCRIPTOR.full_name
_MOST_INT = 2**31 - 1
_TAG = re.compile(r'(?:W/)?"([^"]{1,200})"')
_MOST_TAGS = 20
_ETAG = {"ETag": {"description": "Tells this picture from others.", "schema": {"type": "string"}}}
_PICTURE = {"schema": {"type": "string", "format": "binary"}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The page, as whichever of the two is smaller.",
        "content": {"image/png": _PICTURE, "image/jpeg": _PICTURE},
        "headers": _ETAG,
    },
    304: {"description": "The picture that `If-None-Match` names is the page still.", "headers": _ETAG},
}

Number = Annotated[int, Path(description=comment_on(f"{_REQUEST}.page"), ge=1, le=_MOST_INT)]
Width = Annotated[int | None, Query(description=comment_on(f"{_REQUEST}.width"), ge=16, le=4000)]
Dpi = Annotated[int | None, Query(description=comment_on(f"{_REQUEST}.dpi"), ge=20, le=300)]
Known = Annotated[
    str | None,
    Header(alias="If-None-Match", description="The ETag of a picture that you have: 304 if it is the page still."),
]


@router.get(
    "/documents/{document_id}/pages/{page}/image",
    operation_id="drawPage",
    summary="See a page as a picture",
    description=comment_on(_RPC.full_name),
    response_class=Response,
    responses={**_ANSWERS, **may_answer(504)},
)
async def draw_page(
    request: Request,
    document_id: str,
    page: Number,
    caller: Caller,
    width: Width = None,
    dpi: Dpi = None,
    if_none_match: Known = None,
) -> Response:
    """Answers the picture, or that the caller has it. Whether the caller may still see it is asked every time."""
    rpc_of(_RPC).must_admit(caller)
    known = [tag[:200] for tag in _TAG.findall(if_none_match or "")[:_MOST_TAGS]]
    wanted = DrawPageRequest(document_id=document_id, page=page, width=width or 0, dpi=dpi or 0, known_tags=known)
    tracing.about(**ids_of(wanted))
    with acting_as(caller):
        parts = [part async for part in backend_of(request).peers.stream("ingest", "DrawPage", wanted)]
    head, picture = parts[0].head, b"".join(part.data for part in parts[1:])
    headers = {"ETag": f'"{head.tag}"', "Cache-Control": "private, no-cache"}
    if not head.size:
        return Response(status_code=304, headers=headers)
    if len(picture) != head.size:
        raise Internal("the service broke off a picture")
    return Response(picture, media_type=head.media_type, headers=headers)
