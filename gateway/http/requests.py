"""Builds the request message of a route's RPC from what an HTTP request gives: path, query or JSON body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from pydantic import BaseModel

from coderai.gateway.http.etags import EXPECTED
from coderai.gateway.http.models import request_model
from coderai.gateway.http.route import Route
from coderai.kit.contract import is_output_only
from coderai.kit.errors import InvalidInput
from coderai.kit.wire import from_plain

PARTS = ("offset", "length", "head_only")
"""Fields of requests for files that headers and the method fill (Route.in_parts)."""


class RequestBuilder:
    """How a route's requests become messages. All but path and If-Match comes as JSON, with GET as query parameters."""

    def __init__(self, route: Route, rpc: MethodDescriptor) -> None:
        """Raises KeyError when the RPC's request has no such field as the route's body."""
        self.path_fields = tuple(re.findall(r"{(\w+)}", route.path))
        self._request, self._body = rpc.input_type, route.body
        self._class = GetMessageClass(self._request)
        self._mask = next((field.name for field in self._request.fields if _is_mask(field)), None)
        body = self._request.fields_by_name[route.body].message_type if route.body else None
        self._given = body or self._request
        self.takes_if_match = EXPECTED in self._request.fields_by_name
        elsewhere = {*self.path_fields, EXPECTED, *(PARTS if route.in_parts else ())}
        self._fields = tuple(
            field.name
            for field in self._given.fields
            if field.name not in elsewhere and not _is_mask(field) and not is_output_only(field)
        )
        self._is_query = route.method == "GET"

    def model(self) -> type[BaseModel] | None:
        """The model of what does not stand in the path; None when all does."""
        if not self._fields:
            return None
        return request_model(self._given, self._fields, name=self._request.name, query=self._is_query)

    def message(self, path: dict[str, str], given: BaseModel | None, expected: Sequence[str] = ()) -> Message:
        """The request; its update mask, when it has one, lists the fields that were given, null or not.

        `expected`: what If-Match names.

        Raises:
            InvalidInput: an update gives null to a field that always has a value.
        """
        values = given.model_dump(exclude_unset=True) if given else {}
        if self._mask:
            self._must_be_clearable(values)
        message = from_plain(self._class, ({self._body: values} if self._body else values) | path)
        if self._mask:
            getattr(message, self._mask).paths.extend(values)
        if expected:
            getattr(message, EXPECTED).extend(expected)
        return message

    def _must_be_clearable(self, values: dict[str, Any]) -> None:
        fields = self._given.fields_by_name
        stuck = [name for name, value in values.items() if value is None and not fields[name].has_presence]
        if stuck:
            problem = "cannot be null; leave it out to keep it as it is"
            raise InvalidInput(f"{', '.join(stuck)} {problem}", fields=dict.fromkeys(stuck, problem))


def _is_mask(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.full_name == FieldMask.DESCRIPTOR.full_name
