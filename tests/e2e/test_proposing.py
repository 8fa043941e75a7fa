"""Suggestions through the whole stack: what is proposed, what a person accepts, and that it codes documents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError
from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until

TEXTS = {
    f"{ward}.txt": f"Ward: {ward}\n\nOn {day} May 2024 {count} people marched to the square. Nobody was injured."
    for day, (ward, count) in enumerate((("north", 120), ("south", 300), ("east", 80), ("west", 45)), start=3)
}


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Any:
    with Tenant(stack.url, "proposing") as tenant:
        yield tenant


@pytest.fixture
def project(tenant: Tenant) -> str:
    """One with documents and no variables."""
    project: str = tenant.post("projects", {"name": "Marches"})["id"]
    for name, text in TEXTS.items():
        tenant.post(f"projects/{project}/documents", {"name": name, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in tenant.all(f"projects/{project}/documents")))
    return project


def suggested(tenant: Tenant, project: str) -> dict[str, Any]:
    """The proposals, by the names of the variables that they add."""
    tenant.post(f"projects/{project}/copilot/suggest-variables")
    found = tenant.all(f"projects/{project}/proposals?status=PROPOSED")
    return {one["changes"][0]["variable"]: one for one in found}


def variables(tenant: Tenant, project: str) -> list[dict[str, Any]]:
    return list(tenant.all(f"projects/{project}/variables"))


def test_what_two_people_accept_at_once_is_one_variable_that_codes_documents(tenant: Tenant, project: str) -> None:
    proposals = suggested(tenant, project)
    ward = proposals["ward"]
    assert ward["quotes"] and ward["quotes"][0]["quote"] in TEXTS[ward["quotes"][0]["document_name"]]
    assert "+  - name: ward" in ward["diff"].splitlines() and variables(tenant, project) == []
    assert suggested(tenant, project).keys() == proposals.keys()

    with ThreadPoolExecutor(4) as people:
        done = list(people.map(lambda _: tenant.post(f"proposals/{ward['id']}/apply"), range(4)))
    (variable,) = variables(tenant, project)
    assert all(one == done[0] for one in done) and done[0]["variables"] == [variable]
    assert tenant.get(f"projects/{project}")["status"] == "SCHEMA_DEFINED"

    job = tenant.post(f"projects/{project}/jobs", {"kind": "SAMPLE"})["id"]
    list(tenant.follow(job))
    cells = tenant.all(f"projects/{project}/extractions?variable=ward")
    assert {cell["document_name"]: cell["value"] for cell in cells} == {
        f"{ward}.txt": ward for ward in ("north", "south", "east", "west")
    }


def test_the_python_client_shows_and_decides(tenant: Tenant, project: str, stack: LocalStack) -> None:
    suggested(tenant, project)
    token = tenant.http.headers["Authorization"].removeprefix("Bearer ")
    with CoderAI(stack.url, token=token) as api:
        first, second, *_ = api.proposals(project, status="PROPOSED")
        applied = api.apply_proposal(first.id)
        assert [one.id for one in applied.variables] == applied.proposal.variable_ids
        name = applied.variables[0].name
        api.create_variable(project, name=second.changes[0].variable, type="TEXT")
        assert "already" in api.proposal(second.id).stale
        with pytest.raises(ApiError) as caught:
            api.apply_proposal(second.id)
        assert (caught.value.status, caught.value.code) == (409, "variable_name_taken")
        assert api.reject_proposal(second.id).status == "REJECTED"
        with pytest.raises(ApiError) as caught:
            api.reject_proposal(first.id)
        assert caught.value.code == "proposal_decided"
        assert [one.name for one in api.variables(project)] == [name, second.changes[0].variable]
