"""Browsers: a cookie signs a page of the own origin in, with all its rights; no other page can use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from http.cookies import SimpleCookie
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from coderai.extractor.v1 import extractor_service_pb2 as pb
from tests.integration.gateway.running import (
    PASSWORD,
    Person,
    RunningGateway,
    Starter,
    client_of,
    http_from,
    invited,
    new_address,
    register,
    signed_in_to,
)
from tests.integration.gateway.services import JobScript, Services

SESSION = "/v1/auth/session"
SAME = {"Sec-Fetch-Site": "same-origin"}
OTHER = "http://localhost:5173"
"""An origin that CORS lets in."""
NAME = "coderai_session"


@pytest.fixture(scope="module")
async def gateway(services: Services, starter: Starter) -> AsyncIterator[RunningGateway]:
    """A gateway that lets pages of another origin in, by token."""
    async with starter.run("sessions", services.addresses, cors_origins=OTHER) as running:
        yield running


@pytest.fixture(scope="module")
async def client(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(gateway.url) as http:
        yield http


@pytest.fixture
async def page(gateway: RunningGateway, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """A page of the own origin in which `person` has signed in."""
    async with client_of(gateway.url, headers=SAME) as http:
        await sign_in(http, person)
        yield http


@pytest.fixture
def job(services: Services) -> str:
    """The id of a job that is over after two events."""
    job_id = str(uuid4())
    script = services.extractor.jobs[job_id] = JobScript([])
    script.events += [pb.JOB_EVENT_TYPE_JOB_STARTED, pb.JOB_EVENT_TYPE_JOB_COMPLETED]
    return job_id


async def sign_in(http: httpx.AsyncClient, person: Person, **more: str) -> httpx.Response:
    answer = await http.post(SESSION, json={"email": person.email, "password": PASSWORD} | more)
    assert answer.status_code == 200, answer.text
    return answer


def secret_in(http: httpx.AsyncClient) -> str:
    return http.cookies[NAME]


def with_cookie(secret: str, **headers: str) -> dict[str, str]:
    return {"Cookie": f"{NAME}={secret}"} | {name.replace("_", "-"): value for name, value in headers.items()}


def age(psql: Callable[[str], str], person: Person, minutes: int) -> None:
    """Has the person's sessions have been used so long ago for the last time."""
    psql(
        f"update gateway.sessions set used_at = used_at - interval '{minutes} minutes'"
        f" where user_id = '{person.user_id}'"
    )


async def test_signing_in_says_who_and_where(gateway: RunningGateway, person: Person) -> None:
    async with client_of(gateway.url, headers=SAME) as http:
        nobody = await http.get(SESSION)
        answer = await sign_in(http, person)
        shown = await http.get(SESSION)

    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")
    assert answer.json() == shown.json()
    assert shown.json()["user"]["email"] == person.email
    assert shown.json()["workspace"]["id"] == person.workspace
    assert shown.json()["has_password"] is True
    assert "token" not in answer.text


async def test_no_script_reads_the_cookie_and_no_other_site_sends_it(page: httpx.AsyncClient, person: Person) -> None:
    answer = await sign_in(page, person)
    morsel = SimpleCookie(answer.headers["set-cookie"])[NAME]

    assert (morsel["httponly"], morsel["samesite"].lower(), morsel["path"]) == (True, "strict", "/")
    assert (morsel["secure"], morsel["domain"]) == ("", "")
    assert 0 < int(morsel["max-age"]) <= 7 * 24 * 3600


async def test_over_tls_the_cookie_is_of_this_host_alone(services: Services, starter: Starter, person: Person) -> None:
    async with starter.run("tls", services.addresses, behind_tls=True) as running, client_of(running.url) as http:
        answer = await http.post(SESSION, json={"email": person.email, "password": PASSWORD}, headers=SAME)
        morsel = SimpleCookie(answer.headers["set-cookie"])[f"__Host-{NAME}"]
        secure = {"Cookie": f"__Host-{NAME}={morsel.value}"}
        shown = await http.get(SESSION, headers=secure | SAME)
        plain = await http.get(SESSION, headers=with_cookie(morsel.value, **SAME))
        by_http = await http.delete(SESSION, headers=secure | {"Origin": running.url})
        by_tls = await http.delete(SESSION, headers=secure | {"Origin": running.url.replace("http", "https", 1)})

    assert (morsel["secure"], morsel["httponly"], morsel["path"], morsel["domain"]) == (True, True, "/", "")
    assert (shown.status_code, plain.status_code) == (200, 401)
    assert (by_http.status_code, by_tls.status_code) == (403, 204)
    assert by_tls.headers["set-cookie"].startswith(f'__Host-{NAME}="";')
    assert "; Secure" in by_tls.headers["set-cookie"]


async def test_a_trusted_proxy_says_whether_there_is_tls(services: Services, starter: Starter, person: Person) -> None:
    body = {"email": person.email, "password": PASSWORD}
    said = {"X-Forwarded-Proto": "https"}
    async with (
        starter.run("proxied", services.addresses, trusted_proxies="127.0.0.1") as running,
        client_of(running.url, headers=SAME | said) as proxy,
        http_from(new_address(), running.url) as stranger,
    ):
        trusted = await proxy.post(SESSION, json=body)
        untrusted = await stranger.post(SESSION, json=body, headers=SAME | said)

    assert trusted.headers["set-cookie"].startswith(f"__Host-{NAME}=")
    assert untrusted.headers["set-cookie"].startswith(f"{NAME}=")


SAFE_ONLY, BOTH, NEITHER = "safe", "both", "neither"
MATRIX = [
    ({"Sec-Fetch-Site": "same-origin"}, BOTH),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "{own}"}, BOTH),
    ({"Origin": "{own}"}, BOTH),
    ({"Sec-Fetch-Site": "none"}, SAFE_ONLY),
    ({}, SAFE_ONLY),
    ({"Sec-Fetch-Site": "same-site"}, NEITHER),
    ({"Sec-Fetch-Site": "same-site", "Origin": "{own}"}, NEITHER),
    ({"Sec-Fetch-Site": "cross-site"}, NEITHER),
    ({"Sec-Fetch-Site": ""}, NEITHER),
    ({"Sec-Fetch-Site": "Same-Origin"}, NEITHER),
    ({"Origin": OTHER}, NEITHER),
    ({"Origin": "null"}, NEITHER),
    ({"Origin": ""}, NEITHER),
    ({"Origin": "https://evil.example"}, NEITHER),
    ({"Origin": "{own}.evil.example"}, NEITHER),
    ({"Origin": "{own}@evil.example"}, NEITHER),
    ({"Origin": "{own}/"}, NEITHER),
]


@pytest.mark.parametrize(("sent", "allowed"), MATRIX, ids=json.dumps)
async def test_which_pages_may(
    client: httpx.AsyncClient, gateway: RunningGateway, page: httpx.AsyncClient, sent: dict[str, str], allowed: str
) -> None:
    headers = {name: value.replace("{own}", gateway.url) for name, value in sent.items()}
    cookie = with_cookie(secret_in(page))
    read = await client.get(SESSION, headers=cookie | headers)
    written = await client.post("/v1/workspaces", json={"name": "Mine"}, headers=cookie | headers)

    assert read.status_code == (403 if allowed == NEITHER else 200)
    assert written.status_code == (201 if allowed == BOTH else 403)
    assert {a.json()["code"] for a in (read, written) if a.status_code == 403} <= {"cross_origin_request"}


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
async def test_no_unsafe_method_goes_by(client: httpx.AsyncClient, page: httpx.AsyncClient, method: str) -> None:
    paths = {"POST": "/v1/projects", "PATCH": "/v1/projects/x", "DELETE": "/v1/projects/x"}
    body = {"name": "Mine"} if method != "DELETE" else None
    for site in ("cross-site", "same-site", "none"):
        sent = with_cookie(secret_in(page), Sec_Fetch_Site=site)
        answer = await client.request(method, paths[method], json=body, headers=sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin_request")


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_no_other_page_signs_anybody_in_or_out(page: httpx.AsyncClient, person: Person, method: str) -> None:
    credentials = {"email": person.email, "password": PASSWORD} if method == "POST" else None
    before = secret_in(page)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}):
        answer = await page.request(method, SESSION, json=credentials, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin_request")

    assert secret_in(page) == before
    assert (await page.get(SESSION)).status_code == 200


async def test_pages_let_in_by_cors_get_no_further_by_cookie(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    by_cookie = await client.get("/v1/projects", headers=with_cookie(secret_in(page), Origin=OTHER))
    by_token = await client.get("/v1/projects", headers=person.headers | {"Origin": OTHER})

    assert (by_cookie.status_code, by_token.status_code) == (403, 200)
    assert "access-control-allow-credentials" not in by_cookie.headers


async def test_it_has_the_rights_of_its_user_and_no_more(
    gateway: RunningGateway, client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    viewer = await invited(client, person, person.workspace, await register(client), "VIEWER")
    other = await register(client)
    path = f"/v1/workspaces/{person.workspace}/members"
    key = await page.post("/v1/api-keys", json={"name": "from a page"})
    async with client_of(gateway.url, headers=SAME) as looking, client_of(gateway.url, headers=SAME) as elsewhere:
        await sign_in(looking, viewer, workspace_id=person.workspace)
        await sign_in(elsewhere, other)
        theirs = [await each.get(path) for each in (page, looking, elsewhere)]
        invite = {"email": "x@example.org", "role": "VIEWER"}
        inviting = [await each.post(path, json=invite) for each in (looking, elsewhere)]
        not_in = await elsewhere.post(
            SESSION, json={"email": other.email, "password": PASSWORD, "workspace_id": person.workspace}
        )

    assert key.status_code == 201
    assert [answer.status_code for answer in theirs] == [200, 200, 404]
    assert [answer.status_code for answer in inviting] == [403, 404]
    assert not_in.status_code == 401


async def test_a_secret_of_one_workspace_names_no_other(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    other = await register(client)
    forged = other.workspace.replace("-", "") + secret_in(page)[32:]

    assert (await client.get(SESSION, headers=with_cookie(forged, **SAME))).status_code == 401


async def test_of_two_credentials_the_token_counts(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    other = await register(client)
    both = with_cookie(secret_in(page), **SAME) | other.headers
    shown = await client.get(SESSION, headers=both)
    bad = await client.get(SESSION, headers=both | {"Authorization": "Bearer nonsense"})
    basic = await client.get(SESSION, headers=both | {"Authorization": "Basic eDp5"})

    assert shown.json()["user"]["email"] == other.email
    assert [bad.status_code, basic.status_code] == [401, 401]


async def test_a_cookie_is_no_token_and_a_token_no_cookie(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    secret = secret_in(page)
    refreshed = await client.post("/v1/auth/refresh", json={"refresh_token": secret})
    bearer = await client.get("/v1/projects", headers={"Authorization": f"Bearer {secret}"})
    as_cookie = [
        await client.get(SESSION, headers=with_cookie(text, **SAME))
        for text in (person.tokens["refresh_token"], person.token, "", "x", "0" * 75)
    ]

    assert (refreshed.status_code, bearer.status_code) == (401, 401)
    assert {answer.status_code for answer in as_cookie} == {401}
    assert (await page.get(SESSION)).status_code == 200


async def test_signing_out_ends_it_for_all_and_clears_the_cookie(
    client: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    stolen = with_cookie(secret_in(page), **SAME)
    answer = await page.delete(SESSION)
    morsel = SimpleCookie(answer.headers["set-cookie"])[NAME]
    again = await client.delete(SESSION, headers=stolen)

    assert (answer.status_code, morsel.value, morsel["max-age"]) == (204, "", "0")
    assert NAME not in page.cookies
    assert (await client.get(SESSION, headers=stolen)).status_code == 401
    assert again.status_code == 204


async def test_signing_in_again_ends_the_browsers_session_before(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    before = with_cookie(secret_in(page), **SAME)
    await sign_in(page, person)

    assert (await client.get(SESSION, headers=before)).status_code == 401
    assert (await page.get(SESSION)).status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        "update gateway.sessions set ended_at = now() where user_id = '{0}'",
        "update gateway.sessions set expires_at = now() where user_id = '{0}'",
        "update gateway.users set is_active = false where id = '{0}'",
        "delete from gateway.memberships where user_id = '{0}'",
    ],
    ids=["ended", "expired", "deactivated", "no member"],
)
async def test_what_has_ended_is_no_sign_in(
    page: httpx.AsyncClient, person: Person, psql: Callable[[str], str], end: str
) -> None:
    psql(end.format(person.user_id))
    answer = await page.get("/v1/projects")

    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_a_new_password_ends_the_others_and_renews_this_one(
    gateway: RunningGateway, client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person
) -> None:
    copied = with_cookie(secret_in(page), **SAME)
    async with client_of(gateway.url, headers=SAME) as elsewhere:
        await sign_in(elsewhere, person)
        change = {"current_password": PASSWORD, "new_password": "another correct horse"}
        changed = await page.post("/v1/auth/password", json=change)
        there = await elsewhere.get(SESSION)

    assert changed.status_code == 204
    assert (await page.get(SESSION)).status_code == 200
    assert (there.status_code, (await client.get(SESSION, headers=copied)).status_code) == (401, 401)


async def test_a_token_of_its_holder_gets_no_cookie_by_a_new_password(
    client: httpx.AsyncClient, person: Person
) -> None:
    change = {"current_password": PASSWORD, "new_password": "another correct horse"}
    changed = await client.post("/v1/auth/password", json=change, headers=person.headers)

    assert (changed.status_code, "set-cookie" in changed.headers) == (204, False)


@pytest.mark.parametrize("path", ["/v1/auth/sign-out-everywhere", "/v1/auth/deactivate"])
async def test_all_ends_with_what_ends_all(page: httpx.AsyncClient, person: Person, path: str) -> None:
    body = {"password": PASSWORD} if path.endswith("deactivate") else None
    assert (await page.post(path, json=body)).status_code == 204
    assert (await page.get(SESSION)).status_code == 401


async def test_it_is_listed_among_the_sessions(page: httpx.AsyncClient) -> None:
    listed = (await page.get("/v1/auth/sessions")).json()["items"]

    assert [session["is_current"] for session in listed] == [True, False]


async def test_a_secret_is_renewed_and_the_one_before_is_good_for_a_minute_more(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    first = secret_in(page)
    age(psql, person, 20)
    answers = await asyncio.gather(
        *(client.get(SESSION, headers=with_cookie(first, **SAME)) for _ in range(6)),
    )
    [renewed] = [SimpleCookie(a.headers["set-cookie"])[NAME].value for a in answers if "set-cookie" in a.headers]
    lost = await client.get(SESSION, headers=with_cookie(first, **SAME))
    used = await client.get(SESSION, headers=with_cookie(renewed, **SAME))
    just_after = await client.get(SESSION, headers=with_cookie(first, **SAME))

    assert {answer.status_code for answer in (*answers, lost, used, just_after)} == {200}
    assert renewed != first
    assert "set-cookie" not in used.headers

    psql(
        "update gateway.refresh_tokens set rotated_at = rotated_at - interval '2 minutes'"
        f" where user_id = '{person.user_id}' and is_cookie"
    )
    reused = await client.get(SESSION, headers=with_cookie(first, **SAME))
    thief_and_owner = await client.get(SESSION, headers=with_cookie(renewed, **SAME))

    assert (reused.status_code, thief_and_owner.status_code) == (401, 401)
    assert "two places" in reused.json()["detail"]


async def test_an_answer_that_is_lost_signs_nobody_out(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    first = with_cookie(secret_in(page), **SAME)
    for _ in range(3):
        age(psql, person, 20)
        answer = await client.get(SESSION, headers=first)
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, True)


async def test_it_ends_in_the_end_however_much_it_is_used(
    page: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    psql(f"update gateway.sessions set created_at = created_at - interval '29 days' where user_id = '{person.user_id}'")
    age(psql, person, 20)
    answer = await page.get(SESSION)
    left = int(SimpleCookie(answer.headers["set-cookie"])[NAME]["max-age"])

    assert 0 < left <= 24 * 3600


async def test_wrong_passwords_wait_as_they_do_for_tokens(gateway: RunningGateway, client: httpx.AsyncClient) -> None:
    person = await register(client)
    async with http_from(new_address(), gateway.url) as http:
        wrong = [
            await http.post(SESSION, json={"email": person.email, "password": "wrong wrong"}, headers=SAME)
            for _ in range(11)
        ]
        right = await http.post(SESSION, json={"email": person.email, "password": PASSWORD}, headers=SAME)
        by_token = await http.post("/v1/auth/login", json={"email": person.email, "password": PASSWORD})

    assert [answer.status_code for answer in wrong] == [401] * 10 + [429]
    assert (right.status_code, by_token.status_code) == (429, 429)
    assert int(right.headers["retry-after"]) > 0
    assert "set-cookie" not in right.headers


async def test_wrong_codes_wait_too(gateway: RunningGateway) -> None:
    async with http_from(new_address(), gateway.url) as http:
        wrong = [await http.post(SESSION, json={"code": f"guess {n}"}, headers=SAME) for n in range(11)]

    assert [answer.status_code for answer in wrong] == [401] * 10 + [429]
    assert wrong[0].json()["code"] == "code_not_valid"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ada@example.org"},
        {"password": PASSWORD},
        {"email": "ada@example.org", "password": PASSWORD, "code": "x"},
        {"email": "ada@example.org", "code": "x"},
    ],
)
async def test_one_way_to_sign_in_is_to_be_given(page: httpx.AsyncClient, body: dict[str, str]) -> None:
    answer = await page.post(SESSION, json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "how_to_sign_in")


async def test_forms_of_other_pages_cannot_send_it(page: httpx.AsyncClient, person: Person) -> None:
    content = json.dumps({"email": person.email, "password": PASSWORD})
    answer = await page.post(SESSION, content=content, headers={"Content-Type": "text/plain"})

    assert answer.status_code == 415


async def test_an_event_stream_opens_by_cookie(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person, job: str, services: Services
) -> None:
    path = f"/v1/jobs/{job}/events"
    opened = await page.get(path, headers={"Accept": "text/event-stream"})
    cross = await client.get(path, headers=with_cookie(secret_in(page), Origin=OTHER, Sec_Fetch_Site="same-site"))

    assert opened.text.count("event: ") >= 1
    assert str(services.extractor.watched_by[-1].workspace_id) == person.workspace
    assert (cross.status_code, cross.json()["code"]) == (403, "cross_origin_request")


async def test_a_ticket_counts_before_a_cookie(
    client: httpx.AsyncClient, page: httpx.AsyncClient, person: Person, job: str, services: Services
) -> None:
    path, other = f"/v1/jobs/{job}/events", await register(client)
    ticket = (await client.post("/v1/tickets", json={"path": path}, headers=other.headers)).json()["ticket"]
    by_ticket = await page.get(path, params={"ticket": ticket})
    watched_by = str(services.extractor.watched_by[-1].workspace_id)
    used_up = await page.get(path, params={"ticket": ticket})

    assert (by_ticket.status_code, watched_by, used_up.status_code) == (200, other.workspace, 401)


async def test_a_socket_opens_by_cookie_for_the_own_origin_alone(
    gateway: RunningGateway, page: httpx.AsyncClient, job: str
) -> None:
    url = f"{gateway.url.replace('http', 'ws', 1)}/ws/jobs/{job}"
    cookie = with_cookie(secret_in(page))

    async def first_of(**headers: str) -> str | int:
        named = cookie | {name.replace("_", "-"): value for name, value in headers.items()}
        async with asyncio.timeout(20), connect(url, additional_headers=named) as socket:
            try:
                return str(json.loads(await socket.recv())["type"])
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0

    assert await first_of(Origin=gateway.url) == "snapshot"
    assert await first_of(Origin=gateway.url, Sec_Fetch_Site="same-origin") == "snapshot"
    assert await first_of() == 4403
    assert await first_of(Sec_Fetch_Site="same-origin") == 4403
    assert await first_of(Origin=OTHER) == 4403
    assert await first_of(Origin="null") == 4403
    assert await first_of(Origin=gateway.url, Sec_Fetch_Site="cross-site") == 4403


async def test_an_open_stream_ends_with_its_session(
    page: httpx.AsyncClient, person: Person, services: Services
) -> None:
    job_id = str(uuid4())
    services.extractor.jobs[job_id] = JobScript([])
    async with asyncio.timeout(20), page.stream("GET", f"/v1/jobs/{job_id}/events") as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith("event: ")
        assert (await page.delete(SESSION)).status_code == 204
        async for _ in lines:
            pass


async def test_secrets_are_stored_as_digests_and_are_in_no_log(
    gateway: RunningGateway, page: httpx.AsyncClient, psql: Callable[[str], str]
) -> None:
    secret = secret_in(page)

    assert secret not in psql("select t::text from gateway.refresh_tokens t")
    assert secret not in psql("select s::text from gateway.sessions s")
    assert secret not in gateway.log.read_text()


async def test_bearer_tokens_know_who_is_signed_in_and_get_no_cookie(client: httpx.AsyncClient, person: Person) -> None:
    shown = await client.get(SESSION, headers=person.headers)
    token = await signed_in_to(client, person, person.workspace)

    assert shown.json()["user"]["email"] == person.email
    assert "set-cookie" not in shown.headers
    assert token.workspace == person.workspace


async def test_a_page_goes_on_in_another_workspace(
    gateway: RunningGateway, page: httpx.AsyncClient, person: Person, client: httpx.AsyncClient
) -> None:
    shared = (await page.post("/v1/workspaces", json={"name": "Shared"})).json()["id"]
    stranger = await register(client)
    before = secret_in(page)

    refused = await page.patch(SESSION, json={"workspace_id": stranger.workspace})
    moved = await page.patch(SESSION, json={"workspace_id": shared})
    shown = await page.get(SESSION)
    old = await client.get(SESSION, headers=with_cookie(before))
    by_token = await client.patch(SESSION, json={"workspace_id": shared}, headers=person.headers | SAME)

    assert (refused.status_code, refused.json()["code"]) == (404, "workspace_not_found")
    assert (moved.status_code, moved.json()) == (200, shown.json())
    assert shown.json()["workspace"] == {"id": shared, "name": "Shared", "role": "OWNER"}
    assert old.status_code == 401
    assert (by_token.status_code, by_token.json()["code"]) == (403, "sign_in_needed")


async def test_another_workspace_makes_no_session_longer(
    page: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    shared = (await page.post("/v1/workspaces", json={"name": "Shared"})).json()["id"]
    psql(f"update gateway.sessions set created_at = now() - interval '29 days' where user_id = '{person.user_id}'")
    moved = await page.patch(SESSION, json={"workspace_id": shared})
    assert 0 < int(SimpleCookie(moved.headers["set-cookie"])[NAME]["max-age"]) <= 24 * 3600
