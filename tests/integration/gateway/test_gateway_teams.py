"""Shared workspaces and API keys: who is in, who decides, and what a key may do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from tests.integration.gateway.running import PASSWORD, Person, register


async def shared(client: httpx.AsyncClient, owner: Person) -> str:
    """The path of the members of a new workspace."""
    made = await client.post("/v1/workspaces", json={"name": "Team"}, headers=owner.headers)
    assert made.status_code == 201
    assert made.json()["role"] == "OWNER"
    return f"/v1/workspaces/{made.json()['id']}/members"


async def invite(client: httpx.AsyncClient, owner: Person, members: str, email: str, role: str) -> httpx.Response:
    return await client.post(members, json={"email": email, "role": role}, headers=owner.headers)


async def accept(client: httpx.AsyncClient, who: Person, token: str) -> httpx.Response:
    return await client.post("/v1/invitations/accept", json={"token": token}, headers=who.headers)


async def add(client: httpx.AsyncClient, owner: Person, members: str, who: Person, role: str) -> None:
    made = await invite(client, owner, members, who.email.upper(), role)
    assert (await accept(client, who, made.json()["token"])).json()["role"] == role


async def test_a_shared_workspace(client: httpx.AsyncClient, person: Person) -> None:
    other = await register(client)
    members = await shared(client, person)
    workspace = members.split("/")[3]

    await add(client, person, members, other, "EDITOR")

    listed = (await client.get(members, headers=other.headers)).json()["items"]
    assert [(member["email"], member["role"]) for member in listed] == [
        (person.email, "OWNER"),
        (other.email, "EDITOR"),
    ]
    spaces = (await client.get("/v1/workspaces", headers=other.headers)).json()["items"]
    assert [(space["name"], space["role"]) for space in spaces] == [("Personal", "OWNER"), ("Team", "EDITOR")]

    credentials = {"email": other.email, "password": PASSWORD, "workspace_id": workspace}
    signed_in = (await client.post("/v1/auth/login", json=credentials)).json()
    assert signed_in["workspace"] == {"id": workspace, "name": "Team", "role": "EDITOR"}
    in_team = {"Authorization": f"Bearer {signed_in['access_token']}"}
    project = await client.post("/v1/projects", json={"name": "Ours"}, headers=in_team)
    assert project.status_code == 201
    assert (await client.get("/v1/projects", headers=other.headers)).json()["items"] == []
    renewed = await client.post("/v1/auth/refresh", json={"refresh_token": signed_in["refresh_token"]})
    assert renewed.json()["workspace"]["id"] == workspace


async def test_only_owners_decide_who_is_in(client: httpx.AsyncClient, person: Person) -> None:
    editor, stranger = await register(client), await register(client)
    members = await shared(client, person)
    await add(client, person, members, editor, "EDITOR")
    of_owner = f"{members}/{person.tokens['user']['id']}"

    for who, status in ((editor, 403), (stranger, 404)):
        assert (await invite(client, who, members, stranger.email, "VIEWER")).status_code == status
        assert (await client.patch(of_owner, json={"role": "VIEWER"}, headers=who.headers)).status_code == status
        assert (await client.delete(of_owner, headers=who.headers)).status_code == status
    assert (await client.get(members, headers=stranger.headers)).status_code == 404
    nowhere = await client.get("/v1/workspaces/nowhere/members", headers=person.headers)
    assert nowhere.json()["code"] == "workspace_not_found"


async def test_roles_change_and_members_go(client: httpx.AsyncClient, person: Person) -> None:
    other = await register(client)
    members = await shared(client, person)
    await add(client, person, members, other, "VIEWER")
    path = f"{members}/{other.tokens['user']['id']}"

    changed = await client.patch(path, json={"role": "EDITOR"}, headers=person.headers)
    assert changed.json()["role"] == "EDITOR"
    assert (await client.delete(path, headers=other.headers)).status_code == 204
    assert (await client.delete(path, headers=person.headers)).json()["code"] == "member_not_found"
    credentials = {"email": other.email, "password": PASSWORD, "workspace_id": members.split("/")[3]}
    assert (await client.post("/v1/auth/login", json=credentials)).status_code == 401


async def test_whoever_cannot_be_invited_is_told_why(client: httpx.AsyncClient, person: Person) -> None:
    members = await shared(client, person)
    for email, status, code in (
        (person.email, 409, "already_member"),
        ("no e-mail", 422, "invalid_input"),
    ):
        response = await invite(client, person, members, email, "EDITOR")
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert (await invite(client, person, members, person.email, "BOSS")).status_code == 422


async def test_a_workspace_keeps_an_owner_even_if_two_leave_at_once(client: httpx.AsyncClient, person: Person) -> None:
    other = await register(client)
    members = await shared(client, person)
    await add(client, person, members, other, "OWNER")

    leave = [client.delete(f"{members}/{who.tokens['user']['id']}", headers=who.headers) for who in (person, other)]
    answers = await asyncio.gather(*leave)

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["code"] == "last_owner"


@pytest.fixture
async def key(client: httpx.AsyncClient, person: Person) -> str:
    """An API key of the person's."""
    made = await client.post("/v1/api-keys", json={"name": "nightly"}, headers=person.headers)
    assert made.status_code == 201
    text: str = made.json()["key"]
    return text


async def test_a_key_acts_as_its_user(client: httpx.AsyncClient, person: Person, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}

    assert (await client.get("/v1/auth/me", headers=headers)).json()["user"]["email"] == person.email
    assert (await client.post("/v1/projects", json={"name": "By key"}, headers=headers)).status_code == 201
    assert (await client.get("/v1/projects", headers=person.headers)).json()["items"][0]["name"] == "By key"


async def test_a_key_is_shown_once_and_stored_as_a_digest(
    client: httpx.AsyncClient, person: Person, key: str, psql: Callable[[str], str]
) -> None:
    listed = (await client.get("/v1/api-keys", headers=person.headers)).json()["items"]

    assert [set(item) for item in listed] == [{"id", "user_id", "name", "role", "created_at", "expires_at", "used_at"}]
    assert listed[0]["name"] == "nightly"
    assert key not in psql("select encode(digest, 'escape') from gateway.api_keys")


async def test_a_deleted_key_is_out_at_once(client: httpx.AsyncClient, person: Person, key: str) -> None:
    [listed] = (await client.get("/v1/api-keys", headers=person.headers)).json()["items"]
    other = await register(client)
    path = f"/v1/api-keys/{listed['id']}"

    assert (await client.delete(path, headers=other.headers)).status_code == 404
    assert (await client.delete(path, headers=person.headers)).status_code == 204
    assert (await client.delete(path, headers=person.headers)).status_code == 404
    refused = await client.get("/v1/projects", headers={"Authorization": f"Bearer {key}"})
    assert (refused.status_code, refused.json()["code"]) == (401, "api_key_invalid")


async def test_a_key_has_the_role_that_its_user_has_now(
    client: httpx.AsyncClient, person: Person, key: str, psql: Callable[[str], str]
) -> None:
    headers, who = {"Authorization": f"Bearer {key}"}, f"where user_id = '{person.tokens['user']['id']}'"

    psql(f"update gateway.memberships set role = 'VIEWER' {who}")
    assert (await client.post("/v1/projects", json={"name": "x"}, headers=headers)).status_code == 403
    assert (await client.get("/v1/projects", headers=headers)).status_code == 200
    psql(f"delete from gateway.memberships {who}")
    assert (await client.get("/v1/projects", headers=headers)).status_code == 401


@pytest.mark.parametrize("made_up", ["ck_", "ck_" + "0" * 32, "ck_" + "0" * 80, "ck_nonsense"])
async def test_a_made_up_key_is_refused(client: httpx.AsyncClient, made_up: str) -> None:
    response = await client.get("/v1/projects", headers={"Authorization": f"Bearer {made_up}"})

    assert response.status_code == 401
