"""Errors: whatever goes wrong is answered as application/problem+json with a stable code."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest

from coderai.projects.v1 import projects_service_pb2 as projects
from coderai.projects.v1 import projects_service_pb2_grpc
from tests.integration.gateway.running import Person, RunningGateway, Starter, until
from tests.integration.gateway.services import Services


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer's problem, after a look at everything that all of them have."""
    assert response.headers["content-type"] == "application/problem+json"
    content = response.json()
    assert set(content) == {"type", "title", "status", "detail", "code", "correlation_id", "trace_id", "errors"}
    assert response.status_code == content["status"] == status, content
    assert content["code"] == code
    assert content["type"] == f"urn:coderai:problem:{code}"
    assert content["correlation_id"] == response.headers["x-correlation-id"]
    assert content["title"]
    assert content["detail"]
    return content


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("InvalidInput", 422),
        ("Unauthenticated", 401),
        ("Forbidden", 403),
        ("NotFound", 404),
        ("AlreadyExists", 409),
        ("Conflict", 409),
        ("TooLarge", 413),
        ("LimitReached", 429),
        ("Unavailable", 503),
        ("TimedOut", 504),
    ],
)
async def test_a_services_error_keeps_its_kind_code_and_fields(
    gateway: RunningGateway, person: Person, kind: str, status: int
) -> None:
    # Of errors that a service's own code would not raise there, too.
    async with httpx.AsyncClient(base_url=gateway.url, headers=person.headers) as client:
        response = await client.post("/v1/projects", json={"name": f"raise {kind}"})

    content = problem(response, status, "a_stable_code")
    assert content["detail"] == "what is wrong"
    assert content["errors"] == [{"field": "unit.row_is", "detail": "must say what a row is"}]
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert ("retry-after" in response.headers) == (status in (429, 503))


@pytest.mark.parametrize("name", ["crash", "raise Internal"])
async def test_what_goes_wrong_inside_a_service_stays_there(signed_in: httpx.AsyncClient, name: str) -> None:
    content = problem(await signed_in.post("/v1/projects", json={"name": name}), 500, "internal")

    assert "secret" not in str(content)
    assert content["errors"] == []


async def test_who_does_not_sign_in_is_told_how(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"Authorization": "Basic YTpi"}):
        response = await client.get("/v1/projects", headers=headers)
        problem(response, 401, "unauthenticated")
        assert response.headers["www-authenticate"] == "Bearer"


async def test_an_unknown_field_is_refused_and_the_meant_one_named(signed_in: httpx.AsyncClient) -> None:
    body = {"name": "x", "languag": "Arabic", "unit": {"row": "y"}, "zzz": 1}

    content = problem(await signed_in.post("/v1/projects", json=body), 422, "invalid_input")
    assert {e["field"]: e["detail"] for e in content["errors"]} == {
        "languag": "there is no such field; did you mean language?",
        "zzz": "there is no such field",
    }
    body = {"name": "x", "unit": {"row_iss": "y"}}
    content = problem(await signed_in.post("/v1/projects", json=body), 422, "invalid_input")
    assert content["errors"] == [{"field": "unit.row_iss", "detail": "there is no such field; did you mean row_is?"}]


async def test_what_the_path_gives_may_not_come_in_the_body(signed_in: httpx.AsyncClient) -> None:
    response = await signed_in.patch("/v1/projects/p1", json={"project_id": "p2"})

    assert problem(response, 422, "invalid_input")["errors"][0]["field"] == "project_id"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": 5}, "name"),
        ({"token_budget": "5"}, "token_budget"),
        ({"token_budget": 2**63}, "token_budget"),
        ({"token_budget": 1.5}, "token_budget"),
        ({"ask_per_variable": "yes"}, "ask_per_variable"),
        ({"unit": {"rows_per_document": "single"}}, "unit.rows_per_document"),
        ({"unit": [1]}, "unit"),
        ({"name": "a\0b"}, "name"),
        ([], ""),
    ],
)
async def test_a_value_that_does_not_fit_names_its_field(signed_in: httpx.AsyncClient, body: Any, field: str) -> None:
    content = problem(await signed_in.post("/v1/projects", json=body), 422, "invalid_input")

    assert [error["field"] for error in content["errors"]] == [field]


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "Infinity",
        "1e999",
        "9007199254740993",
        "1" + "0" * 400,
        '"\\ud800"',
        "[" * 40 + "]" * 40,
        '{"\\u0000": 1}',
    ],
)
async def test_json_that_no_service_could_keep_is_refused(signed_in: httpx.AsyncClient, value: str) -> None:
    body = f'{{"name": "n", "default_value": {value}}}'

    response = await signed_in.post(
        "/v1/projects/p1/variables", content=body, headers={"Content-Type": "application/json"}
    )

    assert problem(response, 422, "invalid_input")["errors"][0]["field"] == "default_value"


@pytest.mark.parametrize("body", ["", "{", '{"name": }', "\xff", '{"a": ' * 5000 + "1" + "}" * 5000])
async def test_a_body_that_is_no_json_is_refused(signed_in: httpx.AsyncClient, body: str) -> None:
    response = await signed_in.post(
        "/v1/projects", content=body.encode("latin-1"), headers={"Content-Type": "application/json"}
    )

    if body:
        problem(response, 400, "malformed_body")
    else:
        problem(response, 422, "invalid_input")


async def test_of_sixty_thousand_unknown_fields_twenty_are_told(signed_in: httpx.AsyncClient) -> None:
    body = {"name": "x", **{f"nam{number}": 1 for number in range(60_000)}, "x" * 5000: 1}

    content = problem(await signed_in.post("/v1/projects", json=body), 422, "invalid_input")

    assert [error["field"] for error in content["errors"]] == [f"nam{number}" for number in range(20)]
    meant = [error["detail"] for error in content["errors"] if "did you mean" in error["detail"]]
    assert meant == ["there is no such field; did you mean name?"] * 3


async def test_a_long_name_of_an_unknown_field_is_cut(signed_in: httpx.AsyncClient) -> None:
    content = problem(await signed_in.post("/v1/projects", json={"x" * 500_000: 1}), 422, "invalid_input")

    assert content["errors"] == [{"field": "x" * 300 + "...", "detail": "there is no such field"}]
    assert len(content["detail"]) < 1000


async def test_of_a_list_of_bad_values_one_is_told(signed_in: httpx.AsyncClient) -> None:
    body = {"variable_ids": [1] * 300_000}

    content = problem(await signed_in.post("/v1/projects/p1/variables/reorder", json=body), 422, "invalid_input")

    assert [error["field"] for error in content["errors"]] == ["variable_ids.0"]


@pytest.mark.parametrize("shape", ["[", '{"a":', '{"name":[', "[{"])
async def test_json_that_is_a_mebibyte_deep_is_refused(signed_in: httpx.AsyncClient, shape: str) -> None:
    body = shape * (2**20 // len(shape) - 1)

    response = await signed_in.post("/v1/projects", content=body, headers={"Content-Type": "application/json"})

    problem(response, 400, "malformed_body")


async def test_json_that_is_not_called_so_is_refused(signed_in: httpx.AsyncClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    response = await signed_in.post("/v1/projects", content=b'{"name": "x"}', headers=form)

    assert "application/json" in problem(response, 415, "unsupported_media_type")["detail"]


async def test_a_query_parameter_that_is_none_is_refused(signed_in: httpx.AsyncClient) -> None:
    for query, field in (("page_sise=5", "page_sise"), ("page_size=many", "page_size"), ("page_size=3e9", "page_size")):
        content = problem(await signed_in.get(f"/v1/projects?{query}"), 422, "invalid_input")
        assert [error["field"] for error in content["errors"]] == [field]


async def test_unknown_paths_and_methods(signed_in: httpx.AsyncClient) -> None:
    problem(await signed_in.get("/v1/nowhere"), 404, "no_such_route")
    problem(await signed_in.get("/nowhere"), 404, "no_such_route")
    refused = await signed_in.put("/v1/projects", json={})
    problem(refused, 405, "method_not_allowed")
    assert set(re.split(", ?", refused.headers["allow"])) <= {"GET", "POST"}


async def test_a_json_body_may_have_one_mebibyte(signed_in: httpx.AsyncClient) -> None:
    fits, too_large = b'{"name": "x"}'.ljust(2**20), b'{"name": "x"}'.ljust(2**20 + 1)

    headers = {"Content-Type": "application/json"}

    assert (await signed_in.post("/v1/projects", content=fits, headers=headers)).status_code == 201
    problem(await signed_in.post("/v1/projects", content=too_large, headers=headers), 413, "too_large")

    async def chunked() -> Any:
        for _ in range(17):
            yield b" " * 2**16

    response = await signed_in.post("/v1/projects", content=chunked(), headers=headers)
    problem(response, 413, "too_large")


async def test_a_text_that_is_too_long_is_named_with_its_limit(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.post("/v1/projects", json={"name": "x" * 201})
    problem(refused, 422, "invalid_input")
    (error,) = refused.json()["errors"]
    assert error["field"] == "name"
    assert "at most 200 characters" in error["detail"]


async def test_a_service_that_is_away_is_a_503(unreachable: httpx.AsyncClient) -> None:
    response = await unreachable.get("/v1/projects")

    assert "projects" in problem(response, 503, "unavailable")["detail"]
    assert int(response.headers["retry-after"]) > 0


async def test_access_lines_name_what_is_asked_for_and_nothing_that_a_stranger_writes(
    signed_in: httpx.AsyncClient, gateway: RunningGateway
) -> None:
    project = str(uuid4())
    for path in (f"projects/{project}", "projects/Ada-Byron", "Ada-Byron"):
        await signed_in.get(f"/v1/{path}", headers={"X-Correlation-Id": f"asked-{project}"})

    await until(lambda: gateway.log.read_text().count(f"asked-{project}") == 3)
    known, odd, unmatched = [line for line in gateway.log.read_text().splitlines() if f"asked-{project}" in line]
    assert f"project_id={project}" in known
    assert "route=/v1/projects/{project_id}" in known and "route=/v1/projects/{project_id}" in odd
    assert "route=unmatched" in unmatched
    assert "Ada-Byron" not in gateway.log.read_text()


async def test_a_traced_requests_errors_name_the_trace_that_its_lines_have(
    services: Services, starter: Starter, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    project = str(uuid4())
    async with (
        starter.run("traced", services.addresses) as traced,
        httpx.AsyncClient(base_url=traced.url, headers=person.headers) as http,
        grpc.aio.insecure_channel(traced.grpc) as channel,
    ):
        over_http = await http.get(f"/v1/projects/{project}")
        stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
        bearer = (("authorization", f"Bearer {person.token}"), ("x-correlation-id", f"asked-{project}"))
        request = projects.GetProjectRequest(project_id=project)
        refused = await raised_by(stub.GetProject(request, metadata=bearer))
        stranger = await raised_by(stub.GetProject(request))
        await until(lambda: traced.log.read_text().count("grpc_request") == 2)
    lines = traced.log.read_text().splitlines()

    trace_id = problem(over_http, 404, "project_not_found")["trace_id"]
    (line,) = [line for line in lines if project in line and "grpc_request" not in line]
    assert f"trace_id={trace_id}" in line and trace_id == over_http.headers["x-trace-id"]
    told = dict(refused.trailing_metadata() or ())
    assert told["x-correlation-id"] == f"asked-{project}"
    by_user, by_stranger = [line for line in lines if "grpc_request" in line]
    for named in (f"project_id={project}", f"workspace_id={person.workspace}", f"trace_id={told['x-trace-id']}"):
        assert named in by_user
    assert f"correlation_id={dict(stranger.trailing_metadata() or ())['x-correlation-id']}" in by_stranger


async def raised_by(call: Any) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value


async def test_access_lines_carry_the_correlation_id_and_no_secrets(
    signed_in: httpx.AsyncClient, gateway: RunningGateway, person: Person
) -> None:
    token = signed_in.headers["authorization"].split()[1]
    response = await signed_in.get("/v1/projects?page_token=1", headers={"X-Correlation-Id": "find-me-in-the-log"})
    assert response.status_code == 200

    await until(lambda: "find-me-in-the-log" in gateway.log.read_text())
    log = gateway.log.read_text()
    [line] = [line for line in log.splitlines() if "find-me-in-the-log" in line]
    assert "route=/v1/projects" in line
    assert "200" in line
    assert f"workspace_id={person.workspace}" in line
    assert "page_token" not in line
    for secret in (token, "correct horse battery", "the-key-of-access-tokens"):
        assert secret not in log
