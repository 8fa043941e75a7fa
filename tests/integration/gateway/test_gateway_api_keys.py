"""API keys: for one workspace, within a role, until a time, and never more than their maker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.integration.gateway.running import PASSWORD, Person, invited, register, signed_in_to


async def make(client: httpx.AsyncClient, who: Person, **fields: Any) -> httpx.Response:
    return await client.post("/v1/api-keys", json={"name": "script", **fields}, headers=who.headers)


async def bearer(client: httpx.AsyncClient, who: Person, **fields: Any) -> dict[str, str]:
    made = await make(client, who, **fields)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['key']}"}


async def second_workspace(client: httpx.AsyncClient, who: Person) -> Person:
    made = await client.post("/v1/workspaces", json={"name": "Second"}, headers=who.headers)
    return await signed_in_to(client, who, made.json()["id"])


async def test_a_key_acts_in_its_own_workspace_alone(client: httpx.AsyncClient, person: Person) -> None:
    elsewhere = await second_workspace(client, person)
    key = await bearer(client, person, role="OWNER")
    other = f"/v1/workspaces/{elsewhere.workspace}"
    invitation = {"email": "ada@example.org", "role": "OWNER"}

    assert (await client.get(f"{other}/members", headers=key)).status_code == 404
    assert (await client.post(f"{other}/members", json=invitation, headers=key)).status_code == 404
    assert (await client.get(f"{other}/invitations", headers=key)).status_code == 404
    leave = f"{other}/members/{person.user_id}"
    assert (await client.delete(leave, headers=key)).status_code == 404
    assert (await client.patch(leave, json={"role": "VIEWER"}, headers=key)).status_code == 404
    assert (await client.post("/v1/workspaces", json={"name": "Third"}, headers=key)).status_code == 403
    for path, name in (("/v1/workspaces", "items"), ("/v1/auth/me", "workspaces")):
        shown = (await client.get(path, headers=key)).json()[name]
        assert [space["id"] for space in shown] == [person.workspace]
    # In its own it does what owners do.
    own = f"/v1/workspaces/{person.workspace}/members"
    assert (await client.post(own, json=invitation, headers=key)).status_code == 201


@pytest.mark.parametrize(("role", "may"), [("VIEWER", (200, 403, 403)), ("EDITOR", (200, 201, 403))])
async def test_a_key_may_do_what_its_role_allows(
    client: httpx.AsyncClient, person: Person, role: str, may: tuple[int, ...]
) -> None:
    key, members = await bearer(client, person, role=role), f"/v1/workspaces/{person.workspace}/members"

    answers = (
        await client.get("/v1/projects", headers=key),
        await client.post("/v1/projects", json={"name": "x"}, headers=key),
        await client.post(members, json={"email": "ada@example.org", "role": "VIEWER"}, headers=key),
    )

    assert tuple(answer.status_code for answer in answers) == may
    assert (await client.get("/v1/auth/me", headers=key)).json()["workspace"]["role"] == role


async def test_nobody_makes_a_key_that_may_more_than_they(client: httpx.AsyncClient, person: Person) -> None:
    editor = await invited(client, person, person.workspace, await register(client), "EDITOR")
    viewer = await invited(client, person, person.workspace, await register(client), "VIEWER")

    assert (await make(client, editor, role="OWNER")).status_code == 403
    assert (await make(client, viewer, role="EDITOR")).status_code == 403
    assert (await make(client, viewer)).json()["role"] == "VIEWER"
    assert (await make(client, editor)).json()["role"] == "EDITOR"
    assert (await make(client, person)).json()["role"] == "EDITOR"
    assert (await make(client, person, role="BOSS")).status_code == 422


async def test_keys_do_not_look_after_accounts(client: httpx.AsyncClient, person: Person) -> None:
    made = (await make(client, person, role="OWNER")).json()
    key = {"Authorization": f"Bearer {made['key']}"}

    for method, path, body in (
        ("POST", "/v1/api-keys", {"name": "another"}),
        ("DELETE", f"/v1/api-keys/{made['id']}", None),
        ("POST", "/v1/auth/password", {"current_password": PASSWORD, "new_password": "another password"}),
        ("POST", "/v1/auth/sign-out-everywhere", None),
        ("GET", "/v1/auth/sessions", None),
        ("POST", "/v1/auth/deactivate", {"password": PASSWORD}),
        ("POST", "/v1/invitations/accept", {"token": "x"}),
    ):
        refused = await client.request(method, path, json=body, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_needed"), path


async def test_a_key_does_not_get_the_answer_that_holds_another(client: httpx.AsyncClient, person: Person) -> None:
    once = {"Idempotency-Key": "my only key"}
    body = {"name": "script", "role": "OWNER"}
    assert (await client.post("/v1/api-keys", json=body, headers=person.headers | once)).status_code == 201
    small = await bearer(client, person, role="VIEWER")

    assert (await client.post("/v1/api-keys", json=body, headers=small | once)).status_code == 403


async def test_a_key_expires(client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0).isoformat()
    made = (await make(client, person, expires_at=tomorrow)).json()
    key = {"Authorization": f"Bearer {made['key']}"}
    assert datetime.fromisoformat(made["expires_at"]) == datetime.fromisoformat(tomorrow)
    assert (await client.get("/v1/projects", headers=key)).status_code == 200

    psql(f"update gateway.api_keys set expires_at = now() where id = '{made['id']}'")

    refused = await client.get("/v1/projects", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (401, "api_key_invalid")


@pytest.mark.parametrize("when", ["2020-01-01T00:00:00Z", "2090-01-01T00:00:00", "soon"])
async def test_a_key_expires_at_a_time_to_come(client: httpx.AsyncClient, person: Person, when: str) -> None:
    refused = await make(client, person, expires_at=when)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "expires_at")


async def test_a_key_shows_when_it_was_last_used_to_the_hour(client: httpx.AsyncClient, person: Person) -> None:
    key = await bearer(client, person)
    [before] = (await client.get("/v1/api-keys", headers=person.headers)).json()["items"]

    await client.get("/v1/projects", headers=key)

    [after] = (await client.get("/v1/api-keys", headers=person.headers)).json()["items"]
    used = datetime.fromisoformat(after["used_at"])
    assert before["used_at"] is None
    assert datetime.now(UTC) - used < timedelta(hours=2)
    assert (used.minute, used.second, used.microsecond) == (0, 0, 0)


async def test_owners_see_and_end_all_keys_of_their_workspace(client: httpx.AsyncClient, person: Person) -> None:
    editor = await invited(client, person, person.workspace, await register(client), "EDITOR")
    theirs, mine = (await make(client, editor)).json(), (await make(client, person)).json()

    seen = (await client.get("/v1/api-keys", headers=person.headers)).json()["items"]
    seen_by_editor = (await client.get("/v1/api-keys", headers=editor.headers)).json()["items"]

    assert [key["user_id"] for key in seen] == [editor.user_id, person.user_id]
    assert [key["id"] for key in seen_by_editor] == [theirs["id"]]
    assert (await client.delete(f"/v1/api-keys/{mine['id']}", headers=editor.headers)).status_code == 404
    assert (await client.delete(f"/v1/api-keys/{theirs['id']}", headers=person.headers)).status_code == 204
    key = {"Authorization": f"Bearer {theirs['key']}"}
    assert (await client.get("/v1/projects", headers=key)).status_code == 401
