"""Whoever runs a job can follow each of its documents: `coderai trace` says when, by which request and how it went."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def job(tenant: Tenant) -> str:
    """A job over two documents that has ended, started by the request `started-it`."""
    project = tenant.post("projects", {"name": "Protests"})["id"]
    tenant.post(f"projects/{project}/variables", {"name": "injured", "type": "NUMBER", "instructions": "How many?"})
    for name in ("a.txt", "b.txt"):
        tenant.post(f"projects/{project}/documents", {"name": name, "text": f"{name}: two people were injured."})
    wait_until(lambda: tenant.get(f"projects/{project}/documents")["counts"].get("READY") == 2)
    started = tenant.http.post(
        f"/v1/projects/{project}/jobs", json={"kind": "SAMPLE"}, headers={"X-Correlation-Id": "started-it"}
    ).json()["id"]
    assert list(tenant.follow(started))
    return str(started)


def trace(tenant: Tenant, *arguments: str) -> Result:
    token = tenant.http.headers["authorization"].removeprefix("Bearer ")
    env = {"CODERAI_URL": str(tenant.http.base_url), "CODERAI_TOKEN": token, "CODERAI_TRACES_URL": None}
    return CliRunner().invoke(app, ["trace", *arguments], env=env, prog_name="coderai")


def test_a_jobs_documents_are_told_with_their_attempts_and_what_they_took(tenant: Tenant, job: str) -> None:
    said = trace(tenant, job)
    assert said.exit_code == 0, said.output
    assert f"SAMPLE job {job}: COMPLETE, 2 documents" in said.stdout
    for name in ("a.txt", "b.txt"):
        assert f"  DOC_STARTED  started {name}" in said.stdout
        assert f"  DOC_COMPLETED  coded {name}" in said.stdout
    assert said.stdout.count("): DONE, 1 attempt; waited ") == 2
    assert said.stdout.count("correlation id started-it") >= 3
    assert "DOC_COMPLETED" in trace(tenant, job, "--document", "a.txt").stdout
    assert "b.txt" not in trace(tenant, job, "--document", "a.txt").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ((str(uuid4()),), 1, "HTTP 404 job_not_found; correlation id "),
        (("{job}", "--document", "c.txt"), 2, "has no document of the id or name 'c.txt'"),
        (("{job}", "--traces-url", "http://127.0.0.1:3000"), 2, "--traces-url needs {trace_id}"),
    ],
)
def test_what_cannot_be_followed_is_said(
    tenant: Tenant, job: str, arguments: tuple[str, ...], status: int, says: str
) -> None:
    said = trace(tenant, *(argument.replace("{job}", job) for argument in arguments))
    assert (said.exit_code, says in said.stderr) == (status, True), said.output
