"""The routes of uploads that go on after a break, as tus 1.0.0 has them; what comes is passed on as it arrives."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from google.protobuf.message import Message as ProtoMessage
from starlette.requests import ClientDisconnect

from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.http.backend import Caller, IdempotencyKey, backend_of, once
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import reply_model
from coderai.gateway.http.problems import may_answer
from coderai.gateway.http.tus import (
    ABILITIES,
    MEDIA_TYPE,
    SpeaksTus,
    TusRoute,
    WrongMediaType,
    headers_of,
    read_metadata,
    told,
)
from coderai.gateway.http.uploads import Target
from coderai.gateway.peers import SERVICES
from coderai.ingest.v1.upload_service_pb2 import (
    BeginUploadRequest,
    ContinueUploadHead,
    ContinueUploadRequest,
    DeleteUploadRequest,
    ResumeUploadRequest,
    Upload,
)
from coderai.kit import tracing
from coderai.kit.comments import comment_on
from coderai.kit.contract import rpc_of
from coderai.kit.errors import Conflict, TimedOut, Unavailable
from coderai.kit.identity import acting_as
from coderai.kit.message_ids import ids_of
from coderai.kit.wire import from_plain, to_plain

router = APIRouter(prefix=PREFIX, tags=["uploads"], route_class=TusRoute)

_RPCS = SERVICES["uploads"].methods_by_name
_PIECE = 2**20
_MOST = 2**53
_METADATA = (
    "Keys with values in Base64, separated by commas: `filename`, which it must have; of a table `text_column` and"
    " `replace`, as in `POST /v1/projects/{project_id}/documents`; `filetype` is not looked at."
)
_BODY = {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}

Length = Annotated[int, Header(alias="Upload-Length", ge=0, le=_MOST, description="Bytes of the file.")]
MetadataHeader = Annotated[str, Header(alias="Upload-Metadata", description=_METADATA)]
Offset = Annotated[
    int, Header(alias="Upload-Offset", ge=0, le=_MOST, description="Bytes of the file before the first one sent now.")
]


def _described(rpc: str) -> str:
    return comment_on(_RPCS[rpc].full_name)


@router.post(
    "/projects/{project_id}/uploads",
    status_code=HTTPStatus.CREATED,
    response_model=reply_model(Upload.DESCRIPTOR),
    operation_id="beginUpload",
    summary="Begin an upload that can go on after a break",
    description=_described("BeginUpload"),
    dependencies=[SpeaksTus],
    responses={
        201: {"description": "It may begin.", "headers": told("Location", "Upload-Expires", "Upload-Offset")},
        **may_answer(409, 412, 413, 504),
    },
)
async def begin_upload(
    request: Request,
    project_id: str,
    caller: Caller,
    upload_length: Length,
    upload_metadata: MetadataHeader,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Begins an upload; the answer's Location is where its bytes go."""
    rpc_of(_RPCS["BeginUpload"]).must_admit(caller)
    said = read_metadata(upload_metadata)
    head = Target(project_id, said.text_column, said.replace).head(said.name)
    wanted = BeginUploadRequest(
        project_id=head.project_id,
        name=head.name,
        length=upload_length,
        text_column=head.text_column,
        replace=head.replace,
        note=upload_metadata,
    )

    async def act() -> Response:
        begun = await _call(request, caller, "BeginUpload", wanted)
        return json_response(to_plain(begun.upload, nulls=True), HTTPStatus.CREATED)

    answer = await once(request, caller, idempotency_key, act, body=wanted.SerializeToString(deterministic=True))
    # A repeated answer is its body alone.
    upload = from_plain(Upload, json.loads(bytes(answer.body)))
    answer.headers.update({"Location": f"{PREFIX}/uploads/{upload.id}", **headers_of(upload)})
    return answer


@router.head(
    "/uploads/{upload_id}",
    response_class=Response,
    operation_id="resumeUpload",
    summary="Ask where an upload goes on",
    description=_described("ResumeUpload"),
    dependencies=[SpeaksTus],
    responses={
        200: {
            "description": "Where it goes on.",
            "headers": told(
                "Upload-Document-Id", "Upload-Expires", "Upload-Length", "Upload-Metadata", "Upload-Offset"
            ),
        },
        **may_answer(412, 413, 423),
    },
)
async def resume_upload(request: Request, upload_id: str, caller: Caller) -> Response:
    """Tells how much is kept; what is whole is made a document first."""
    rpc_of(_RPCS["ResumeUpload"]).must_admit(caller)
    try:
        found = await _call(request, caller, "ResumeUpload", ResumeUploadRequest(upload_id=upload_id))
    except (Unavailable, TimedOut) as error:
        # Of a 5xx here tus clients make that the upload is lost, and begin anew; after a 423 they ask again.
        raise Conflict(error.message, code="upload_busy") from error
    return Response(headers=headers_of(found.upload, more=True))


@router.patch(
    "/uploads/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    operation_id="continueUpload",
    summary="Go on with an upload",
    description=_described("ContinueUpload"),
    dependencies=[SpeaksTus],
    openapi_extra={"requestBody": _BODY},
    responses={
        204: {
            "description": "What has come is kept.",
            "headers": told("Upload-Document-Id", "Upload-Expires", "Upload-Offset"),
        },
        **may_answer(409, 412, 423, 504),
    },
)
async def continue_upload(request: Request, upload_id: str, caller: Caller, upload_offset: Offset) -> Response:
    """Passes the bytes on; those that came before the connection broke are kept."""
    rpc_of(_RPCS["ContinueUpload"]).must_admit(caller)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise WrongMediaType()
    head = ContinueUploadHead(upload_id=upload_id, offset=upload_offset)
    tracing.about(**ids_of(head))
    grown = await _call(request, caller, "ContinueUpload", _parts(head, request))
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers_of(grown.upload))


@router.delete(
    "/uploads/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    operation_id="deleteUpload",
    summary="End an upload",
    description=_described("DeleteUpload"),
    dependencies=[SpeaksTus],
    responses={204: {"description": "It is gone.", "headers": told()}, **may_answer(412, 504)},
)
async def delete_upload(request: Request, upload_id: str, caller: Caller) -> Response:
    """Forgets an upload."""
    rpc_of(_RPCS["DeleteUpload"]).must_admit(caller)
    await _call(request, caller, "DeleteUpload", DeleteUploadRequest(upload_id=upload_id))
    return Response(status_code=HTTPStatus.NO_CONTENT)


_ABLE: dict[int | str, dict[str, Any]] = {
    204: {"description": "What it can.", "headers": told("Tus-Extension", "Tus-Max-Size", "Tus-Version")}
}


@router.options(
    "/projects/{project_id}/uploads",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    operation_id="describeUploads",
    summary="Ask what uploads can",
    responses=_ABLE,
)
async def describe_uploads(project_id: str, caller: Caller) -> Response:
    """Tells how files can be uploaded here, whatever the project."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=ABILITIES)


@router.options(
    "/uploads/{upload_id}",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    operation_id="describeUpload",
    summary="Ask what an upload can",
    responses=_ABLE,
)
async def describe_upload(upload_id: str, caller: Caller) -> Response:
    """Tells how an upload can go on, whichever it is."""
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=ABILITIES)


async def _call(
    request: Request, caller: CallerIdentity, rpc: str, message: ProtoMessage | AsyncGenerator[ProtoMessage]
) -> Any:
    if isinstance(message, ProtoMessage):
        tracing.about(**ids_of(message))
    with acting_as(caller):
        return await backend_of(request).peers.call("uploads", rpc, message)


async def _parts(head: ContinueUploadHead, request: Request) -> AsyncGenerator[ContinueUploadRequest]:
    """The bytes as they come. Where the connection breaks, what came ends like any other: it is kept."""
    yield ContinueUploadRequest(head=head)
    with suppress(ClientDisconnect):
        async for data in request.stream():
            for start in range(0, len(data), _PIECE):
                yield ContinueUploadRequest(data=data[start : start + _PIECE])
