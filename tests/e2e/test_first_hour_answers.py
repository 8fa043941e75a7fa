"""What a web client is answered in the first hour (setup, suggestions, proposals, conversation ...) is as documented.

Tenant takes no other answer (tests.support.documented); what the answers say is tested where it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until

TEXTS = (
    "Date: 3 May 2024\nPlace: Port Elmo\nType: march\n\nAbout 300 people marched for lower rents. Nobody was injured.",
    "Date: 9 June 2024\nPlace: Sankt Orla\nType: vigil\n\nSome 120 people held a vigil. Two people were injured.",
    "Date: 1 July 2024\nPlace: Port Elmo\nType: march\n\nMore than 45 people marched. Police made 4 arrests.",
)


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def project(tenant: Tenant) -> str:
    """A project with documents and no variables."""
    project = str(tenant.post("projects", {"name": "Protests"})["id"])
    for number, text in enumerate(TEXTS):
        tenant.post(f"projects/{project}/documents", {"name": f"{number}.txt", "text": text})
    wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"]["READY"] == len(TEXTS))
    return project


@pytest.fixture(scope="module")
def variable(tenant: Tenant, project: str) -> str:
    body = {"name": "protest_type", "type": "TEXT", "instructions": "What type of protest it was."}
    return str(tenant.post(f"projects/{project}/variables", body)["id"])


def test_suggestions(tenant: Tenant, project: str, variable: str) -> None:
    assert tenant.post(f"projects/{project}/copilot/suggest-variables")["items"]
    tenant.post(f"projects/{project}/copilot/suggest-unit")
    tenant.post(f"projects/{project}/copilot/suggest-categories", {"variable_id": variable})
    tenant.post(f"variables/{variable}/suggest-instructions")
    tenant.post(f"projects/{project}/copilot/review-schema")


def test_proposals(tenant: Tenant, project: str) -> None:
    kept: list[dict[str, Any]] = list(tenant.all(f"projects/{project}/proposals"))
    for proposal in kept:
        assert tenant.get(f"proposals/{proposal['id']}")["status"] == "PROPOSED"
    first, second = [p["id"] for p in kept if p["kind"] == "ADD_VARIABLE"][:2]

    assert tenant.post(f"proposals/{first}/apply")["proposal"]["status"] == "APPLIED"
    assert tenant.post(f"proposals/{second}/reject")["status"] == "REJECTED"
    assert {"APPLIED", "REJECTED"} <= {p["status"] for p in tenant.all(f"projects/{project}/proposals")}


def test_conversation(tenant: Tenant, project: str) -> None:
    said = tenant.post(f"projects/{project}/copilot/messages", {"text": "How many people marched?"})
    reply = said["reply"]["id"]
    updates = list(tenant.follow_message(reply))

    assert updates[-1]["type"] == "ended"
    assert "".join(update["part"] for update in updates) == updates[-1]["message"]["text"]
    assert tenant.get(f"messages/{reply}")["status"] == "COMPLETE"
    tenant.post(f"messages/{reply}/stop")
    assert len(tenant.get(f"projects/{project}/copilot/messages")["items"]) == 2


def test_templates(tenant: Tenant, project: str) -> None:
    own = tenant.post("templates", {"name": "Ours", "project_id": project})["id"]
    for template in tenant.all("templates"):
        assert tenant.get(f"templates/{template['id']}")["definition"]["variables"]

    tenant.get(f"projects/{project}/template-preview?template_id=news-events")
    tenant.post(f"projects/{project}/apply-template", {"template_id": "news-events", "if_name_taken": "SKIP"})
    assert tenant.http.delete(f"/v1/templates/{own}").status_code == 204


def test_setup(tenant: Tenant) -> None:
    project = str(tenant.post("projects", {"name": "Protests, set up"})["id"])
    for number, text in enumerate(TEXTS):
        tenant.post(f"projects/{project}/documents", {"name": f"{number}.txt", "text": text})
    wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"]["READY"] == len(TEXTS))
    path = f"projects/{project}/setup"

    assert tenant.get(path)["current"] == "CONTEXT"
    for step in ("CONTEXT", "UNIT", "VARIABLES"):
        tenant.post(f"{path}/propose", {"step": step})
        tenant.post(f"{path}/accept", {"step": step, "all_proposals": step == "VARIABLES"})
    tenant.post(f"{path}/propose", {"step": "REVIEW"})
    tenant.post(f"{path}/skip", {"step": "REVIEW"})
    assert tenant.get(path)["current"] is None
