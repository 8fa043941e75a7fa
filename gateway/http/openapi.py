"""Finishes the OpenAPI document: what FastAPI cannot derive of errors, JSON values and the events of streams."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from coderai.gateway.http.comments import usual_comment
from coderai.gateway.http.examples import EXAMPLES
from coderai.gateway.http.models import JSON_VALUE
from coderai.gateway.http.problems import Problem, may_answer
from coderai.gateway.http.updates import UPDATES

_REFERENCES = "#/components/schemas/"
_TEMPLATE = _REFERENCES + "{model}"
_SCALARS = [{"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "null"}]
_OBJECT = {"type": "object", "additionalProperties": {"$ref": _REFERENCES + JSON_VALUE}}
_JSON_VALUES = {
    JSON_VALUE: {
        "description": "Any JSON value.",
        "anyOf": [*_SCALARS, _OBJECT, {"type": "array", "items": {"$ref": f"{_REFERENCES}JsonItem"}}],
    },
    # By itself, as TypeScript takes no type whose lists are lists of itself where it is no alias.
    "JsonItem": {
        "description": "Any JSON value, in a list.",
        "anyOf": [*_SCALARS, _OBJECT, {"type": "array", "items": {}}],
    },
}
_NOT_OURS = ("HTTPValidationError", "ValidationError")
"""How FastAPI would answer a request that does not fit."""


class Api(FastAPI):
    """The application, with the whole of its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The document; made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            _add_schemas(document["components"]["schemas"])
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _describe_parameters(operation)
                    _add_errors(path, operation)
                    if method == "head":
                        _drop_bodies(operation)
            _name_json_values(document)
            _drop_defaults(document)
        assert self.openapi_schema is not None
        return self.openapi_schema


def _add_schemas(schemas: dict[str, Any]) -> None:
    for name in _NOT_OURS:
        schemas.pop(name, None)
    schemas |= _JSON_VALUES
    _, of_problem = models_json_schema([(Problem, "serialization")], ref_template=_TEMPLATE)
    schemas |= of_problem["$defs"]
    for name, update in UPDATES.items():
        schema = TypeAdapter(update).json_schema(mode="serialization", ref_template=_TEMPLATE)
        schemas |= schema.pop("$defs")
        schemas[name] = schema
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]


def _describe_parameters(operation: dict[str, Any]) -> None:
    """Says what each parameter is; that one may be left out does not mean that it may be null."""
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", usual_comment(parameter["name"]))
        schema = parameter["schema"]
        if parameter["in"] == "path" and schema["type"] == "string":
            schema["minLength"] = 1
        kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del schema["anyOf"]
            schema |= kinds[0]


def _add_errors(path: str, operation: dict[str, Any]) -> None:
    """Adds the errors that an operation can answer for what it takes; its route has declared those of what it does."""
    parameters = {parameter["in"] for parameter in operation.get("parameters", ())}
    can = [HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE]
    if "security" in operation:
        can += [HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN]
    if "requestBody" in operation:
        can += [HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE]
    if "requestBody" in operation or parameters & {"query", "header"}:
        can.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    if "path" in parameters:
        can.append(HTTPStatus.NOT_FOUND)
    answers = operation["responses"]
    answers.pop(str(HTTPStatus.UNPROCESSABLE_ENTITY.value), None)
    if not path.startswith("/health"):
        answers |= {str(status): answer for status, answer in may_answer(*can).items() if str(status) not in answers}
    operation["responses"] = dict(sorted(answers.items()))


def _drop_bodies(operation: dict[str, Any]) -> None:
    """An answer to HEAD is its headers."""
    for answer in operation["responses"].values():
        answer.pop("content", None)


def _name_json_values(document: Any) -> None:
    """Has every place that holds any JSON value refer to the one description of it."""
    for node in _nodes(document):
        if node.get("$comment") == JSON_VALUE:
            del node["$comment"]
            node.pop("title", None)
            node["$ref"] = _REFERENCES + JSON_VALUE


def _drop_defaults(document: Any) -> None:
    """Leaves out defaults, which generators take for values that are always there; descriptions tell them."""
    for node in _nodes(document):
        if "type" in node or "anyOf" in node or "$ref" in node:
            node.pop("default", None)


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in list(node.values()):
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
