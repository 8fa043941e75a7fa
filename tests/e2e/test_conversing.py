"""A conversation through the whole stack: a reply that comes live, what it proposes, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from coderai.client.api import CoderAI
from coderai.deploy.stack import LocalStack
from tests.support.openai_answers import requested_schema
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import Tenant, wait_until

TEXTS = {
    "elmo.txt": "The march in Port Elmo on 3 May 2024 drew 300 people. Nobody was hurt.",
    "bree.txt": "The march in Bree on 4 May 2024 drew 40 people. Two people were hurt.",
}


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url, "conversing") as tenant:
        yield tenant


@pytest.fixture
def project(tenant: Tenant) -> str:
    """Two documents, and no variable."""
    project: str = tenant.post("projects", {"name": "Marches", "model": "offline"})["id"]
    for name, text in TEXTS.items():
        tenant.post(f"projects/{project}/documents", {"name": name, "text": text})
    wait_until(lambda: all(one["status"] == "READY" for one in tenant.all(f"projects/{project}/documents")))
    return project


def streamed(tenant: Tenant, message_id: str, after: int = 0) -> list[dict[str, Any]]:
    headers = {"Last-Event-ID": str(after)} if after else {}
    with tenant.http.stream("GET", f"/v1/messages/{message_id}/events", headers=headers) as events:
        return [json.loads(line.removeprefix("data:")) for line in events.iter_lines() if line.startswith("data:")]


def test_the_built_in_engine_quotes_the_documents_live(tenant: Tenant, project: str) -> None:
    sent = tenant.post(f"projects/{project}/copilot/messages", {"text": "Who was hurt in the march?"})
    updates = streamed(tenant, sent["reply"]["id"])
    assert [update["sequence"] for update in updates] == list(range(1, len(updates) + 1))
    *parts, ended = updates
    assert "".join(update["part"] for update in parts) == ended["message"]["text"]
    assert {quote["quote"] for quote in ended["message"]["quotes"]} >= {"Nobody was hurt.", "Two people were hurt."}
    assert streamed(tenant, sent["reply"]["id"], after=parts[-1]["sequence"]) == [ended]
    listed = tenant.get(f"projects/{project}/copilot/messages")["items"]
    assert [one["role"] for one in listed] == ["USER", "COPILOT"]
    assert tenant.http.delete(f"/v1/projects/{project}/copilot/messages").status_code == 204
    assert tenant.get(f"projects/{project}/copilot/messages")["items"] == []


def test_what_a_model_proposes_in_a_reply_is_applied_by_a_person(
    stack: LocalStack, tenant: Tenant, project: str, chat_model: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = dict.fromkeys(("display_name", "categories", "depends_on", "golden_examples"))
    injured = {"name": "injured", "type": "NUMBER", "instructions": "How many people were hurt.", **nothing}
    add = {"action": "ADD_VARIABLE", "title": "Count the injured", "reason": "Both reports tell.", "variables": []}
    quotes = [{"document": 1, "quote": "Two people were hurt."}]
    reply = {
        "reply": "Both reports tell how many were hurt.",
        "quotes": quotes,
        "proposals": [{**add, "definitions": [injured], "project": None, "quotes": quotes}],
    }
    usual = chat_model.answer

    def answer(body: dict[str, Any]) -> dict[str, Any] | str:
        return reply if "proposals" in (requested_schema(body) or {}).get("properties", {}) else usual(body)

    monkeypatch.setattr(chat_model, "answer", answer)
    tenant.http.patch(f"/v1/projects/{project}", json={"model": "openai:gpt-4.1-mini"}).raise_for_status()
    token = str(tenant.http.headers["Authorization"]).removeprefix("Bearer ")
    with CoderAI(stack.url, token=token) as api:
        sent = api.send_message(project, "What could I count?")
        *_, last = api.watch_message(sent.reply.id)
        assert last.message is not None
        assert (last.message.status, last.message.text) == ("COMPLETE", reply["reply"])
        assert api.variables(project) == []
        applied = api.apply_proposal(last.message.proposal_ids[0])
        assert [variable.name for variable in api.variables(project)] == ["injured"]
    assert applied.proposal.message_id == sent.reply.id
    spent = tenant.get("model-usage")["items"]
    assert any(one["model"] == "openai:gpt-4.1-mini" and one["calls"] for one in spent)


def test_a_deleted_project_takes_its_conversation_along(tenant: Tenant, project: str) -> None:
    sent = tenant.post(f"projects/{project}/copilot/messages", {"text": "Who was hurt?"})
    streamed(tenant, sent["reply"]["id"])
    tenant.http.delete(f"/v1/projects/{project}").raise_for_status()
    wait_until(lambda: tenant.http.get(f"/v1/messages/{sent['reply']['id']}").status_code == 404)
