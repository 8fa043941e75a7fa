"""Passwords are changed by who knows them and reset by who has the link; sessions are seen and ended."""

from __future__ import annotations

import asyncio

import httpx

from tests.integration.gateway.running import PASSWORD, Person, RunningGateway, invited, register

NEW = "another correct horse"


async def login(client: httpx.AsyncClient, person: Person, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": person.email, "password": password})


async def change(client: httpx.AsyncClient, person: Person, current: str, new: str = NEW) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await client.post("/v1/auth/password", json=body, headers=person.headers)


async def is_in(client: httpx.AsyncClient, headers: dict[str, str]) -> bool:
    return (await client.get("/v1/projects", headers=headers)).is_success


async def test_changing_the_password_ends_all_other_sessions(client: httpx.AsyncClient, person: Person) -> None:
    other = Person(person.email, (await login(client, person)).json())

    assert (await change(client, person, PASSWORD)).status_code == 204

    assert await is_in(client, person.headers)
    assert not await is_in(client, other.headers)
    refreshed = await client.post("/v1/auth/refresh", json={"refresh_token": other.tokens["refresh_token"]})
    assert refreshed.status_code == 401
    assert (await login(client, person)).status_code == 401
    assert (await login(client, person, NEW)).status_code == 200


async def test_a_stolen_token_does_not_change_the_password(client: httpx.AsyncClient, person: Person) -> None:
    refused = await change(client, person, "not the password")
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_password")
    assert (await change(client, person, PASSWORD, "short")).json()["errors"][0]["field"] == "new_password"

    guesses = [(await change(client, person, f"guess {n}")).status_code for n in range(12)]

    assert guesses[-1] == 429
    assert (await change(client, person, PASSWORD)).status_code == 429


async def test_strangers_failures_do_not_keep_who_is_signed_in_from_changing_the_password(
    client: httpx.AsyncClient, person: Person
) -> None:
    await asyncio.gather(*(login(client, person, "a guess") for _ in range(11)))
    assert (await login(client, person)).status_code == 429

    assert (await change(client, person, PASSWORD)).status_code == 204


async def test_a_session_has_its_guesses_once_for_all_that_asks_for_the_password(
    client: httpx.AsyncClient, person: Person
) -> None:
    body = {"email": person.email, "password": "a guess", "refresh_token": person.tokens["refresh_token"]}
    seen = [(await change(client, person, "a guess")).status_code for _ in range(4)]
    seen += [(await deactivate(client, person, "a guess")).status_code for _ in range(3)]
    seen += [(await client.post("/v1/auth/login", json=body)).status_code for _ in range(3)]
    assert seen == [403] * 7 + [401] * 3

    refused = await change(client, person, PASSWORD)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 15
    assert (await deactivate(client, person)).status_code == 429
    assert (await login(client, person)).status_code == 200


async def test_signing_out_everywhere(client: httpx.AsyncClient, person: Person) -> None:
    other = Person(person.email, (await login(client, person)).json())

    assert (await client.post("/v1/auth/sign-out-everywhere", headers=person.headers)).status_code == 204

    for who in (person, other):
        assert not await is_in(client, who.headers)
        body = {"refresh_token": who.tokens["refresh_token"]}
        assert (await client.post("/v1/auth/refresh", json=body)).status_code == 401
    assert (await login(client, person)).status_code == 200


async def test_people_see_their_sessions_and_end_them(client: httpx.AsyncClient, person: Person) -> None:
    other = Person(person.email, (await login(client, person)).json())
    stranger = await register(client)

    listed = (await client.get("/v1/auth/sessions", headers=person.headers)).json()["items"]

    assert [session["is_current"] for session in listed] == [False, True]
    assert {session["workspace_id"] for session in listed} == {person.workspace}
    assert {session["address"] for session in listed} == {"127.0.0.1"}
    path = f"/v1/auth/sessions/{listed[0]['id']}"
    assert (await client.delete(path, headers=stranger.headers)).json()["code"] == "session_not_found"
    assert await is_in(client, other.headers)
    assert (await client.delete(path, headers=person.headers)).status_code == 204
    assert not await is_in(client, other.headers)
    assert len((await client.get("/v1/auth/sessions", headers=person.headers)).json()["items"]) == 1


async def test_sessions_in_all_workspaces_are_listed_and_ended(client: httpx.AsyncClient, person: Person) -> None:
    guest = await register(client)
    in_team = await invited(client, person, person.workspace, guest, "VIEWER")

    listed = (await client.get("/v1/auth/sessions", headers=guest.headers)).json()["items"]
    assert {session["workspace_id"] for session in listed} == {guest.workspace, person.workspace}
    await client.post("/v1/auth/sign-out-everywhere", headers=guest.headers)

    assert not await is_in(client, in_team.headers)


async def deactivate(client: httpx.AsyncClient, who: Person, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/auth/deactivate", json={"password": password}, headers=who.headers)


async def test_a_deactivated_account_is_closed(client: httpx.AsyncClient, person: Person) -> None:
    key = (await client.post("/v1/api-keys", json={"name": "script"}, headers=person.headers)).json()["key"]
    assert (await deactivate(client, person, "not the password")).json()["code"] == "wrong_password"

    assert (await deactivate(client, person)).status_code == 204

    assert not await is_in(client, person.headers)
    assert not await is_in(client, {"Authorization": f"Bearer {key}"})
    assert (await login(client, person)).status_code == 401
    taken = await client.post("/v1/auth/register", json={"email": person.email, "password": PASSWORD})
    assert taken.json()["code"] == "email_taken"


async def test_the_only_owner_of_a_team_passes_it_on_before_leaving(client: httpx.AsyncClient, person: Person) -> None:
    member = await invited(client, person, person.workspace, await register(client), "EDITOR")
    path = f"/v1/workspaces/{person.workspace}/members"

    refused = await deactivate(client, person)
    assert (refused.status_code, refused.json()["code"]) == (409, "sole_owner")
    assert "Personal" in refused.json()["detail"]
    assert await is_in(client, person.headers)

    await client.patch(f"{path}/{member.user_id}", json={"role": "OWNER"}, headers=person.headers)
    assert (await deactivate(client, person)).status_code == 204
    left = (await client.get(path, headers=member.headers)).json()["items"]
    assert [one["email"] for one in left] == [member.email]


async def test_without_mail_only_the_operator_makes_reset_links(client: httpx.AsyncClient, person: Person) -> None:
    for email in (person.email, "nobody@example.org"):
        refused = await client.post("/v1/auth/forgot-password", json={"email": email})
        assert (refused.status_code, refused.json()["code"]) == (409, "mail_not_set")
    verification = await client.post("/v1/auth/send-verification", headers=person.headers)
    assert verification.json()["code"] == "mail_not_set"


async def test_a_made_up_link_is_refused(client: httpx.AsyncClient) -> None:
    reset = await client.post("/v1/auth/reset-password", json={"token": "made up", "new_password": NEW})
    verified = await client.post("/v1/auth/verify-email", json={"token": "made up"})

    assert (reset.status_code, reset.json()["code"]) == (422, "link_not_valid")
    assert (verified.status_code, verified.json()["code"]) == (422, "link_not_valid")


async def test_the_log_names_who_did_what_from_where_and_no_secret(
    client: httpx.AsyncClient, gateway: RunningGateway, person: Person
) -> None:
    await login(client, person, "not the password")
    await login(client, Person("stranger-in-the-log@example.org", {}))
    signed_in = (await login(client, person)).json()
    key = (await client.post("/v1/api-keys", json={"name": "script"}, headers=person.headers)).json()
    await client.delete(f"/v1/api-keys/{key['id']}", headers=person.headers)
    member = await invited(client, person, person.workspace, await register(client), "EDITOR")
    path = f"/v1/workspaces/{person.workspace}/members/{member.user_id}"
    await client.patch(path, json={"role": "VIEWER"}, headers=person.headers)
    await client.delete(path, headers=person.headers)
    await change(client, person, PASSWORD)

    text = gateway.log.read_text()
    lines = [line for line in text.splitlines() if person.user_id in line]
    for event in (
        "registered",
        "sign_in",
        "api_key_created",
        "api_key_deleted",
        "member_invited",
        "role_changed",
        "member_removed",
        "password_changed",
    ):
        found = [line for line in lines if f"] {event} " in line]
        assert found, event
        assert all("address=127.0.0.1" in line for line in found)
    outcomes = [line for line in lines if "] sign_in " in line]
    assert "outcome='wrong password'" in outcomes[0]
    assert "outcome='signed in'" in outcomes[1]
    assert "role=VIEWER" in next(line for line in lines if "] role_changed " in line)
    secrets = (PASSWORD, NEW, key["key"], signed_in["access_token"], signed_in["refresh_token"])
    assert not any(secret in text for secret in (*secrets, person.email, "stranger-in-the-log"))
