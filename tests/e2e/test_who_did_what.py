"""One project's life through the whole stack, and the list of who did what in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from coderai.client import AuditEntry, CoderAI
from coderai.deploy.stack import LocalStack
from tests.support.leaks import LEAKS
from tests.support.tenant import Tenant, wait_until

SECRET = "the march in Port Elmo"
TEXTS = [f"On {day} May 2024 {SECRET} drew {day}00 people to the square." for day in range(1, 4)]


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url, "audited") as tenant:
        yield tenant


@pytest.fixture(scope="module")
def api(stack: LocalStack, tenant: Tenant) -> Iterator[CoderAI]:
    with CoderAI(stack.url, token=tenant.http.headers["Authorization"].removeprefix("Bearer ")) as api:
        yield api


@pytest.fixture(scope="module")
def done(tenant: Tenant, api: CoderAI, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The id of a project that was made, worked on by a person and by a key, and deleted."""
    project: str = api.create_project(name="Marches").id
    for number, text in enumerate(TEXTS):
        LEAKS.show(text)
        tenant.post(f"projects/{project}/documents", {"name": f"{number}.txt", "text": text})
    api.wait_until_read(project)
    _define(tenant, api, project)
    _run_and_export(tenant, api, project, tmp_path_factory.mktemp("files") / "data.csv")
    tenant.http.put("/v1/model-usage/budget", json={"tokens_a_month": 5_000_000}).raise_for_status()
    tenant.http.delete(f"/v1/documents/{next(api.documents(project)).id}").raise_for_status()
    api.delete_project(project)
    return project


def _define(tenant: Tenant, api: CoderAI, project: str) -> None:
    proposal = tenant.post(f"projects/{project}/copilot/suggest-variables")["items"][0]["proposal_id"]
    for _ in range(2):
        api.apply_proposal(proposal)
    (variable,) = api.variables(project)
    api.write_prompt(variable.id, text="Which place? {document}")
    template = tenant.post("templates", {"name": "Of marches", "project_id": project})["id"]
    tenant.post(f"projects/{project}/apply-template", {"template_id": template, "if_name_taken": "SKIP"})
    tenant.http.delete(f"/v1/templates/{template}").raise_for_status()


def _run_and_export(tenant: Tenant, api: CoderAI, project: str, path: Path) -> None:
    list(tenant.follow(api.start_job(project, "SAMPLE", sample_size=2).id))
    key = api.create_api_key("nightly", role="EDITOR")
    with CoderAI(str(tenant.http.base_url), token=key.key) as by_key:
        export = by_key.create_export(project, "CSV")
        by_key.wait_for_export(export.id)
        by_key.download_export(export.id, path)
    api.delete_api_key(key.id)
    api.delete_export(export.id)


def told(entry: AuditEntry) -> dict[str, Any]:
    return {one.field: (one.before, one.after) for one in entry.changes}


def test_every_service_tells_what_was_done_also_of_a_deleted_project(api: CoderAI, done: str) -> None:
    wait_until(lambda: not list(api.projects()))
    of_project = list(api.audit(project_id=done))[::-1]

    kinds = [entry.kind for entry in of_project]
    assert [kind for kind in kinds if kind != "EXPORT_DOWNLOADED"] == [
        "PROJECT_CREATED",
        "VARIABLE_CREATED",
        "PROPOSAL_APPLIED",
        "PROMPT_ACTIVATED",
        "TEMPLATE_APPLIED",
        "JOB_STARTED",
        "EXPORT_CREATED",
        "EXPORT_DELETED",
        "DOCUMENT_DELETED",
        "PROJECT_DELETED",
    ]
    assert "EXPORT_DOWNLOADED" in kinds
    assert of_project[1].correlation_id == of_project[2].correlation_id != of_project[0].correlation_id
    job = next(entry for entry in of_project if entry.kind == "JOB_STARTED")
    assert (job.thing_name, told(job)["documents"]) == ("SAMPLE", (None, 2))
    budget, gone, kept = api.audit(kinds=["BUDGET_CHANGED", "TEMPLATE_CREATED", "TEMPLATE_DELETED"])
    assert [(one.kind, one.thing_name) for one in (kept, gone)] == [
        ("TEMPLATE_CREATED", "Of marches"),
        ("TEMPLATE_DELETED", "Of marches"),
    ]
    assert told(budget) == {"tokens_a_month": (0, 5_000_000)}


def test_what_a_key_did_names_the_key_and_whose_it_is(api: CoderAI, done: str) -> None:
    me = api.me()
    entries = list(api.audit(actor_id=me.id))
    by_key = {entry.kind for entry in entries if entry.actor.api_key_id}
    assert by_key == {"EXPORT_CREATED", "EXPORT_DOWNLOADED"}
    assert {entry.actor.api_key_name for entry in entries} == {"", "nightly"}
    assert {entry.actor.email for entry in entries} == {me.email}


def test_the_list_is_read_by_time_and_quotes_no_document(api: CoderAI, done: str) -> None:
    now = datetime.now(UTC)
    entries = list(api.audit(since=now - timedelta(hours=1), until=now + timedelta(hours=1)))
    assert [entry.id for entry in entries] == sorted((entry.id for entry in entries), reverse=True)
    assert entries[-1].kind == "WORKSPACE_CREATED" and entries[0].happened_at is not None
    assert not list(api.audit(until=entries[-1].happened_at))
    assert SECRET not in str(entries) and "Which place" not in str(entries)
