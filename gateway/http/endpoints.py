"""Builds the endpoint of each route in the table: a request from path, query and JSON; an RPC; its reply as JSON."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Body, FastAPI, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from pydantic import BaseModel
from pydantic_core import to_json as dump

from coderai.gateway.http.backend import Backend, Caller, IdempotencyKey, backend_of
from coderai.gateway.http.codec import to_json
from coderai.gateway.http.comments import comment_on
from coderai.gateway.http.downloads import download
from coderai.gateway.http.idempotency import fingerprint
from coderai.gateway.http.models import reply_model, request_model
from coderai.gateway.http.routes import ROUTES, Route
from coderai.gateway.peers import SERVICES
from coderai.kit.identity import Identity, acting_as
from coderai.kit.wire import from_plain

PREFIX = "/v1"
_FILE = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}


def add_routes(app: FastAPI) -> None:
    """Adds the endpoints of all routes in the table."""
    for route in ROUTES:
        _Call(route).add_to(app)


def json_response(content: Any, status: int = 200) -> Response:
    """An answer in JSON; numbers that JSON does not have (NaN) become null."""
    return Response(dump(content, inf_nan_mode="null"), status, media_type="application/json")


class _Call:
    """A route with all that can be known of it before a request comes."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._rpc = SERVICES[route.service].methods_by_name[route.rpc]
        self._request_class = GetMessageClass(self._rpc.input_type)
        self._path_fields = tuple(re.findall(r"{(\w+)}", route.path))
        fields = [f for f in self._rpc.input_type.fields if f.name not in self._path_fields]
        self._mask = next((f.name for f in fields if _is_mask(f)), None)
        self._given_fields = tuple(f.name for f in fields if not _is_mask(f))
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
        }
        if rpc.server_streaming:
            described |= {"response_class": StreamingResponse, "responses": _FILE}
        elif route.status != HTTPStatus.NO_CONTENT:
            output = rpc.output_type
            shown = output.fields_by_name[self._unwrapped].message_type if self._unwrapped else output
            described["response_model"] = reply_model(shown)
        app.add_api_route(PREFIX + route.path, self._endpoint(), **described)

    def _endpoint(self) -> Callable[..., Awaitable[Response]]:
        async def answer(request: Request, caller: Identity, **arguments: Any) -> Response:
            path = {name: arguments[name] for name in self._path_fields}
            message = self._message(path, arguments.get("given"))
            with acting_as(caller):
                if request.method == "GET":
                    return await self._call(backend_of(request), message)
                caller.must_edit()
                return await self._once(request, caller, arguments.get("idempotency_key"), message)

        answer.__signature__ = inspect.Signature(self._parameters())  # type: ignore[attr-defined]
        return answer

    def _parameters(self) -> list[inspect.Parameter]:
        """What FastAPI has to find in a request, and to write in the OpenAPI document."""
        parameters = [_parameter("request", Request), _parameter("caller", Caller)]
        parameters += [_parameter(name, Annotated[str, Path()]) for name in self._path_fields]
        if self._route.method == "POST":
            parameters.append(_parameter("idempotency_key", IdempotencyKey, default=None))
        if self._given_fields:
            parameters.append(self._given())
        return parameters

    def _given(self) -> inspect.Parameter:
        """The parameter for what the path does not give: the query, or the body."""
        route = self._route
        model = request_model(self._rpc.input_type, self._given_fields, query=route.method == "GET")
        if route.method == "GET":
            return _parameter("given", Annotated[model, Query()])
        body = Body(openapi_examples={"example": {"value": route.example}} if route.example else None)
        if route.body_optional:
            return _parameter("given", Annotated[model | None, body], default=None)
        return _parameter("given", Annotated[model, body])

    def _message(self, path: dict[str, str], given: BaseModel | None) -> Message:
        values = given.model_dump(exclude_unset=True) if given else {}
        message = from_plain(self._request_class, values | path)
        if self._mask:
            getattr(message, self._mask).paths.extend(values)
        return message

    async def _call(self, backend: Backend, message: Message) -> Response:
        route, peers = self._route, backend.peers
        if self._rpc.server_streaming:
            return await download(message, peers.stream(route.service, route.rpc, message))
        reply = await peers.call(route.service, route.rpc, message)
        if route.status == HTTPStatus.NO_CONTENT:
            return Response(status_code=route.status)
        return json_response(to_json(getattr(reply, self._unwrapped) if self._unwrapped else reply), route.status)

    async def _once(self, request: Request, caller: Identity, key: str | None, message: Message) -> Response:
        backend = backend_of(request)
        print_ = fingerprint(request.method, request.url.path, await request.body())
        act = partial(self._call, backend, message)
        return await backend.idempotency.once(caller.workspace_id, key, print_, act)


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _is_mask(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == FieldMask.DESCRIPTOR.full_name


def _only_message(reply: Descriptor) -> str | None:
    """The field that is all of a reply, and is answered in its place; None when there is more or less in it."""
    alone = reply.fields[0] if len(reply.fields) == 1 else None
    return alone.name if alone is not None and alone.message_type is not None and not alone.is_repeated else None
