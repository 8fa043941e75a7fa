"""Two tabs on one project, over HTTP: the second sees that the first was there, in whatever it edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def project(tenant: Tenant) -> str:
    """A project with one document that is coded."""
    project: str = tenant.post("projects", {"name": "Marches"})["id"]
    tenant.post(
        f"projects/{project}/variables", {"name": "size", "type": "NUMBER", "instructions": "How many marched?"}
    )
    document = {"name": "march.txt", "text": "The march in Port Elmo on 3 May 2024 drew 300 people."}
    tenant.post(f"projects/{project}/documents", document)
    wait_until(lambda: tenant.get(f"document-counts?project_ids={project}")["items"][0]["counts"].get("READY") == 1)
    list(tenant.follow(tenant.post(f"projects/{project}/jobs", {"kind": "SAMPLE"})["id"]))
    return project


def send(tenant: Tenant, method: str, path: str, etag: str, body: Any = None) -> httpx.Response:
    return tenant.http.request(method, f"/v1/{path}", json=body, headers={"If-Match": etag})


def refused(response: httpx.Response) -> str:
    assert response.status_code == 412
    return str(response.json()["code"])


def test_a_project_and_a_variable_of_a_list_are_edited_once(tenant: Tenant, project: str) -> None:
    (variable,) = tenant.get(f"projects/{project}/variables")["items"]
    path = f"variables/{variable['id']}"
    changed = send(tenant, "PATCH", path, variable["etag"], {"required": True})
    assert changed.headers["etag"] == changed.json()["etag"] == tenant.get(path)["etag"] != variable["etag"]
    assert refused(send(tenant, "PATCH", path, variable["etag"], {"required": False})) == "variable_changed"
    assert refused(send(tenant, "DELETE", path, variable["etag"])) == "variable_changed"
    assert tenant.get(path)["required"]

    shown = next(one for one in tenant.all("projects") if one["id"] == project)
    assert send(tenant, "PATCH", f"projects/{project}", shown["etag"], {"domain": "news"}).is_success
    assert refused(send(tenant, "DELETE", f"projects/{project}", shown["etag"])) == "project_changed"


def test_a_cell_is_judged_once_and_taken_back_as_it_was_left(tenant: Tenant, project: str) -> None:
    ((cell,),) = [row["cells"] for row in tenant.get(f"projects/{project}/dataset/rows")["items"]]
    path = f"extractions/{cell['extraction_id']}"
    assert tenant.http.get(f"/v1/{path}").headers["etag"] == tenant.get(path)["etag"] == cell["etag"]
    said = send(tenant, "POST", f"{path}/feedback", cell["etag"], {"verdict": "INCORRECT", "corrected_value": 290})
    assert said.status_code == 201 and said.headers["etag"] == tenant.get(path)["etag"]
    assert refused(send(tenant, "POST", f"{path}/feedback", cell["etag"], {"verdict": "CORRECT"})) == "cell_changed"
    feedback = f"feedback/{said.json()['id']}"
    assert refused(send(tenant, "DELETE", feedback, cell["etag"])) == "cell_changed"
    undone = send(tenant, "DELETE", feedback, said.headers["etag"])
    assert undone.is_success and undone.headers["etag"] == tenant.get(path)["etag"]


def test_a_list_of_projects_tells_what_goes_on(tenant: Tenant, project: str) -> None:
    empty = tenant.post("projects", {"name": "Empty"})["id"]
    asked = f"project_ids={project}&project_ids={empty}"
    own, other = tenant.get(f"project-activity?{asked}")["items"]
    assert (own["rows"], own["last_job"]["status"], own["active_job"]) == (1, "COMPLETE", None)
    assert (other["project_id"], other["rows"], other["last_job"]) == (empty, 0, None)
    assert [one["counts"].get("READY", 0) for one in tenant.get(f"document-counts?{asked}")["items"]] == [1, 0]
    seen = tenant.http.put(f"/v1/projects/{project}/seen").raise_for_status().json()["seen_at"]
    assert [tenant.get(f"projects/{one}")["seen_at"] for one in (project, empty)] == [seen, None]
    many = "&".join(f"project_ids={empty}" for _ in range(201))
    assert tenant.http.get(f"/v1/project-activity?{many}").status_code == 422


def test_a_view_is_kept_changed_and_deleted(tenant: Tenant, project: str) -> None:
    body = {"name": "Large", "filter": ["size>=100"], "sort": "-size", "columns": [{"column": "document", "width": 90}]}
    view = tenant.post(f"projects/{project}/views", body)
    assert view["columns"] == [{"column": "document", "width": 90, "pinned": False}]
    path = f"/v1/views/{view['id']}"
    assert tenant.http.patch(path, json={"sort": "document"}).json() == view | {"sort": "document"}
    assert tenant.get(f"projects/{project}/views")["items"] == [view | {"sort": "document"}]
    assert tenant.http.delete(path).status_code == 204
    assert tenant.get(f"projects/{project}/views") == {"items": [], "next_page_token": ""}
