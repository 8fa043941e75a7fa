"""A process ends while proposals are applied: asked again, each is applied, and once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from coderai.deploy.stack import LocalStack
from tests.faults.scenario import patiently
from tests.support.tenant import Tenant, wait_until

LABELS = ("Ward", "Street", "Officer", "Vehicle", "Weather", "Witness", "Weapon", "Station", "Shift", "Charge")


@pytest.mark.long
@pytest.mark.parametrize("name", ["copilot", "projects", "postgres"])
def test_a_proposal_is_applied_once_whatever_ends_meanwhile(faulty: LocalStack, name: str) -> None:
    with Tenant(faulty.url, "proposing") as tenant:
        project = prepared(tenant)
        ids = [one["proposal_id"] for one in suggested(tenant, project)]
        assert len(ids) >= len(LABELS)
        first = threading.Event()

        def apply(proposal_id: str) -> bool:
            try:
                tenant.post(f"proposals/{proposal_id}/apply")
            except httpx.HTTPError:
                return False
            first.set()
            return True

        with ThreadPoolExecutor(4) as people:
            done = [people.submit(apply, one) for one in ids]
            assert first.wait(60)
            faulty.kill(name)
        assert any(one.result() for one in done)

        for one in ids:
            reply = patiently(partial(tenant.post, f"proposals/{one}/apply"))
            assert reply["proposal"]["status"] == "APPLIED"
            assert [v["id"] for v in reply["variables"]] == reply["proposal"]["variable_ids"]
        variables = patiently(partial(tenant.get, f"projects/{project}/variables"))["items"]
        proposals = patiently(partial(tenant.get, f"projects/{project}/proposals"))["items"]
        assert sorted(v["id"] for v in variables) == sorted(one["variable_ids"][0] for one in proposals)
        assert [v["position"] for v in variables] == list(range(len(ids)))


def prepared(tenant: Tenant) -> str:
    """A project with documents that have many labels."""
    project: str = tenant.post("projects", {"name": "Reports"})["id"]
    for number in range(3):
        text = "\n".join(f"{label}: {label.lower()} number {number}" for label in LABELS)
        tenant.post(f"projects/{project}/documents", {"name": f"{number}.txt", "text": text})
    wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"].get("READY") == 3)
    return project


def suggested(tenant: Tenant, project: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tenant.post(f"projects/{project}/copilot/suggest-variables", {"limit": 20})["items"]
    return found
