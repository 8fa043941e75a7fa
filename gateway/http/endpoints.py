"""Builds the endpoint of each route in the table: a request from path, query and JSON; an RPC; its reply as JSON."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Body, FastAPI, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from pydantic import BaseModel
from pydantic_core import to_json as dump

from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.http.backend import Backend, Caller, IdempotencyKey, backend_of, once
from coderai.gateway.http.comments import field_comment
from coderai.gateway.http.downloads import download, download_in_parts
from coderai.gateway.http.etags import FIELD, IF_MATCH, TOLD, etag_header, has_etag, read_if_match
from coderai.gateway.http.models import reply_model
from coderai.gateway.http.problems import may_answer
from coderai.gateway.http.requests import RequestBuilder
from coderai.gateway.http.route import Route
from coderai.gateway.http.routes import READS_OF_A_STATE, ROUTES
from coderai.gateway.peers import SERVICES
from coderai.kit import tracing
from coderai.kit.comments import comment_on
from coderai.kit.contract import rpc_of
from coderai.kit.identity import Role, acting_as
from coderai.kit.message_ids import ids_of
from coderai.kit.wire import to_plain

PREFIX = "/v1"


def _told(headers: Mapping[str, str]) -> dict[str, Any]:
    """Headers of an answer as the OpenAPI document describes them."""
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in headers.items()}


_BYTES: dict[str, Any] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
"""A file of any type."""
_FILE: dict[int | str, dict[str, Any]] = {200: {"description": "The file.", "content": _BYTES}}
_OF_FILE = {
    "Accept-Ranges": "`bytes`, where a part can be had by a Range header; absent where it cannot.",
    "ETag": "The file's SHA-256 in quotation marks, for If-Range.",
}
_OF_PART = {**_OF_FILE, "Content-Range": "Which bytes of how many these are: `bytes 100-199/1234`."}
_PARTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": _BYTES, "headers": _told(_OF_FILE)},
    206: {"description": "The part of the file that Range asks for.", "content": _BYTES, "headers": _told(_OF_PART)},
}
_RANGE_HEADERS: dict[str, Any] = {
    "range": Annotated[
        str | None,
        Header(
            alias="Range",
            description="One range of bytes, from 0: `bytes=100-199`, `bytes=100-` for all that follow, `bytes=-100`"
            " for the last ones. With several the whole file is sent.",
        ),
    ],
    "if_range": Annotated[
        str | None,
        Header(alias="If-Range", description="The file's ETag: the part is sent only of that file, else the whole."),
    ],
}


def add_routes(app: FastAPI) -> None:
    """Adds the endpoints of all routes in the table."""
    for route in ROUTES:
        _Call(route).add_to(app)


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON; numbers that JSON does not have (NaN) become null."""
    return Response(dump(content, inf_nan_mode="null"), status, headers, media_type="application/json")


class _Call:
    """A route with all that can be known of it before a request comes."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._rpc = SERVICES[route.service].methods_by_name[route.rpc]
        self._declared = rpc_of(self._rpc)
        self._builder = RequestBuilder(route, self._rpc)
        self._is_once = route.method == "POST" and not self._declared.is_repeatable
        self._unwrapped = _only_message(self._rpc.output_type)

    def add_to(self, app: FastAPI) -> None:
        """Adds the route's endpoint."""
        route, rpc = self._route, self._rpc
        described: dict[str, Any] = {
            "methods": [route.method],
            "status_code": route.status,
            "summary": route.summary,
            "description": comment_on(rpc.full_name),
            "operation_id": rpc.name[0].lower() + rpc.name[1:],
            "tags": [route.service],
            "responses": may_answer(*self._errors()),
        }
        if rpc.server_streaming:
            of_file = _PARTS | may_answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE) if route.in_parts else _FILE
            described |= {"response_class": StreamingResponse, "responses": described["responses"] | of_file}
        elif route.status != HTTPStatus.NO_CONTENT:
            output = rpc.output_type
            shown = output.fields_by_name[self._unwrapped].message_type if self._unwrapped else output
            described["response_model"] = reply_model(shown)
            if has_etag(output) or has_etag(shown):
                described["responses"][route.status] = {"headers": _told({"ETag": TOLD})}
        endpoint = self._endpoint()
        app.add_api_route(PREFIX + route.path, endpoint, **described)
        if route.in_parts:
            app.add_api_route(PREFIX + route.path, endpoint, **(described | self._of_head()))

    def _of_head(self) -> dict[str, Any]:
        """What is described of the route by HEAD that is not as it is by GET."""
        answer = {"description": "What the file is.", "headers": _told(_OF_FILE)}
        return {
            "methods": ["HEAD"],
            "summary": f"{self._route.summary}: its headers alone",
            "operation_id": f"head{self._rpc.name}",
            "responses": may_answer(*self._errors()) | {200: answer},
        }

    def _errors(self) -> list[int]:
        """The statuses of errors that come of what the RPC does."""
        route = self._route
        may: list[int] = [HTTPStatus.GATEWAY_TIMEOUT]
        if any(field.name.endswith(("_id", "_ids")) for field in self._rpc.input_type.fields):
            may.append(HTTPStatus.NOT_FOUND)
        if route.method != "GET" or route.rpc in READS_OF_A_STATE:
            may.append(HTTPStatus.CONFLICT)
        if self._builder.takes_if_match:
            may.append(HTTPStatus.PRECONDITION_FAILED)
        return may

    def _endpoint(self) -> Callable[..., Awaitable[Response]]:
        async def answer(request: Request, caller: CallerIdentity, **arguments: Any) -> Response:
            self._declared.must_admit(caller)
            path = {name: arguments[name] for name in self._builder.path_fields}
            expected = read_if_match(request.headers.getlist("if-match")) if self._builder.takes_if_match else ()
            message = self._builder.message(path, arguments.get("given"), expected)
            tracing.about(**ids_of(message))
            act = partial(self._call, request, caller, message)
            with acting_as(caller):
                if self._is_once:
                    return await once(request, caller, arguments["idempotency_key"], act)
                return await act()

        answer.__signature__ = inspect.Signature(self._parameters())  # type: ignore[attr-defined]
        return answer

    def _parameters(self) -> list[inspect.Parameter]:
        """What FastAPI has to find in a request, and to write in the OpenAPI document."""
        parameters = [_parameter("request", Request), _parameter("caller", Caller)]
        fields = self._rpc.input_type.fields_by_name
        told = {name: field_comment(fields[name]) for name in self._builder.path_fields}
        parameters += [_parameter(name, Annotated[str, Path(description=comment)]) for name, comment in told.items()]
        if self._is_once:
            parameters.append(_parameter("idempotency_key", IdempotencyKey, default=None))
        if self._builder.takes_if_match:
            parameters.append(_parameter("if_match", IF_MATCH, default=None))
        if self._route.in_parts:
            parameters += [_parameter(name, kind, default=None) for name, kind in _RANGE_HEADERS.items()]
        model = self._builder.model()
        if model is not None:
            parameters.append(self._given(model))
        return parameters

    def _given(self, model: type[BaseModel]) -> inspect.Parameter:
        """The parameter for what the path does not give: the query, or the body."""
        route = self._route
        if route.method == "GET":
            return _parameter("given", Annotated[model, Query()])
        body = Body(openapi_examples={"example": {"value": route.example}} if route.example else None)
        if route.body_optional:
            return _parameter("given", Annotated[model | None, body], default=None)
        return _parameter("given", Annotated[model, body])

    async def _call(self, request: Request, caller: CallerIdentity, message: Message) -> Response:
        route, backend = self._route, backend_of(request)
        if self._rpc.server_streaming:
            ask = partial(self._file, backend, caller)
            if route.in_parts:
                return await download_in_parts(ask, message, request.method, request.headers)
            return await download(ask, message)
        reply = await backend.peers.call(route.service, route.rpc, message)
        if route.status == HTTPStatus.NO_CONTENT:
            return Response(status_code=route.status)
        shown = getattr(reply, self._unwrapped) if self._unwrapped else reply
        return json_response(to_plain(shown, nulls=True), route.status, etag_header(reply) or etag_header(shown))

    def _file(self, backend: Backend, caller: CallerIdentity, message: Message) -> AsyncGenerator[Any]:
        parts = backend.peers.stream(self._route.service, self._route.rpc, message)
        return backend.streams.while_allowed(caller, Role.VIEWER, parts)


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _only_message(reply: Descriptor) -> str | None:
    """The field that is all of a reply but for its ETag, and is answered in its place; None when there is another."""
    fields = [field for field in reply.fields if field.name != FIELD]
    alone = fields[0] if len(fields) == 1 else None
    return alone.name if alone is not None and alone.message_type is not None and not alone.is_repeated else None
