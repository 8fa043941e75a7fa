"""Idempotency-Key: a repeated request is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from tests.integration.gateway.running import Person, invited, register, signed_in_to
from tests.integration.gateway.services import Services


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def count(client: httpx.AsyncClient) -> int:
    return len((await client.get("/v1/projects")).json()["items"])


async def test_a_repetition_gets_the_first_answer(signed_in: httpx.AsyncClient, key: dict[str, str]) -> None:
    first = await signed_in.post("/v1/projects", json={"name": "Once"}, headers=key)
    again = await signed_in.post("/v1/projects", json={"name": "Once"}, headers=key)

    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(signed_in) == 1


async def test_another_request_with_the_same_key_is_refused(signed_in: httpx.AsyncClient, key: dict[str, str]) -> None:
    await signed_in.post("/v1/projects", json={"name": "Once"}, headers=key)

    for path, body in (("/v1/projects", {"name": "Twice"}), ("/v1/projects/p1/jobs", {"name": "Once", "kind": None})):
        other = await signed_in.post(path, json=body, headers=key)
        assert other.status_code == 422
    other = await signed_in.post("/v1/projects", json={"name": "Twice"}, headers=key)
    assert other.json()["code"] == "idempotency_key_reused"
    assert await count(signed_in) == 1


async def test_of_two_at_once_one_is_told_to_wait(
    signed_in: httpx.AsyncClient, key: dict[str, str], services: Services
) -> None:
    services.projects.gate = gate = asyncio.Event()
    both = [asyncio.create_task(signed_in.post("/v1/projects", json={"name": "Once"}, headers=key)) for _ in range(2)]
    [told], [waiting] = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    services.projects.gate = None
    gate.set()

    assert told.result().status_code == 409
    assert told.result().json()["code"] == "request_in_progress"
    assert (await waiting).status_code == 201
    assert await count(signed_in) == 1


@pytest.mark.parametrize("name", ["raise Conflict", "raise Unavailable", "crash"])
async def test_a_failure_is_not_kept(signed_in: httpx.AsyncClient, key: dict[str, str], name: str) -> None:
    failed = await signed_in.post("/v1/projects", json={"name": name}, headers=key)
    assert failed.status_code >= 400

    assert (await signed_in.post("/v1/projects", json={"name": "Later"}, headers=key)).status_code == 201


async def test_keys_are_the_workspaces_own(
    signed_in: httpx.AsyncClient, client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    other = await register(client)
    first = await signed_in.post("/v1/projects", json={"name": "Mine"}, headers=key)
    second = await client.post("/v1/projects", json={"name": "Theirs"}, headers=key | other.headers)

    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]


@pytest.mark.parametrize(
    ("past", "change"),
    [
        ("a day after its answer", "created_at = created_at - interval '24 hours 1 second'"),
        ("when its gateway died", "status = null, created_at = created_at - interval '5 minutes 1 second'"),
    ],
)
async def test_a_key_may_be_used_again(
    signed_in: httpx.AsyncClient,
    person: Person,
    key: dict[str, str],
    psql: Callable[[str], str],
    past: str,
    change: str,
) -> None:
    await signed_in.post("/v1/projects", json={"name": "First"}, headers=key)
    psql(f"update gateway.idempotency_keys set {change} where key = '{key['Idempotency-Key']}'")

    assert (await signed_in.post("/v1/projects", json={"name": "Second"}, headers=key)).status_code == 201, past
    assert await count(signed_in) == 2


@pytest.mark.parametrize("bad", ["", "x" * 256, "a\tb"])
async def test_a_key_that_is_none_is_refused(signed_in: httpx.AsyncClient, bad: str) -> None:
    response = await signed_in.post("/v1/projects", json={"name": "x"}, headers={"Idempotency-Key": bad})

    assert response.status_code == 422
    assert await count(signed_in) == 0


async def test_an_api_key_is_made_once(
    signed_in: httpx.AsyncClient, key: dict[str, str], psql: Callable[[str], str]
) -> None:
    first = await signed_in.post("/v1/api-keys", json={"name": "nightly"}, headers=key)
    again = await signed_in.post("/v1/api-keys", json={"name": "nightly"}, headers=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await signed_in.get("/v1/api-keys")).json()["items"]) == 1
    kept = psql(f"select encode(body, 'escape') from gateway.idempotency_keys where key = '{key['Idempotency-Key']}'")
    assert kept.strip()
    assert first.json()["key"] not in kept


async def test_a_member_is_invited_once(
    client: httpx.AsyncClient, signed_in: httpx.AsyncClient, key: dict[str, str]
) -> None:
    other = await register(client)
    workspace = (await signed_in.post("/v1/workspaces", json={"name": "Shared"})).json()
    path, member = f"/v1/workspaces/{workspace['id']}/members", {"email": other.email, "role": "EDITOR"}

    first = await signed_in.post(path, json=member, headers=key)
    again = await signed_in.post(path, json=member, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other_invitation = await signed_in.post(path, json=member)
    assert other_invitation.json()["id"] != first.json()["id"]


async def test_another_member_does_not_get_the_answer(
    client: httpx.AsyncClient, signed_in: httpx.AsyncClient, person: Person, key: dict[str, str]
) -> None:
    other = await register(client)
    workspace = (await signed_in.post("/v1/workspaces", json={"name": "Shared"})).json()["id"]
    member = await invited(client, person, workspace, other, "VIEWER")
    tokens = [(await signed_in_to(client, person, workspace)).token, member.token]

    mine, theirs = [
        await client.post("/v1/api-keys", json={"name": "nightly"}, headers=key | {"Authorization": f"Bearer {token}"})
        for token in tokens
    ]

    assert mine.status_code == 201
    assert (theirs.status_code, theirs.json()["code"]) == (422, "idempotency_key_reused")


async def test_an_answer_that_cannot_be_read_any_more_is_said_so(
    signed_in: httpx.AsyncClient, key: dict[str, str], psql: Callable[[str], str]
) -> None:
    await signed_in.post("/v1/projects", json={"name": "Once"}, headers=key)
    psql(f"update gateway.idempotency_keys set body = 'x' where key = '{key['Idempotency-Key']}'")

    again = await signed_in.post("/v1/projects", json={"name": "Once"}, headers=key)

    assert (again.status_code, again.json()["code"]) == (409, "answer_unreadable")
    assert await count(signed_in) == 1
