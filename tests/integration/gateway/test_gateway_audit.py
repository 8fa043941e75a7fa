"""Who did what with accounts, members and keys; and the one list of it and of what the services recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.kit.ids import new_id
from tests.integration.gateway.running import PASSWORD, Person, invited, register, signed_in_to
from tests.integration.gateway.services import Services


async def entries(client: httpx.AsyncClient, who: Person, **asked: Any) -> list[dict[str, Any]]:
    """What an owner is shown, newest first."""
    answer = await client.get("/v1/audit", params=asked, headers=who.headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def kinds(client: httpx.AsyncClient, who: Person, **asked: Any) -> list[str]:
    """The kinds of the same, oldest first."""
    return [entry["kind"] for entry in reversed(await entries(client, who, **asked))]


def told(entry: dict[str, Any]) -> dict[str, Any]:
    return {one["field"]: (one["before"], one["after"]) for one in entry["changes"]}


async def login(client: httpx.AsyncClient, email: str, password: str, **more: Any) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": email, "password": password, **more})


async def test_sign_ins_also_failed_ones_are_told_with_their_address(elsewhere: httpx.AsyncClient) -> None:
    person = await register(elsewhere)
    again = (await login(elsewhere, person.email, PASSWORD)).json()
    assert (await login(elsewhere, person.email, "wrong password")).status_code == 401
    assert (await login(elsewhere, person.email, PASSWORD, workspace_id=str(new_id()))).status_code == 401
    assert (await login(elsewhere, f"nobody-{person.email}", PASSWORD)).status_code == 401
    ended = await elsewhere.post("/v1/auth/logout", json={"refresh_token": again["refresh_token"]})
    assert ended.status_code == 204

    listed = await entries(elsewhere, person)

    assert [entry["kind"] for entry in reversed(listed)] == [
        "WORKSPACE_CREATED",
        "SIGNED_IN",
        "SIGNED_IN",
        "SIGN_IN_FAILED",
        "SIGN_IN_FAILED",
        "SIGNED_OUT",
    ]
    signed_out, not_member, wrong, signed_in, _, made = listed
    assert {entry["actor"]["user_id"] for entry in listed} == {person.user_id}
    assert {entry["actor"]["email"] for entry in listed} == {person.email}
    assert signed_out["thing_id"] == signed_in["thing_id"] and signed_in["address"].startswith("127.")
    assert told(wrong) == {"reason": (None, "wrong password")} and wrong["address"] == signed_in["address"]
    assert told(not_member) == {"reason": (None, "no member")}
    assert (made["thing_id"], made["thing_name"], made["project_id"]) == (person.workspace, "Personal", "")
    assert signed_out["correlation_id"] == ended.headers["X-Correlation-Id"]


async def test_a_failed_sign_in_is_told_where_it_was_tried(client: httpx.AsyncClient, person: Person) -> None:
    other = await register(client)
    await invited(client, person, person.workspace, other, "EDITOR")
    await login(client, other.email, "wrong password", workspace_id=person.workspace)

    newest = (await entries(client, person))[0]
    assert (newest["kind"], newest["actor"]["email"]) == ("SIGN_IN_FAILED", other.email)
    assert "SIGN_IN_FAILED" not in await kinds(client, other)


async def test_what_ends_sessions_is_told(client: httpx.AsyncClient, person: Person) -> None:
    stolen = await signed_in_to(client, person, person.workspace)
    for status in (200, 401):
        refreshed = {"refresh_token": stolen.tokens["refresh_token"]}
        assert (await client.post("/v1/auth/refresh", json=refreshed)).status_code == status
    await signed_in_to(client, person, person.workspace)
    listed = (await client.get("/v1/auth/sessions", headers=person.headers)).json()["items"]
    another = next(one["id"] for one in listed if not one["is_current"])
    await client.delete(f"/v1/auth/sessions/{another}", headers=person.headers)
    await client.post("/v1/auth/sign-out-everywhere", headers=person.headers)
    back = await signed_in_to(client, person, person.workspace)

    assert (await kinds(client, back))[2:] == [
        "SIGNED_IN",
        "SESSION_REVOKED",
        "SIGNED_IN",
        "SIGNED_OUT",
        "SIGNED_OUT",
        "SIGNED_IN",
    ]


async def test_pages_sign_in_and_out_as_scripts_do(elsewhere: httpx.AsyncClient) -> None:
    person, own = await register(elsewhere), {"Sec-Fetch-Site": "same-origin"}
    body = {"email": person.email, "password": PASSWORD}
    assert (await elsewhere.post("/v1/auth/session", json=body, headers=own)).status_code == 200
    assert (await elsewhere.delete("/v1/auth/session", headers=own)).status_code == 204

    signed_out, signed_in = (await entries(elsewhere, person))[:2]
    assert (signed_in["kind"], signed_out["kind"]) == ("SIGNED_IN", "SIGNED_OUT")
    assert signed_in["thing_id"] == signed_out["thing_id"] and signed_in["address"]


async def test_the_end_of_an_account_is_told_to_those_who_stay(client: httpx.AsyncClient, person: Person) -> None:
    other = await register(client)
    await invited(client, person, person.workspace, other, "EDITOR")
    ended = await client.post("/v1/auth/deactivate", json={"password": PASSWORD}, headers=other.headers)
    assert ended.status_code == 204

    newest = (await entries(client, person))[0]
    assert (newest["kind"], newest["actor"]["email"]) == ("ACCOUNT_DEACTIVATED", other.email)


async def test_another_password_is_told_in_every_workspace_of_the_account(
    client: httpx.AsyncClient, person: Person
) -> None:
    other = await register(client)
    in_team = await invited(client, person, person.workspace, other, "VIEWER")
    body = {"current_password": PASSWORD, "new_password": "another battery staple"}
    changed = await client.post("/v1/auth/password", json=body, headers=in_team.headers)
    assert changed.status_code == 204

    newest = (await entries(client, person))[0]
    assert (newest["kind"], newest["actor"]["user_id"]) == ("PASSWORD_CHANGED", other.user_id)
    again = Person(other.email, (await login(client, other.email, "another battery staple")).json())
    assert (await kinds(client, again))[-2:] == ["PASSWORD_CHANGED", "SIGNED_IN"]
    assert "battery" not in str(await entries(client, again))


async def test_who_joins_and_leaves_in_which_role(client: httpx.AsyncClient, person: Person) -> None:
    other, members = await register(client), f"/v1/workspaces/{person.workspace}/members"
    await invited(client, person, person.workspace, other, "EDITOR")
    for role in ("VIEWER", "VIEWER"):
        await client.patch(f"{members}/{other.user_id}", json={"role": role}, headers=person.headers)
    await client.delete(f"{members}/{other.user_id}", headers=person.headers)
    made = await client.post(members, json={"email": "somebody@example.org", "role": "OWNER"}, headers=person.headers)
    assert made.status_code == 201
    refused = await client.patch(f"{members}/{person.user_id}", json={"role": "VIEWER"}, headers=person.headers)
    assert refused.status_code == 409

    listed = list(reversed(await entries(client, person)))[2:]

    assert [(entry["kind"], entry["thing_name"], told(entry).get("role")) for entry in listed] == [
        ("MEMBER_INVITED", other.email, (None, "EDITOR")),
        ("MEMBER_JOINED", other.email, (None, "EDITOR")),
        ("SIGNED_IN", "", None),
        ("ROLE_CHANGED", other.email, ("EDITOR", "VIEWER")),
        ("MEMBER_REMOVED", other.email, ("VIEWER", None)),
        ("MEMBER_INVITED", "somebody@example.org", (None, "OWNER")),
    ]
    assert listed[1]["actor"]["user_id"] == other.user_id and listed[3]["thing_id"] == other.user_id
    assert str(made.json()["token"]) not in str(listed)


async def test_keys_are_told_and_name_what_they_did_when_they_are_gone(
    client: httpx.AsyncClient, person: Person
) -> None:
    key = (await client.post("/v1/api-keys", json={"name": "nightly", "role": "OWNER"}, headers=person.headers)).json()
    by_key = {"Authorization": f"Bearer {key['key']}"}
    members = f"/v1/workspaces/{person.workspace}/members"
    await client.post(members, json={"email": "somebody@example.org", "role": "VIEWER"}, headers=by_key)
    assert (await client.get("/v1/audit", headers=by_key)).status_code == 200
    await client.delete(f"/v1/api-keys/{key['id']}", headers=person.headers)

    revoked, did, created = (await entries(client, person))[:3]

    assert [one["kind"] for one in (created, did, revoked)] == ["API_KEY_CREATED", "MEMBER_INVITED", "API_KEY_REVOKED"]
    assert {(one["thing_id"], one["thing_name"]) for one in (created, revoked)} == {(key["id"], "nightly")}
    assert did["actor"] == {
        "user_id": person.user_id,
        "email": person.email,
        "api_key_id": key["id"],
        "api_key_name": "nightly",
    }
    assert (created["actor"]["api_key_id"], created["actor"]["api_key_name"]) == ("", "")
    assert key["key"] not in str([created, did, revoked])


async def test_pages_hold_the_newest_of_all_services(
    client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    for number in range(12):
        service = ("projects", "ingest", "extractor", "copilot", "export")[number % 5]
        actor = audit.AuditActor(user_id=person.user_id if number else str(new_id()))
        entry = audit.AuditEntry(id=str(new_id()), actor=actor, kind=audit.AUDIT_KIND_JOB_STARTED)
        services.audit[service].entries[UUID(person.workspace)].append(entry)

    read, token = list[dict[str, Any]](), ""
    while not read or token:
        asked = {"page_size": 5, "page_token": token}
        page = (await client.get("/v1/audit", params=asked, headers=person.headers)).json()
        assert len(page["items"]) <= 5
        read, token = read + page["items"], page["next_page_token"]

    ids = [entry["id"] for entry in read]
    assert len(read) == 14 and ids == sorted(set(ids), reverse=True)
    assert [entry["kind"] for entry in read] == ["JOB_STARTED"] * 12 + ["SIGNED_IN", "WORKSPACE_CREATED"]
    assert [entry["actor"]["email"] for entry in read] == [person.email] * 11 + [""] + [person.email] * 2


async def test_filters_reach_the_services_and_hold_for_the_gateways_own(
    client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    project = str(new_id())
    asked = {"kinds": ["SIGNED_IN", "JOB_STARTED"], "actor_id": person.user_id, "since": "2020-01-01T00:00:00Z"}
    assert await kinds(client, person, **asked) == ["SIGNED_IN"]
    seen = services.audit["ingest"].asked[-1]
    assert (seen.actor_id, seen.since) == (person.user_id, "2020-01-01T00:00:00Z")
    assert list(seen.kinds) == [audit.AUDIT_KIND_SIGNED_IN, audit.AUDIT_KIND_JOB_STARTED]
    assert await kinds(client, person, project_id=project) == []
    assert await kinds(client, person, actor_id=str(new_id())) == []
    assert await kinds(client, person, until="2020-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "wrong", [{"since": "yesterday"}, {"kinds": "BREAKFAST"}, {"page_size": 201}, {"page_token": "x"}, {"who": "me"}]
)
async def test_what_makes_no_sense_is_refused(client: httpx.AsyncClient, person: Person, wrong: dict[str, Any]) -> None:
    answer = await client.get("/v1/audit", params=wrong, headers=person.headers)
    assert answer.status_code == 422, answer.text


async def test_only_owners_see_it_and_nobody_sees_another_workspaces(
    client: httpx.AsyncClient, person: Person, viewer: Person
) -> None:
    editor = await invited(client, person, person.workspace, await register(client), "EDITOR")
    for who in (editor, viewer):
        answer = await client.get("/v1/audit", headers=who.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await client.get("/v1/audit")).status_code == 401
    stranger = await register(client)
    assert {entry["actor"]["user_id"] for entry in await entries(client, stranger)} == {stranger.user_id}


async def test_it_is_not_shown_in_part_where_a_service_is_away(unreachable: httpx.AsyncClient) -> None:
    assert (await unreachable.get("/v1/audit")).status_code == 503
