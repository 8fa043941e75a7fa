"""Answers every error as application/problem+json (RFC 9457), mapped from kit.errors in this one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from coderai.kit import errors, tracing
from coderai.kit.errors import CoderAIError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_STATUSES: Mapping[type[CoderAIError], HTTPStatus] = {
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.AlreadyExists: HTTPStatus.CONFLICT,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Changed: HTTPStatus.PRECONDITION_FAILED,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TimedOut: HTTPStatus.GATEWAY_TIMEOUT,
}
_STATUSES_BY_CODE: Mapping[str, HTTPStatus] = {
    "tus_version_unknown": HTTPStatus.PRECONDITION_FAILED,
    "wrong_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "upload_busy": HTTPStatus.LOCKED,
}
"""Of errors for which a protocol has another status than for others of their kind."""
_MOST_TOLD = 20
"""Fields of one request that are told of; of their names and what is wrong with them, the first so many characters:"""
_LONGEST_TOLD = 300
_RETRY_AFTER = 5
"""Seconds after which a client may try again when the error does not say."""
_HTTP_PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("malformed_body", "the body cannot be read; send well-formed JSON"),
    404: ("no_such_route", "there is nothing at this path; /openapi.json lists what there is"),
    408: ("too_slow", "the request did not arrive in time; send it again, whole"),
    405: ("method_not_allowed", "this path does not know the method; the Allow header names those it knows"),
    413: ("too_large", "the body is larger than this route takes"),
    415: ("unsupported_media_type", "send JSON with the header Content-Type: application/json"),
    416: ("range_not_satisfiable", "the file has no byte in this range; Content-Range says how many it has"),
    421: ("unknown_host", "this installation is not reached under that name"),
    429: ("too_many_connections", "too many connections from your address; close some"),
    431: ("headers_too_large", "a request may have 100 headers, of 64 KiB together"),
    503: ("too_many_connections", "too many connections at this moment; try again later"),
}
"""Code and detail of the errors that the framework finds itself."""
_TOLD = {
    400: "The body cannot be read.",
    401: "Nobody is signed in, or the token is not valid any more.",
    403: "The caller may not do this, or a cookie came from a page of another origin.",
    404: "There is no such thing in the caller's workspace.",
    409: "The state of things does not allow this now.",
    412: "It is not what If-Match names any more, or is asked for in a version that there is not.",
    413: "The body, or a file, is too large.",
    415: "The body is of another media type than the route takes.",
    416: "The file has no byte in the range; Content-Range says how many it has.",
    422: "The request does not make sense; `errors` names the fields.",
    423: "Somebody else is at it; ask again in a moment.",
    429: "Too many requests of late, or too much at a time; Retry-After says when to come again.",
    500: "Something went wrong on this side.",
    503: "Something that is needed cannot be reached now; Retry-After says when to come again.",
    504: "Something that is needed did not answer in time.",
}
"""What the errors that routes answer have in common, by status; `code` says more."""
_PLACES = frozenset({"body", "query", "path", "header"})


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str = Field(description="Path of the field: `categories.0.value`.")
    detail: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """An error as RFC 9457 describes it."""

    type: str = Field(description="`urn:coderai:problem:` and the code.")
    title: str = Field(description="The HTTP status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong, and what to do.")
    code: str = Field(description="The stable name of the error, for programs.")
    correlation_id: str = Field(description="Finds the request in the logs.")
    trace_id: str = Field(description="Finds the request among the traces; empty when it is not traced.")
    errors: list[FieldProblem] = Field(description="What is wrong with which field of the request.")


def may_answer(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer, as its OpenAPI document describes them."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    return {int(status): {"description": _TOLD[status], "content": content} for status in statuses}


def status_of(error: CoderAIError) -> HTTPStatus:
    """The HTTP status of a named error."""
    if error.code in _STATUSES_BY_CODE:
        return _STATUSES_BY_CODE[error.code]
    kinds = (kind for kind in type(error).__mro__ if kind in _STATUSES)
    kind = next(kinds, None)
    return _STATUSES[kind] if kind else HTTPStatus.INTERNAL_SERVER_ERROR


def problem_of(error: CoderAIError, correlation_id: str) -> Problem:
    """A named error as a problem; what went wrong inside a service stays in its logs."""
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        error = errors.Internal()
    fields = [FieldProblem(field=field, detail=detail) for field, detail in error.fields.items()]
    return _problem(status, error.code, error.message, correlation_id, fields)


def internal_error(correlation_id: str) -> Response:
    """The answer when something went wrong that no one foresaw."""
    return _response(problem_of(errors.Internal(), correlation_id))


def named_error(error: CoderAIError, correlation_id: str) -> Response:
    """The answer to a request that met a named error."""
    status, headers = status_of(error), {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    elif status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = str(ceil(error.retry_after or _RETRY_AFTER))
    return _response(problem_of(error, correlation_id), headers)


def bare_problem(status: HTTPStatus, correlation_id: str) -> bytes:
    """The body of an answer that the framework gives."""
    code, detail = _HTTP_PROBLEMS.get(status, ("http_error", status.phrase))
    return to_json(_problem(status, code, detail, correlation_id, []))


def add_handlers(app: FastAPI) -> None:
    """Has the app answer named errors, validation errors and the framework's own (404, 405, 413) as problems."""
    app.add_exception_handler(CoderAIError, _on_named)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


async def _on_named(request: Request, error: Any) -> Response:
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("call_failed", code=error.code, error=error)
    return named_error(error, correlation_id_of(request))


async def _on_invalid(request: Request, error: Any) -> Response:
    found = error.errors()
    if isinstance(error.body, bytes):
        return await _on_http(request, HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE))
    if any(e["type"] == "json_invalid" for e in found):
        return await _on_http(request, HTTPException(HTTPStatus.BAD_REQUEST))
    fields = [FieldProblem(field=_told(_path(e["loc"])), detail=_told(e["msg"])) for e in found[:_MOST_TOLD]]
    detail = "; ".join(f"{f.field}: {f.detail}" if f.field else f.detail for f in fields)
    if len(found) > _MOST_TOLD:
        detail += f"; and {len(found) - _MOST_TOLD} more"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _response(_problem(status, "invalid_input", detail, correlation_id_of(request), fields))


async def _on_http(request: Request, error: Any) -> Response:
    status = HTTPStatus(error.status_code)
    return Response(bare_problem(status, correlation_id_of(request)), status, error.headers, MEDIA_TYPE)


def correlation_id_of(request: Request) -> str:
    """The correlation id that gateway.http.edge gave the request."""
    return str(request.state.correlation_id)


def _told(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}..."


def _path(location: Iterable[str | int]) -> str:
    names = [str(part) for part in location]
    return ".".join(names[1:] if names and names[0] in _PLACES else names)


def _problem(status: HTTPStatus, code: str, detail: str, correlation_id: str, fields: list[FieldProblem]) -> Problem:
    return Problem(
        type=f"urn:coderai:problem:{code}",
        title=status.phrase,
        status=status,
        detail=detail,
        code=code,
        correlation_id=correlation_id,
        trace_id=tracing.trace_id(),
        errors=fields,
    )


def _response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(to_json(problem), problem.status, headers, MEDIA_TYPE)
