"""The OpenAPI document: complete, valid, and true to the contracts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute

from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend
from coderai.gateway.http.requests import RequestBuilder
from coderai.gateway.http.routes import ROUTES, Route
from coderai.gateway.peers import SERVICES
from coderai.kit.contract import is_output_only, rpc_of

OPEN = {
    f"/v1/auth/{name}"
    for name in ("register", "login", "refresh", "logout", "forgot-password", "reset-password", "verify-email")
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(cast(Backend, None)).openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))

    assert found
    for reference in found:
        assert reference.startswith("#/components/schemas/")
        assert reference.rpartition("/")[2] in document["components"]["schemas"]


def test_every_operation_says_what_it_does_and_what_it_answers(document: dict[str, Any]) -> None:
    ids = []
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert operation["tags"], (path, method)
        ids.append(operation["operationId"])
        answers = operation["responses"]
        for status, content in answers.items():
            if status.endswith("XX"):
                assert content["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
            elif path.startswith("/v1") and status != "204":
                assert all(media["schema"] for media in content["content"].values()), (path, method)
        if path.startswith("/v1") and path not in OPEN:
            assert operation["security"] == [{"HTTPBearer": []}], (path, method)
        given = set(re.findall(r"{(\w+)}", path))
        assert given == {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
    assert len(ids) == len(set(ids))


def test_schemas_are_named_once_and_plainly(document: dict[str, Any]) -> None:
    for name in document["components"]["schemas"]:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name), f"two models share the name of {name}"


def test_descriptions_come_from_the_contract(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["Variable"]["description"].startswith("One column to extract.")
    assert schemas["Job"]["properties"]["cost"]["description"].startswith("US dollars")
    if_uncertain = schemas["CreateVariableRequest"]["properties"]["if_uncertain"]
    assert "- SKIP: Leave the value out" in if_uncertain["description"]
    assert document["paths"]["/v1/projects/{project_id}/jobs"]["post"]["description"].startswith("Starts a job")


def test_answers_name_all_their_fields_and_requests_refuse_others(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert set(schemas["Project"]["required"]) == set(schemas["Project"]["properties"])
    assert schemas["UpdateProjectRequest"]["additionalProperties"] is False
    assert not {"project_id", "update_mask"} & set(schemas["UpdateProjectRequest"]["properties"])
    assert schemas["Job"]["properties"]["created_at"]["anyOf"][0] == {"type": "string", "format": "date-time"}


@pytest.mark.parametrize("route", [r for r in ROUTES if r.example], ids=lambda route: route.rpc)
def test_examples_are_what_their_route_takes(route: Route) -> None:
    model = RequestBuilder(route, SERVICES[route.service].methods_by_name[route.rpc]).model()

    assert model is not None
    model.model_validate(route.example)


def test_the_table_has_each_route_and_each_rpc_once() -> None:
    for column in ([(r.method, r.path) for r in ROUTES], [r.rpc for r in ROUTES]):
        assert len(column) == len(set(column))


def test_a_route_fills_all_of_its_request() -> None:
    for route in ROUTES:
        request = SERVICES[route.service].methods_by_name[route.rpc].input_type
        if route.body:
            beside = {field.name for field in request.fields} - {route.body, "update_mask"}
            assert beside == set(re.findall(r"{(\w+)}", route.path)), route


def test_what_only_the_server_fills_is_not_asked_for(document: dict[str, Any]) -> None:
    def asked(name: str) -> set[str]:
        return set(document["components"]["schemas"].get(name, {}).get("properties", {}))

    for service in SERVICES.values():
        for message in service.file.message_types_by_name.values():
            for field in message.fields:
                if is_output_only(field):
                    assert field.name not in asked(message.name + "Input")


def test_a_post_that_may_be_repeated_needs_no_key(document: dict[str, Any]) -> None:
    for route in ROUTES:
        operation = document["paths"]["/v1" + route.path][route.method.lower()]
        takes_key = "Idempotency-Key" in [parameter["name"] for parameter in operation.get("parameters", [])]
        is_repeatable = rpc_of(SERVICES[route.service].methods_by_name[route.rpc]).is_repeatable
        assert takes_key == (route.method == "POST" and not is_repeatable), route


def test_every_post_that_makes_something_takes_an_idempotency_key(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if method == "post" and "201" in operation["responses"] and path not in OPEN:
            assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]], path


def test_every_route_of_the_app_is_documented(document: dict[str, Any]) -> None:
    app = create_app(cast(Backend, None))
    routes = [route for route in app.routes if isinstance(route, APIRoute)]

    assert len(routes) >= len(ROUTES)
    for route in routes:
        for method in route.methods or ():
            assert method.lower() in document["paths"][route.path]


def test_limits_of_what_is_sent_are_told_and_none_of_what_is_answered(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    sent, answered = schemas["CreateVariableRequest"]["properties"], schemas["Variable"]["properties"]
    assert (sent["instructions"]["maxLength"], sent["categories"]["maxItems"]) == (20_000, 300)
    assert schemas["CategoryInput"]["properties"]["value"]["maxLength"] == 300
    assert "maxLength" not in answered["instructions"]
    assert "maxItems" not in answered["categories"]
