"""The OpenAPI document: complete, valid, and true to the contracts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import jsonschema_rs
import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from google.protobuf.descriptor import Descriptor

from coderai.gateway.http import events
from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend
from coderai.gateway.http.etags import EXPECTED, FIELD
from coderai.gateway.http.examples import EXAMPLES
from coderai.gateway.http.requests import RequestBuilder
from coderai.gateway.http.route import Route
from coderai.gateway.http.routes import ROUTES
from coderai.gateway.http.tickets import STREAMS
from coderai.gateway.peers import SERVICES
from coderai.kit.contract import is_output_only, is_partial, may_be_absent, rpc_of
from coderai.kit.wire import VALUE, map_value

OPEN = {
    f"/v1/auth/{name}"
    for name in ("register", "login", "refresh", "logout", "forgot-password", "reset-password", "verify-email")
}
SESSION = "/v1/auth/session"
"""Where pages of the own origin sign in and out: its cookie is of use there alone, and an access token of none."""


NULL = {"type": "null"}


def answered_messages() -> Iterator[Descriptor]:
    """Every message that answers show whole."""
    public = [rpc for service in SERVICES.values() for rpc in service.methods if rpc_of(rpc).is_public]
    left = [rpc.output_type for rpc in public if not rpc.server_streaming and not rpc.client_streaming]
    seen = set()
    while left:
        message = left.pop()
        if message.full_name in seen or message.full_name.startswith("google."):
            continue
        seen.add(message.full_name)
        inner = [map_value(field) or field for field in message.fields if not is_partial(field)]
        left += [field.message_type for field in inner if field.message_type is not None]
        fields = [field for field in message.fields if field.name != FIELD]
        alone = fields[0] if len(fields) == 1 else None
        is_shown_as_its_field = alone is not None and alone.message_type is not None and not alone.is_repeated
        if message.fields and not is_shown_as_its_field:
            yield message


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
        assert operation["description"], (path, method)
        for status, answer in operation["responses"].items():
            assert answer["description"], (path, method, status)
            if int(status) < 400 and path.startswith("/v1") and status not in ("204", "304") and method != "head":
                assert all(media["schema"] for media in answer["content"].values()), (path, method)
        if path == SESSION and method in ("post", "delete"):
            assert operation.get("security") == ([{"SessionCookie": []}] if method == "delete" else None)
        elif path.startswith("/v1") and path not in OPEN:
            ticket = [{"Ticket": []}] if path in STREAMS else []
            assert operation["security"] == [{"HTTPBearer": []}, {"SessionCookie": []}, *ticket], (path, method)
        given = set(re.findall(r"{(\w+)}", path))
        assert given == {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
    assert len(ids) == len(set(ids))


def test_errors_stand_by_status_and_are_problems(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        errors = {int(status) for status in operation["responses"] if int(status) >= 400}
        if path.startswith("/health"):
            continue
        for status in errors:
            if method == "head":
                assert "content" not in operation["responses"][str(status)]
                continue
            content = operation["responses"][str(status)]["content"]
            assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        assert {429, 500, 503} <= errors, (path, method)
        assert (401 in errors) or path in OPEN, (path, method)
        assert (404 in errors) or "{" not in path, (path, method)
        assert ({400, 413, 415, 422} <= errors) or "requestBody" not in operation, (path, method)
        has_key = "Idempotency-Key" in [parameter["name"] for parameter in operation.get("parameters", ())]
        assert 409 in errors or not has_key, (path, method)


def test_whoever_may_not_is_told_so(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        # By a role, or a cookie that comes from a page of another origin.
        assert "403" in operation["responses"] or "security" not in operation, (path, method)


def test_every_property_and_parameter_says_what_it_is(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert described.get("description"), f"{name}.{field} lacks a comment in its contract"
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (path, method, parameter["name"])


def test_nothing_is_of_any_type(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert {"$ref", "type", "anyOf", "oneOf"} & set(described), f"{name}.{field}"
            assert described.get("additionalProperties") is not True, f"{name}.{field}"
    value = document["components"]["schemas"]["Extraction"]["properties"]["value"]
    assert value["$ref"] == "#/components/schemas/JsonValue"


def test_answers_are_null_only_where_the_contract_says_that_they_may(document: dict[str, Any]) -> None:
    for message in answered_messages():
        properties = document["components"]["schemas"][message.name]["properties"]
        for field in message.fields:
            is_json = field.message_type is not None and field.message_type.full_name == VALUE
            can_be_null = NULL in properties[field.name].get("anyOf", ())
            assert can_be_null == (may_be_absent(field) and not is_json), field.full_name


def test_parameters_and_enums_of_requests_are_never_null(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert NULL not in parameter["schema"].get("anyOf", ()), (path, method, parameter["name"])
    assert "anyOf" not in schemas["UpdateVariableRequest"]["properties"]["type"]
    assert NULL in schemas["UpdateVariableRequest"]["properties"]["confidence_threshold"]["anyOf"]


def test_what_may_be_left_out_has_no_default_that_would_make_it_be_there(document: dict[str, Any]) -> None:
    def defaults(node: Any) -> Iterator[Any]:
        if isinstance(node, dict):
            if "default" in node and not isinstance(node["default"], dict):
                yield node
            for value in node.values():
                yield from defaults(value)
        elif isinstance(node, list):
            for value in node:
                yield from defaults(value)

    assert list(defaults(document)) == []
    registration = document["components"]["schemas"]["Registration"]
    assert set(registration["required"]) == {"email", "password"}


def test_every_json_body_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None:
            continue
        schema = media["schema"] | {"components": document["components"]}
        example = example_of(media, document["components"]["schemas"])
        assert jsonschema_rs.is_valid(schema, example), (path, method, example)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_answers_are_what_their_schemas_say(document: dict[str, Any], name: str) -> None:
    reference = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}

    jsonschema_rs.validate(reference, EXAMPLES[name])
    assert set(EXAMPLES[name]) == set(document["components"]["schemas"][name]["properties"])


def example_of(media: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """The body's example, or one made of those of its fields."""
    if "examples" in media:
        return media["examples"]["example"]["value"]
    schema = media["schema"]
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    examples = {name: field["examples"][0] for name, field in schema["properties"].items() if "examples" in field}
    assert examples, schema
    return examples


def test_files_are_uploaded_as_form_data(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/projects/{project_id}/documents"]["post"]["requestBody"]["content"]
    files = body["multipart/form-data"]["schema"]["properties"]["files"]

    assert files["type"] == "array"
    assert (files["items"]["type"], files["items"]["format"]) == ("string", "binary")


def test_the_events_of_streams_have_schemas(document: dict[str, Any]) -> None:
    streams = [
        (path, operation["responses"]["200"]["content"]["text/event-stream"]["schema"])
        for path, _, operation in operations(document)
        if "text/event-stream" in operation["responses"].get("200", {}).get("content", {})
    ]
    assert {path for path, _ in streams} == set(STREAMS) & set(document["paths"])
    for _, schema in streams:
        data = schema["properties"]["data"]["contentSchema"]
        update = document["components"]["schemas"][data["$ref"].rpartition("/")[2]]
        assert update["discriminator"]["propertyName"] == "type"


def test_a_ticket_opens_what_is_streamed_and_nothing_else(document: dict[str, Any]) -> None:
    opened = {path for path, _, operation in operations(document) if {"Ticket": []} in operation.get("security", ())}
    sockets = {route.path for route in events.router.routes if isinstance(route, APIWebSocketRoute)}

    assert opened | sockets <= set(STREAMS)
    assert opened == set(STREAMS) & set(document["paths"])


def test_schemas_are_named_once_and_plainly(document: dict[str, Any]) -> None:
    for name in document["components"]["schemas"]:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name), f"two models share the name of {name}"


def test_descriptions_come_from_the_contract(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["Variable"]["description"].startswith("One column to extract.")
    assert schemas["Job"]["properties"]["cost"]["description"].startswith("US dollars")
    if_uncertain = schemas["CreateVariableRequest"]["properties"]["if_uncertain"]
    assert if_uncertain["$ref"] == "#/components/schemas/IfUncertain"
    assert "- SKIP: Leave the value out" in schemas["IfUncertain"]["description"]
    assert schemas["IfUncertain"]["enum"] == ["FLAG", "SKIP", "USE_DEFAULT", "KEEP"]
    assert document["paths"]["/v1/projects/{project_id}/jobs"]["post"]["description"].startswith("Starts a job")


def test_answers_name_all_their_fields_and_requests_refuse_others(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert set(schemas["Project"]["required"]) == set(schemas["Project"]["properties"])
    assert schemas["UpdateProjectRequest"]["additionalProperties"] is False
    assert not {"project_id", "update_mask"} & set(schemas["UpdateProjectRequest"]["properties"])
    created_at, started_at = (schemas["Job"]["properties"][name] for name in ("created_at", "started_at"))
    assert (created_at["type"], created_at["format"]) == ("string", "date-time")
    assert started_at["anyOf"] == [{"type": "string", "format": "date-time"}, NULL]


@pytest.mark.parametrize("route", [r for r in ROUTES if r.example], ids=lambda route: route.rpc)
def test_examples_are_what_their_route_takes(route: Route) -> None:
    model = RequestBuilder(route, SERVICES[route.service].methods_by_name[route.rpc]).model()

    assert model is not None
    model.model_validate(route.example)


def test_the_table_has_each_route_and_each_rpc_once() -> None:
    for column in ([(r.method, r.path) for r in ROUTES], [r.rpc for r in ROUTES]):
        assert len(column) == len(set(column))


def test_operations_are_called_as_their_rpcs(document: dict[str, Any]) -> None:
    for route in ROUTES:
        operation = document["paths"]["/v1" + route.path][route.method.lower()]
        assert operation["operationId"] == route.rpc[0].lower() + route.rpc[1:]


def test_a_route_fills_all_of_its_request() -> None:
    for route in ROUTES:
        request = SERVICES[route.service].methods_by_name[route.rpc].input_type
        if route.body:
            beside = {field.name for field in request.fields} - {route.body, "update_mask", EXPECTED}
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


def test_what_takes_if_match_is_told_with_the_etag_that_it_takes(document: dict[str, Any]) -> None:
    conditional = set()
    for path, method, operation in operations(document):
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        takes, speaks_tus = "If-Match" in names, "Tus-Resumable" in names
        assert (takes or speaks_tus) == ("412" in operation["responses"]), (path, method)
        conditional |= {(method, path)} if takes else set()
    assert conditional == {
        ("patch", "/v1/projects/{project_id}"),
        ("delete", "/v1/projects/{project_id}"),
        ("patch", "/v1/variables/{variable_id}"),
        ("delete", "/v1/variables/{variable_id}"),
        ("post", "/v1/extractions/{extraction_id}/feedback"),
        ("delete", "/v1/feedback/{feedback_id}"),
    }
    answers = {method + path: operation["responses"] for path, method, operation in operations(document)}
    for made in ("post/v1/projects", "post/v1/projects/{project_id}/variables"):
        assert "ETag" in answers[made]["201"]["headers"]
    assert "ETag" in answers["post/v1/extractions/{extraction_id}/feedback"]["201"]["headers"]
    for one in ("get/v1/extractions/{extraction_id}", "delete/v1/feedback/{feedback_id}"):
        assert "ETag" in answers[one]["200"]["headers"]
    for path in ("/v1/projects/{project_id}", "/v1/variables/{variable_id}"):
        assert all("ETag" in answers[method + path]["200"]["headers"] for method in ("get", "patch"))
    names = document["components"]["schemas"]["UpdateProjectRequest"]["properties"]
    assert EXPECTED not in names and "etag" not in names


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
