"""Invitations are taken by whoever has the token and the address, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.gateway.running import PASSWORD, Person, invited, register


async def invite(client: httpx.AsyncClient, owner: Person, email: str, role: str = "EDITOR") -> dict[str, Any]:
    path = f"/v1/workspaces/{owner.workspace}/members"
    made = await client.post(path, json={"email": email, "role": role}, headers=owner.headers)
    assert made.status_code == 201, made.text
    invitation: dict[str, Any] = made.json()
    return invitation


async def accept(client: httpx.AsyncClient, who: Person, token: str) -> httpx.Response:
    return await client.post("/v1/invitations/accept", json={"token": token}, headers=who.headers)


async def members(client: httpx.AsyncClient, owner: Person) -> list[tuple[str, str]]:
    found = (await client.get(f"/v1/workspaces/{owner.workspace}/members", headers=owner.headers)).json()["items"]
    return [(member["email"], member["role"]) for member in found]


async def test_an_account_with_the_address_is_no_member_without_the_token(
    client: httpx.AsyncClient, person: Person
) -> None:
    email = f"{uuid4().hex}@example.org"
    impostor = await register(client, email)

    await invite(client, person, email)

    assert await members(client, person) == [(person.email, "OWNER")]
    assert (await accept(client, impostor, "0" * 75)).json()["code"] == "invitation_not_valid"
    assert len((await client.get("/v1/workspaces", headers=impostor.headers)).json()["items"]) == 1


async def test_the_token_works_for_the_invited_address_alone_and_once(
    client: httpx.AsyncClient, person: Person
) -> None:
    invited_one, other = await register(client), await register(client)
    invitation = await invite(client, person, invited_one.email, "VIEWER")
    assert invitation["link"].endswith(f"#{invitation['token']}")

    refused = await accept(client, other, invitation["token"])
    assert (refused.status_code, refused.json()["code"]) == (422, "invitation_not_valid")
    accepted = await accept(client, invited_one, invitation["token"])
    assert accepted.json() == {"id": person.workspace, "name": "Personal", "role": "VIEWER"}
    assert (await accept(client, invited_one, invitation["token"])).json()["code"] == "invitation_not_valid"
    assert await members(client, person) == [(person.email, "OWNER"), (invited_one.email, "VIEWER")]


async def test_an_invitation_is_answered_alike_whether_there_is_an_account_or_not(
    client: httpx.AsyncClient, person: Person
) -> None:
    with_account = await invite(client, person, (await register(client)).email)
    without = await invite(client, person, f"{uuid4().hex}@example.org")

    different = dict.fromkeys(("id", "email", "token", "link", "created_at", "expires_at"))
    assert with_account | different == without | different


async def test_registering_with_an_invitation_makes_a_member(client: httpx.AsyncClient, person: Person) -> None:
    email = f"{uuid4().hex}@example.org"
    invitation = await invite(client, person, email)
    body = {"email": email, "password": PASSWORD, "invitation": invitation["token"]}

    wrong = await client.post("/v1/auth/register", json=body | {"email": f"other-{email}"})
    assert wrong.json()["code"] == "invitation_not_valid"
    made = await client.post("/v1/auth/register", json=body)

    assert made.json()["workspace"]["name"] == "Personal"
    headers = {"Authorization": f"Bearer {made.json()['access_token']}"}
    spaces = (await client.get("/v1/workspaces", headers=headers)).json()["items"]
    assert [(space["id"], space["role"]) for space in spaces][1:] == [(person.workspace, "EDITOR")]
    assert spaces[0]["role"] == "OWNER"


@pytest.mark.parametrize("ended_by", ["taken back", "expired", "replaced", "inviter downgraded", "inviter removed"])
async def test_an_invitation_that_has_ended_is_not_valid(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str], ended_by: str
) -> None:
    who = await register(client)
    inviter = await invited(client, person, person.workspace, await register(client), "OWNER")
    invitation = await invite(client, inviter, who.email)
    workspace = f"/v1/workspaces/{person.workspace}"
    if ended_by == "taken back":
        path = f"{workspace}/invitations/{invitation['id']}"
        assert (await client.delete(path, headers=person.headers)).status_code == 204
        assert (await client.delete(path, headers=person.headers)).json()["code"] == "invitation_not_found"
    elif ended_by == "expired":
        psql(f"update gateway.invitations set expires_at = now() where id = '{invitation['id']}'")
    elif ended_by == "replaced":
        await invite(client, person, who.email, "VIEWER")
    elif ended_by == "inviter downgraded":
        path = f"{workspace}/members/{inviter.user_id}"
        assert (await client.patch(path, json={"role": "EDITOR"}, headers=person.headers)).status_code == 200
    else:
        path = f"{workspace}/members/{inviter.user_id}"
        assert (await client.delete(path, headers=person.headers)).status_code == 204

    assert (await accept(client, who, invitation["token"])).json()["code"] == "invitation_not_valid"


async def test_owners_alone_see_invitations_and_nobody_their_tokens(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    editor = await invited(client, person, person.workspace, await register(client), "EDITOR")
    made = await invite(client, person, "Ada@Example.ORG")
    path = f"/v1/workspaces/{person.workspace}/invitations"

    listed = await client.get(path, headers=person.headers)

    assert [item["email"] for item in listed.json()["items"]] == ["ada@example.org"]
    assert made["token"] not in listed.text
    assert made["token"] not in psql("select encode(digest, 'escape') from gateway.invitations")
    assert (await client.get(path, headers=editor.headers)).status_code == 403
    assert (await client.get(path, headers=(await register(client)).headers)).status_code == 404


@pytest.mark.parametrize("email", ["a\u200bda@example.org", "a\u202eda@example.org", "\uff41da@example.org"])
async def test_addresses_that_are_not_what_they_look_like_are_refused(
    client: httpx.AsyncClient, person: Person, email: str
) -> None:
    registered = await client.post("/v1/auth/register", json={"email": email, "password": PASSWORD})
    path = f"/v1/workspaces/{person.workspace}/members"
    asked = await client.post(path, json={"email": email, "role": "EDITOR"}, headers=person.headers)

    for response in (registered, asked):
        assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "email")
