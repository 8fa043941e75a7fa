"""The route table: JSON in, the right RPC as the right caller, JSON out."""

from __future__ import annotations

import httpx
import pytest

from coderai.kit.identity import Role
from tests.integration.gateway.running import Person, register
from tests.integration.gateway.services import Services

UNIT = {"row_is": "one event", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "each protest"}


async def test_a_project_lives(signed_in: httpx.AsyncClient, services: Services) -> None:
    created = await signed_in.post(
        "/v1/projects", json={"name": "Protests", "unit": UNIT, "token_budget": 9_007_199_254_740_993}
    )
    assert created.status_code == 201
    project = created.json()
    assert project["status"] == "CREATED"
    assert project["unit"] == UNIT
    assert project["token_budget"] == 9_007_199_254_740_993
    assert project["created_at"] == "2026-11-22T10:00:00Z"
    assert project["description"] == ""

    path = f"/v1/projects/{project['id']}"
    assert (await signed_in.get(path)).json() == project
    changed = await signed_in.patch(path, json={"description": "About protests", "token_budget": 0})
    assert changed.json() == project | {"description": "About protests", "token_budget": 0, "etag": '"2"'}
    assert sorted(services.projects.masks[-1]) == ["description", "token_budget"]

    deleted = await signed_in.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await signed_in.get(path)).status_code == 404


async def test_patching_to_null_clears_a_field(signed_in: httpx.AsyncClient) -> None:
    project = (await signed_in.post("/v1/projects", json={"name": "Protests", "unit": UNIT})).json()

    changed = await signed_in.patch(f"/v1/projects/{project['id']}", json={"unit": None})

    assert changed.json()["unit"] is None


async def test_a_patch_does_not_set_to_null_what_always_has_a_value(signed_in: httpx.AsyncClient) -> None:
    refused = await signed_in.patch("/v1/variables/v1", json={"required": True, "type": None})

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert [error["field"] for error in refused.json()["errors"]] == ["type"]


async def test_lists_come_in_pages(signed_in: httpx.AsyncClient) -> None:
    for number in range(3):
        await signed_in.post("/v1/projects", json={"name": f"Project {number}"})

    first = (await signed_in.get("/v1/projects", params={"page_size": 2})).json()
    rest = {"page_size": 2, "page_token": first["next_page_token"]}
    second = (await signed_in.get("/v1/projects", params=rest)).json()

    assert [project["name"] for project in first["items"] + second["items"]] == ["Project 0", "Project 1", "Project 2"]
    assert second["next_page_token"] == ""


async def test_json_values_keep_their_kind(signed_in: httpx.AsyncClient) -> None:
    examples = [
        {"text": "t", "value": value, "note": ""}
        for value in (5, -2.5, "5", True, [1, [None, {"a": 0.1}]], {"deep": {"er": [1, 2]}})
    ]
    body = {"name": "n", "type": "NUMBER", "golden_examples": examples, "default_value": 0, "max_values": 3}

    variable = (await signed_in.post("/v1/projects/p1/variables", json=body)).json()

    assert variable["golden_examples"] == examples
    assert str(variable["golden_examples"][0]["value"]) == "5"
    assert variable["default_value"] == 0
    assert variable["type"] == "NUMBER"
    assert variable["if_uncertain"] is None
    assert variable["project_id"] == "p1"


async def test_other_services_are_reached(signed_in: httpx.AsyncClient) -> None:
    documents = (await signed_in.get("/v1/projects/p1/documents", params={"status": "READY"})).json()
    assert (documents["items"], documents["counts"]) == ([], {"READY": 3, "FAILED": 1})

    job = await signed_in.post("/v1/projects/p1/jobs", json={"kind": "SAMPLE", "sample_size": 3})
    assert job.status_code == 201
    assert job.json()["kind"] == "SAMPLE"
    assert job.json()["eta_seconds"] is None
    cancelled = await signed_in.delete(f"/v1/jobs/{job.json()['id']}")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")

    path = "/v1/projects/p1/copilot/suggest-variables"
    assert (await signed_in.post(path)).json()["items"][0]["variable"]["name"] == "place"
    assert (await signed_in.post(path, json={"hint": "who"})).json()["items"][0]["reason"] == "who"


async def test_services_know_who_calls(client: httpx.AsyncClient, person: Person, services: Services) -> None:
    headers = person.headers | {"X-Correlation-Id": "my-own.id_7"}

    response = await client.get("/v1/projects", headers=headers)

    caller = services.projects.callers[-1]
    assert response.headers["x-correlation-id"] == caller.correlation_id == "my-own.id_7"
    assert str(caller.workspace_id) == person.tokens["workspace"]["id"]
    assert str(caller.user_id) == person.tokens["user"]["id"]
    assert caller.role is Role.OWNER


@pytest.mark.parametrize("sent", ["a b", "x" * 65, "<script>", ""])
async def test_a_correlation_id_that_is_not_sane_is_replaced(
    client: httpx.AsyncClient, person: Person, services: Services, sent: str
) -> None:
    response = await client.get("/v1/projects", headers=person.headers | {"X-Correlation-Id": sent})

    assert response.headers["x-correlation-id"] == services.projects.callers[-1].correlation_id
    assert response.headers["x-correlation-id"] not in (sent, "")


async def test_a_workspace_does_not_see_anothers_projects(client: httpx.AsyncClient, person: Person) -> None:
    project = (await client.post("/v1/projects", json={"name": "Mine"}, headers=person.headers)).json()
    other = await register(client)

    assert (await client.get(f"/v1/projects/{project['id']}", headers=other.headers)).status_code == 404


async def test_viewers_only_read(client: httpx.AsyncClient, viewer: Person) -> None:
    assert (await client.get("/v1/projects", headers=viewer.headers)).status_code == 200
    for method, path in (
        ("POST", "/v1/projects"),
        ("PATCH", "/v1/projects/p1"),
        ("DELETE", "/v1/projects/p1"),
        ("POST", "/v1/projects/p1/documents"),
        ("POST", "/v1/jobs/j1/pause"),
    ):
        response = await client.request(method, path, json={} if method != "DELETE" else None, headers=viewer.headers)
        assert response.status_code == 403, (method, path)
        assert response.json()["code"] == "forbidden"
