"""Holds answers against the OpenAPI document: whether it has their status, and the schema that they keep to."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, cast

import httpx
import jsonschema_rs

from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OF_ANY_ROUTE = frozenset({405, 408, 421, 431})
"""What is answered before it is known which route is meant, or whoever calls."""


class NotDocumented(AssertionError):
    """An answer is not as the OpenAPI document says."""


class Answers:
    """The answers that the OpenAPI document of this checkout allows."""

    def __init__(self) -> None:
        self._document = create_app(cast(Backend, None)).openapi()
        # Those without parameters first: "/v1/auth/me" is no project's id.
        paths = sorted(self._document["paths"], key=lambda path: path.count("{"))
        self._paths = [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), path) for path in paths]

    def must_allow(self, response: httpx.Response, *, with_body: bool = True) -> None:
        """Raises NotDocumented; `with_body` also when the body, which has been read, does not keep to its schema."""
        request, status = response.request, response.status_code
        path = self._path(request.url.path)
        operation = self._document["paths"].get(path, {}).get(request.method.lower())
        if operation is None or status in _OF_ANY_ROUTE:
            return
        answer = operation["responses"].get(str(status))
        if answer is None:
            raise NotDocumented(f"{request.method} {path} answers {status}")
        kind = response.headers.get("content-type", "").partition(";")[0]
        schema = answer.get("content", {}).get(kind, {}).get("schema")
        if with_body and schema is not None and kind.endswith("json"):
            errors = [f"{error.instance_path}: {error.message}" for error in self._errors(schema, response.content)]
            if errors:
                raise NotDocumented(f"{request.method} {path} answers {status} with {errors[:10]}")

    def must_be_update(self, path: str, update: Any) -> None:
        """Raises NotDocumented when the data of an event of the stream at this path is not as its schema says."""
        operation = self._document["paths"][self._path(path)]["get"]
        event = operation["responses"]["200"]["content"]["text/event-stream"]["schema"]
        reference = event["properties"]["data"]["contentSchema"]["$ref"]
        if errors := [error.message for error in _validator(reference).iter_errors(update)]:
            raise NotDocumented(f"{path} sends {errors[:10]}")

    def _path(self, path: str) -> str | None:
        """The path of the document that a request's path fits."""
        return next((documented for fits, documented in self._paths if fits.fullmatch(path)), None)

    def _errors(self, schema: dict[str, Any], content: bytes) -> list[jsonschema_rs.ValidationError]:
        validator = _validator(schema["$ref"]) if "$ref" in schema else jsonschema_rs.validator_for(schema)
        return list(validator.iter_errors(json.loads(content)))


@cache
def answers() -> Answers:
    """The same for all tests of a process."""
    return Answers()


@cache
def _validator(reference: str) -> Any:
    components = answers()._document["components"]
    return jsonschema_rs.validator_for({"$ref": reference, "components": components, "$schema": _DRAFT})


def check(response: httpx.Response) -> None:
    """A hook of httpx clients that call the whole stack: each JSON answer must be as the document says."""
    if "json" in response.headers.get("content-type", ""):
        response.read()
        answers().must_allow(response)


def must_be_update(path: str, update: Any) -> None:
    """The data of an event of the stream at this path must be as the document says."""
    answers().must_be_update(path, update)


async def check_errors(response: httpx.Response) -> None:
    """The same for clients of a gateway before stand-ins, whose answers may lack what services always fill."""
    is_error = response.is_error and "json" in response.headers.get("content-type", "")
    if is_error:
        await response.aread()
    answers().must_allow(response, with_body=is_error)
