"""A second user, walked over every table and every route, sees nothing of the first one's."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from coderai.deploy.provision import SERVICES
from coderai.deploy.stack import LocalStack
from tests.support.tenant import Tenant, wait_until

TEXT = "The march in Port Elmo on 3 May 2024 drew 300 people."
UNIQUE = "unmistakable-first-tenant"


@pytest.fixture(scope="module")
def first(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url, "first") as tenant:
        yield tenant


@pytest.fixture(scope="module")
def second(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url, "second") as tenant:
        yield tenant


@pytest.fixture(scope="module")
def things(first: Tenant) -> dict[str, str]:
    """The id of one of everything that the first tenant has, after a run from upload to export."""
    unit = {"row_is": "one march", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "each march"}
    project = first.post("projects", {"name": UNIQUE, "unit": unit})["id"]
    variable = first.post(f"projects/{project}/variables", {"name": "place", "type": "TEXT", "instructions": UNIQUE})
    document = first.post(f"projects/{project}/documents", {"name": f"{UNIQUE}.txt", "text": TEXT})["items"][0]["id"]
    wait_until(lambda: first.get(f"documents/{document}")["status"] == "READY")
    job = first.post(f"projects/{project}/jobs", {"kind": "SAMPLE"})["id"]
    list(first.follow(job))
    export = first.post(f"projects/{project}/exports", {"format": "CSV"})["id"]
    wait_until(lambda: first.get(f"exports/{export}")["status"] == "COMPLETE")
    march = {"text": "the march", "quote": "The march in Port Elmo"}
    change = first.post(f"projects/{project}/units", {"document_id": document, "entity": march})
    gold = {"csv": f"document,entity,place\n{UNIQUE}.txt,the march,Port Elmo", "split": "DEV"}
    assert first.post(f"projects/{project}/gold", gold)["cells"] == 1
    extraction = first.get(f"projects/{project}/extractions")["items"][0]["id"]
    said = {"verdict": "INCORRECT", "corrected_value": "Elmo", "quote": "Port Elmo"}
    about = {"Upload-Length": "300", "Upload-Metadata": f"filename {b64encode(UNIQUE.encode()).decode()}"}
    upload = first.http.post(f"/v1/projects/{project}/uploads", headers=about)
    return {
        "unit": change["unit_ids"][0],
        "change": change["id"],
        "feedback": first.post(f"extractions/{extraction}/feedback", said)["id"],
        "proposal": first.post(f"projects/{project}/copilot/suggest-variables")["items"][0]["proposal_id"],
        "refinement": first.post(f"variables/{variable['id']}/refinements")["id"],
        "message": first.post(f"projects/{project}/copilot/messages", {"text": UNIQUE})["reply"]["id"],
        "template": first.post("templates", {"name": UNIQUE, "project_id": project})["id"],
        "project": project,
        "view": first.post(f"projects/{project}/views", {"name": UNIQUE})["id"],
        "variable": variable["id"],
        "prompt": variable["active_prompt"]["id"],
        "document": document,
        "page": "1",
        "upload": upload.headers["Location"].rpartition("/")[2],
        "job": job,
        "extraction": extraction,
        "export": export,
        "session": first.get("auth/sessions")["items"][0]["id"],
    }


def routes(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            if "{" in path and path.startswith("/v1/"):
                yield method.upper(), path, operation


def example_body(operation: dict[str, Any]) -> Any:
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = media.get("examples") or {}
    found = media.get("example") or next((e.get("value") for e in examples.values()), None)
    return found if found is not None else {}


def test_no_route_shows_or_changes_another_tenants_things(
    first: Tenant, second: Tenant, things: dict[str, str]
) -> None:
    openapi = first.http.get("/openapi.json").json()
    before = {path: first.get(path) for path in (f"projects/{things['project']}", f"documents/{things['document']}")}
    walked = 0
    for method, path, operation in routes(openapi):
        if method == "OPTIONS":  # it tells every caller what the server can, and nothing of anybody's
            continue
        names = re.findall(r"{(\w+)}", path)
        ids = {name: things.get(name.removesuffix("_id")) for name in names}
        assert all(ids.values()) or path.startswith(("/v1/workspaces", "/v1/api-keys")), (
            f"{path}: name the first tenant's thing for its parameters in this test"
        )
        if not all(ids.values()):
            continue
        response = second.http.request(
            method, path.format(**ids), json=example_body(operation) if method in ("POST", "PATCH") else None
        )
        shown = response.text
        assert response.status_code < 500, (method, path, shown)
        assert UNIQUE not in shown and TEXT not in shown, (method, path, shown)
        if response.is_success:
            assert method == "GET" and json.loads(shown).get("items") == [], (method, path, shown)
        else:
            assert response.status_code in (404, 422), (method, path, shown)
        walked += 1
    assert walked >= 25
    assert before == {path: first.get(path) for path in before}
    assert second.get("projects")["items"] == []


def test_no_route_answers_without_a_token(stack: LocalStack, things: dict[str, str]) -> None:
    with httpx.Client(base_url=stack.url) as stranger:
        for method, path, _ in routes(stranger.get("/openapi.json").json()):
            ids = {
                name: things.get(name.removesuffix("_id"), things["project"]) for name in re.findall(r"{(\w+)}", path)
            }
            response = stranger.request(method, path.format(**ids))
            assert response.status_code == 401, (method, path, response.text)


async def test_no_table_shows_another_workspaces_rows(
    stack: LocalStack, first: Tenant, second: Tenant, things: dict[str, str]
) -> None:
    passwords = json.loads((Path(stack.data_dir) / "database-passwords.json").read_text())
    mine, theirs = (tenant.get("auth/me")["workspace"]["id"] for tenant in (first, second))
    filled, tables = 0, 0
    for service in SERVICES:
        role = f"coderai_{service}"
        connection = await asyncpg.connect(stack.postgres.dsn(role, passwords[role], "coderai"))
        try:
            for table in await tenant_tables(connection, service):
                tables += 1
                assert await count(connection, table, theirs, mine) == 0, f"{service}.{table} leaks"
                assert await count(connection, table, "", mine) == 0, f"{service}.{table} shows rows to nobody"
                filled += await count(connection, table, mine, mine) > 0
        finally:
            await connection.close()
    assert tables >= 12 and filled >= 9


async def tenant_tables(connection: asyncpg.Connection[Any], service: str) -> list[str]:
    """The service's tables that have a workspace_id; each must force row-level security."""
    rows = await connection.fetch(
        """
        select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
        where n.nspname = $1 and c.relkind in ('r', 'p') order by 1
        """,
        service,
    )
    assert all(row["forced"] for row in rows), [row["relname"] for row in rows if not row["forced"]]
    return [row["relname"] for row in rows]


async def count(connection: asyncpg.Connection[Any], table: str, acting_in: str, of: str) -> int:
    """How many rows of workspace `of` a transaction in workspace `acting_in` sees."""
    async with connection.transaction():
        await connection.execute("select set_config('app.workspace_id', $1, true)", acting_in)
        found: int = await connection.fetchval(f"select count(*) from {table} where workspace_id = $1::uuid", of)
        return found
