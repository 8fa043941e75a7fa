"""The route that takes documents: files in multipart/form-data, one text as it is, or a short one as JSON."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field, ValidationError

from coderai.gateway.http.backend import Caller, IdempotencyKey, backend_of, once
from coderai.gateway.http.bodies import JSON_LIMIT, bounded
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Reply, Text, reply_model
from coderai.gateway.http.multipart import multipart_events
from coderai.gateway.http.problems import Problem, correlation_id_of, may_answer, problem_of
from coderai.gateway.http.uploads import (
    FIELD,
    MOST_FILES,
    TEXT_COLUMN,
    NotAFile,
    Outcome,
    Target,
    upload_all,
    upload_one,
)
from coderai.gateway.peers import SERVICES, Peers
from coderai.ingest.v1.ingest_service_pb2 import Document, UploadDocumentHead, UploadDocumentResponse
from coderai.kit.comments import comment_on
from coderai.kit.contract import rpc_of
from coderai.kit.errors import CoderAIError, InvalidInput
from coderai.kit.identity import acting_as
from coderai.kit.wire import to_plain

router = APIRouter(prefix=PREFIX, tags=["ingest"])

_TEXT_COLUMN = "Of tables (CSV, XLSX, ODS, JSON, Parquet): the column that holds each row's text; guessed when absent."
_UPLOADED = UploadDocumentResponse.DESCRIPTOR.full_name
_REPLACE = comment_on(f"{UploadDocumentHead.DESCRIPTOR.full_name}.replace")
_NAME = "Of a text that comes as text/plain: the document's name."


class NameMissing(InvalidInput):
    """Name the document: send the text to .../documents?name=interview-07.txt."""


class TextDocument(Body):
    """A document whose text is at hand, of 1 MiB at most; a longer one is sent as text/plain."""

    name: Text = Field(description="The document's name.", examples=["interview-07.txt"])
    text: Text = Field(description="All of its text.", examples=["Interviewer: How did it begin?"])


class UploadedDocument(reply_model(Document.DESCRIPTOR)):  # type: ignore[misc]
    """A document that is stored."""

    created: bool = Field(description="False when the project had these bytes already: this is the document it had.")
    reread: bool = Field(description=comment_on(f"{_UPLOADED}.reread"))


class RefusedFile(Reply):
    """A file that is not stored."""

    index: int = Field(description="Which of the request's parts it was, from 0.")
    name: str = Field(description="The file's name.")
    problem: Problem = Field(description="Why it was refused.")


class Uploads(Reply):
    """What became of each file, in their order. When none is stored, the request is answered with the problem."""

    items: list[UploadedDocument] = Field(description="Those that are stored.")
    errors: list[RefusedFile] = Field(description="Those that are not.")


_FILE = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
_REQUEST_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "title": "UploadForm",
                "properties": {
                    TEXT_COLUMN: {"type": "string", "description": f"{_TEXT_COLUMN} Stands before the files."},
                    FIELD: {
                        "type": "array",
                        "items": _FILE,
                        "maxItems": MOST_FILES,
                        "description": "The files, each a part with a file name; of 50 MiB at most.",
                    },
                },
                "required": [FIELD],
            }
        },
        "text/plain": {"schema": {"type": "string"}, "example": "Interviewer: How did it begin?"},
        "application/json": {"schema": TextDocument.model_json_schema()},
    },
}


@router.post(
    "/projects/{project_id}/documents",
    status_code=HTTPStatus.CREATED,
    response_model=Uploads,
    operation_id="uploadDocuments",
    summary="Upload documents",
    openapi_extra={"requestBody": _REQUEST_BODY},
    responses={200: {"model": Uploads, "description": "All are there already."}, **may_answer(403, 409, 504)},
)
async def upload_documents(
    request: Request,
    project_id: str,
    caller: Caller,
    text_column: Annotated[Text, Query(description=_TEXT_COLUMN)] = "",
    name: Annotated[Text, Query(description=_NAME)] = "",
    replace: Annotated[bool, Query(description=_REPLACE)] = False,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Takes files (of 50 MiB at most) in parts named `files`, or one text as text/plain, each stored as it arrives.

    A text of 1 MiB at most may come as JSON.

    A file that is refused does not stop the others. A repetition under the same Idempotency-Key is told by its path
    alone: the bytes have gone to the store by then, which knows by itself what it has already.
    """
    rpc_of(SERVICES["ingest"].methods_by_name["UploadDocument"]).must_admit(caller)
    backend, target = backend_of(request), Target(project_id, text_column, replace)

    async def act() -> Response:
        content_type = request.headers.get("content-type", "")
        with acting_as(caller):
            if content_type.startswith("multipart/form-data"):
                events = multipart_events(content_type, request.stream())
                outcomes = await upload_all(backend.peers, target, events)
            elif content_type.startswith("text/plain"):
                outcomes = [await _upload_streamed(backend.peers, target, name, request)]
            else:
                outcomes = [await _upload_json(backend.peers, target, request)]
        return _answer(outcomes, correlation_id_of(request))

    return await once(request, caller, idempotency_key, act, body=b"")


async def _upload_streamed(peers: Peers, target: Target, name: str, request: Request) -> Outcome:
    if not name:
        raise NameMissing(fields={"name": "missing"})
    return await upload_one(peers, target, name, request.stream())


async def _upload_json(peers: Peers, target: Target, request: Request) -> Outcome:
    body = await Request(request.scope, bounded(request.receive, JSON_LIMIT)).body()
    try:
        document = TextDocument.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return await upload_one(peers, target, document.name, _alone(document.text.encode()))


async def _alone(data: bytes) -> AsyncGenerator[bytes]:
    yield data


def _answer(outcomes: list[Outcome], correlation_id: str) -> Response:
    items, errors = [], []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome.result, CoderAIError):
            problem = problem_of(outcome.result, correlation_id)
            errors.append(RefusedFile(index=index, name=outcome.name, problem=problem))
        else:
            result = outcome.result
            more = {"created": result.created, "reread": result.reread}
            items.append(to_plain(result.document, nulls=True) | more)
    if not items:
        raise _refusal_of_all(outcomes)
    is_new = any(item["created"] for item in items)
    return json_response({"items": items, "errors": errors}, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def _refusal_of_all(outcomes: list[Outcome]) -> CoderAIError:
    """The first file's error, with a line for each file."""
    refused = [(outcome.name, outcome.result) for outcome in outcomes if isinstance(outcome.result, CoderAIError)]
    if not refused:
        return NotAFile()
    error = refused[0][1]
    if len(refused) > 1:
        error.fields = {f"{FIELD}.{i}": f"{name}: {each.message}" for i, (name, each) in enumerate(refused)}
    return error
