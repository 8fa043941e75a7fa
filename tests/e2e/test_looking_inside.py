"""What a researcher can look at: the messages before a run, and each entity's mentions and receipt after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until

BULLETIN = (
    "Weekly bulletin. The ferry Alma struck the quay on 3 May 2024; two passengers were injured.\n\n"
    "On 5 May 2024 the tug Boreas ran aground off the mole. Nobody was injured.\n\n"
    "The Alma was back in service on 7 May 2024."
)
UNIT = {
    "row_is": "one vessel that had an accident",
    "rows_per_document": "MULTIPLE",
    "entity_identification_pattern": r"/(?:ferry|tug) (\p{Lu}\w+)/",
}


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


def test_previewed_messages_entities_and_receipts(tenant: Tenant) -> None:
    project = tenant.post("projects", {"name": "Bulletins", "unit": UNIT})["id"]
    for name, kind in (("injured", "NUMBER"), ("day", "DATE")):
        tenant.post(f"projects/{project}/variables", {"name": name, "type": kind, "instructions": f"{name} of it"})
    texts = [{"name": f"{n}.txt", "text": f"No {n}. {BULLETIN}"} for n in range(3)]
    documents = [tenant.post(f"projects/{project}/documents", text)["items"][0]["id"] for text in texts]
    wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"].get("READY") == 3)

    (call,) = tenant.get(f"projects/{project}/prompt-preview?document_id={documents[0]}")["items"]
    assert [message["role"] for message in call["messages"]] == ["system", "user"]
    assert "one vessel that had an accident" in call["messages"][0]["content"]
    assert BULLETIN in call["messages"][1]["content"]
    assert set(call["reply_schema"]["required"]) == {"entities", "more"}

    job = tenant.post(f"projects/{project}/jobs", {"kind": "SAMPLE"})["id"]
    list(tenant.follow(job))
    rows = [(e["document_id"], e["entity_index"], e["variable"]) for e in tenant.all(f"projects/{project}/extractions")]
    assert rows == [(d, n, v) for d in documents for n in (1, 2) for v in ("injured", "day")]
    receipt = tenant.get(f"jobs/{job}/tasks")["items"][0]["receipt"]
    assert [entity["text"] for entity in receipt["entities"]] == ["Alma", "Boreas"]
    for entity in receipt["entities"]:
        first = entity["mentions"][0]
        assert first["why"] == "first mention"
        assert first["evidence"]["match"] == "EXACT"
