"""Accounts: who gets in, with what, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import jwt
import pytest

from coderai.gateway.accounts.tokens import AccessClaims, AccessTokens
from tests.integration.gateway.running import PASSWORD, TOKEN_KEY, Person, register


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await client.post("/v1/auth/login", json={"email": email, "password": password})


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v1/auth/refresh", json={"refresh_token": token})


async def whoami(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"})


async def test_registering_signs_in_to_a_workspace_of_ones_own(client: httpx.AsyncClient, person: Person) -> None:
    assert person.tokens["token_type"] == "Bearer"
    assert person.tokens["expires_in"] == 900
    assert person.tokens["workspace"]["role"] == "OWNER"

    me = (await client.get("/v1/auth/me", headers=person.headers)).json()

    assert me["user"] == {"id": person.user_id, "email": person.email, "email_verified": False}
    assert me["workspace"] == person.tokens["workspace"]
    assert me["workspaces"] == [person.tokens["workspace"]]


async def test_logging_in_ignores_the_case_of_the_email(client: httpx.AsyncClient, person: Person) -> None:
    response = await login(client, f"  {person.email.upper()} ")

    assert response.status_code == 200
    assert response.json()["user"] == person.tokens["user"]


async def test_an_email_has_one_account(client: httpx.AsyncClient, person: Person) -> None:
    body = {"email": person.email.title(), "password": PASSWORD}

    response = await client.post("/v1/auth/register", json=body)

    assert response.status_code == 409
    assert response.json()["code"] == "email_taken"


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("nobody", PASSWORD, "email"), ("a@b@c.org", PASSWORD, "email"), ("ada@example.org", "short", "password")],
)
async def test_a_registration_that_makes_no_sense_names_the_field(
    client: httpx.AsyncClient, email: str, password: str, field: str
) -> None:
    response = await client.post("/v1/auth/register", json={"email": email, "password": password})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_a_wrong_password_and_an_unknown_email_look_alike(client: httpx.AsyncClient, person: Person) -> None:
    wrong = await login(client, person.email, "not the password")
    unknown = await login(client, f"{uuid4().hex}@example.org")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.headers["www-authenticate"] == "Bearer"
    different = {"correlation_id": ""}
    assert wrong.json() | different == unknown.json() | different


async def test_after_ten_failed_logins_of_an_account_its_address_waits_even_when_they_come_at_once(
    client: httpx.AsyncClient, person: Person
) -> None:
    responses = await asyncio.gather(*(login(client, person.email, "not the password") for _ in range(14)))

    assert sorted(response.status_code for response in responses) == [401] * 10 + [429] * 4
    refused = await login(client, person.email)
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_attempts"
    assert 0 < int(refused.headers["retry-after"]) <= 15


async def test_each_further_failure_doubles_the_wait(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    await asyncio.gather(*(login(client, person.email, "not the password") for _ in range(10)))
    for longest in (30, 60):
        psql(f"update gateway.sign_in_attempts set next_at = now() where email = '{person.email}'")
        assert (await login(client, person.email, "not the password")).status_code == 401
        refused = await login(client, person.email)
        assert longest / 2 < int(refused.headers["retry-after"]) <= longest


async def test_who_has_waited_signs_in(client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]) -> None:
    await asyncio.gather(*(login(client, person.email, "not the password") for _ in range(11)))
    psql(f"update gateway.sign_in_attempts set next_at = now() where email = '{person.email}'")

    assert (await login(client, person.email)).status_code == 200


async def test_a_successful_login_forgets_the_failures_before(client: httpx.AsyncClient, person: Person) -> None:
    for _ in range(2):
        await asyncio.gather(*(login(client, person.email, "not the password") for _ in range(9)))
        assert (await login(client, person.email)).status_code == 200


async def test_a_stranger_locks_nobody_out(
    client: httpx.AsyncClient, person: Person, elsewhere: httpx.AsyncClient
) -> None:
    await asyncio.gather(*(login(elsewhere, person.email, "a guess") for _ in range(11)))

    assert (await login(elsewhere, person.email)).status_code == 429
    assert (await login(client, person.email)).status_code == 200


async def test_who_holds_a_refresh_token_of_the_account_signs_in_beside_a_stranger_at_the_same_address(
    client: httpx.AsyncClient, person: Person
) -> None:
    await asyncio.gather(*(login(client, person.email, "a guess") for _ in range(11)))
    other = await register(client)
    credentials = {"email": person.email, "password": PASSWORD}

    async def status(refresh_token: str) -> int:
        body = credentials | {"refresh_token": refresh_token}
        return (await client.post("/v1/auth/login", json=body)).status_code

    assert await status(other.tokens["refresh_token"]) == 429
    assert await status("made up") == 429
    assert await status(person.tokens["refresh_token"]) == 200
    await client.post("/v1/auth/logout", json={"refresh_token": person.tokens["refresh_token"]})
    assert await status(person.tokens["refresh_token"]) == 429


async def test_a_stolen_refresh_token_gives_no_more_guesses_than_an_address(
    client: httpx.AsyncClient, person: Person
) -> None:
    body = {"email": person.email, "password": "a guess", "refresh_token": person.tokens["refresh_token"]}

    responses = await asyncio.gather(*(client.post("/v1/auth/login", json=body) for _ in range(12)))

    assert sorted(response.status_code for response in responses) == [401] * 10 + [429] * 2


async def test_an_address_that_fails_at_a_hundred_accounts_waits_and_no_other_does(
    client: httpx.AsyncClient, person: Person, elsewhere: httpx.AsyncClient
) -> None:
    for _ in range(13):
        await asyncio.gather(*(login(elsewhere, f"{uuid4().hex}@example.org") for _ in range(8)))

    assert (await login(elsewhere, person.email)).status_code == 429
    assert (await login(client, person.email)).status_code == 200


async def test_an_account_that_is_guessed_at_from_many_addresses_gives_each_one_failure(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    psql(
        "insert into gateway.sign_in_attempts (email, source, failures, last_at, next_at)"
        f" values ('{person.email}', '', 200, now(), now())"
    )

    assert (await login(client, person.email)).status_code == 200
    assert (await login(client, person.email, "a guess")).status_code == 401
    assert (await login(client, person.email)).status_code == 429


async def test_refreshing_gives_tokens_that_work(client: httpx.AsyncClient, person: Person) -> None:
    renewed = await refresh(client, person.tokens["refresh_token"])

    assert renewed.status_code == 200
    assert renewed.json()["workspace"] == person.tokens["workspace"]
    assert renewed.json()["refresh_token"] != person.tokens["refresh_token"]
    assert (await whoami(client, renewed.json()["access_token"])).status_code == 200
    assert (await refresh(client, renewed.json()["refresh_token"])).status_code == 200


async def test_using_a_refresh_token_twice_ends_its_login_but_no_other(
    client: httpx.AsyncClient, person: Person
) -> None:
    other_login = (await login(client, person.email)).json()
    first = person.tokens["refresh_token"]
    second = (await refresh(client, first)).json()["refresh_token"]

    assert (await refresh(client, first)).status_code == 401
    ended = await refresh(client, second)
    assert ended.status_code == 401
    assert ended.json()["code"] == "refresh_token_invalid"
    assert (await refresh(client, other_login["refresh_token"])).status_code == 200


async def test_of_two_refreshes_at_once_one_succeeds(client: httpx.AsyncClient, person: Person) -> None:
    responses = await asyncio.gather(*(refresh(client, person.tokens["refresh_token"]) for _ in range(2)))

    assert sorted(response.status_code for response in responses) == [200, 401]


async def test_a_refresh_token_is_good_for_thirty_days(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    where = f"where user_id = '{person.tokens['user']['id']}'"
    days = psql(f"select (expires_at - created_at) > interval '29.9 days' from gateway.refresh_tokens {where}")
    assert days.strip() == "t"
    psql(f"update gateway.refresh_tokens set expires_at = now() {where}")

    assert (await refresh(client, person.tokens["refresh_token"])).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "0" * 32 + "secret", "é" * 40, "z" * 5000])
async def test_a_made_up_refresh_token_is_refused(client: httpx.AsyncClient, token: str) -> None:
    assert (await refresh(client, token)).status_code == 401


async def test_a_refresh_token_works_in_its_own_workspace_alone(client: httpx.AsyncClient, person: Person) -> None:
    other = await register(client)
    elsewhere = UUID(other.tokens["workspace"]["id"]).hex + person.tokens["refresh_token"][32:]

    assert (await refresh(client, elsewhere)).status_code == 401


async def test_logging_out_ends_the_login(client: httpx.AsyncClient, person: Person) -> None:
    body = {"refresh_token": person.tokens["refresh_token"]}

    assert (await client.post("/v1/auth/logout", json=body)).status_code == 204
    assert (await client.post("/v1/auth/logout", json=body)).status_code == 204
    assert (await refresh(client, person.tokens["refresh_token"])).status_code == 401


async def test_a_deactivated_user_is_out(client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]) -> None:
    psql(f"update gateway.users set is_active = false where email = '{person.email}'")

    assert (await login(client, person.email)).status_code == 401
    assert (await refresh(client, person.tokens["refresh_token"])).status_code == 401
    assert (await whoami(client, person.tokens["access_token"])).status_code == 401


async def test_a_member_who_was_removed_is_out(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    psql(f"delete from gateway.memberships where user_id = '{person.tokens['user']['id']}'")

    assert (await refresh(client, person.tokens["refresh_token"])).status_code == 401
    assert (await whoami(client, person.tokens["access_token"])).status_code == 401


async def test_an_access_token_is_good_for_fifteen_minutes(client: httpx.AsyncClient, person: Person) -> None:
    claims = jwt.decode(person.tokens["access_token"], TOKEN_KEY, algorithms=["HS256"], audience="coderai")
    assert claims["exp"] - claims["iat"] == 900

    expired = _token(person, issued=datetime.now(UTC) - timedelta(minutes=15, seconds=1))
    response = await whoami(client, expired)

    assert response.status_code == 401
    assert response.json()["code"] == "access_token_invalid"
    assert "expired" in response.json()["detail"]


def _token(person: Person, key: str = TOKEN_KEY, issued: datetime | None = None) -> str:
    said = jwt.decode(person.token, options={"verify_signature": False})
    claims = AccessClaims(UUID(said["sub"]), UUID(said["ws"]), UUID(said["sid"]))
    return AccessTokens(key).mint(claims, issued)


async def test_a_forged_access_token_is_refused(client: httpx.AsyncClient, person: Person) -> None:
    genuine = person.tokens["access_token"]
    header, claims, signature = genuine.split(".")
    decoded = jwt.decode(genuine, options={"verify_signature": False})
    for forged in (
        _token(person, key="another-key-of-thirty-two-bytes-or-more"),
        f"{header}.{claims}.{signature[:-4]}AAAA",
        f"{header}.{claims}.",
        jwt.encode(decoded, None, algorithm="none"),
        jwt.encode(decoded | {"aud": "projects"}, TOKEN_KEY, algorithm="HS256"),
        jwt.encode(decoded | {"sid": str(uuid4())}, TOKEN_KEY, algorithm="HS256"),
        jwt.encode(decoded | {"ws": str(uuid4())}, TOKEN_KEY, algorithm="HS256"),
        jwt.encode(decoded | {"sub": str(uuid4())}, TOKEN_KEY, algorithm="HS256"),
        jwt.encode({k: v for k, v in decoded.items() if k != "sid"}, TOKEN_KEY, algorithm="HS256"),
        jwt.encode(decoded | {"sub": "somebody"}, TOKEN_KEY, algorithm="HS256"),
        jwt.encode({k: v for k, v in decoded.items() if k != "exp"}, TOKEN_KEY, algorithm="HS256"),
        person.tokens["refresh_token"],
        "x",
    ):
        response = await whoami(client, forged)
        assert response.status_code == 401, forged
        assert response.headers["www-authenticate"] == "Bearer"


async def test_neither_passwords_nor_tokens_are_stored_in_the_clear(person: Person, psql: Callable[[str], str]) -> None:
    user_id = person.tokens["user"]["id"]
    stored = psql(f"select password_hash from gateway.users where id = '{user_id}'")
    digests = psql(f"select encode(digest, 'escape') from gateway.refresh_tokens where user_id = '{user_id}'")

    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert person.tokens["refresh_token"] not in digests


async def test_the_database_shows_an_application_its_own_workspace_alone(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    other = await register(client)

    def seen(settings: dict[str, str], table: str) -> int:
        told = "".join(
            f"select set_config('app.{name}', '{value}', true) \\g /dev/null\n" for name, value in settings.items()
        )
        return int(
            psql(f"begin; set local role coderai_gateway;\n{told} select count(*) from gateway.{table}; rollback;")
        )

    mine, me = person.tokens["workspace"]["id"], person.tokens["user"]["id"]
    for table in (
        "memberships",
        "refresh_tokens",
        "workspaces",
        "idempotency_keys",
        "sessions",
        "api_keys",
        "invitations",
    ):
        assert seen({}, table) == 0
    assert seen({"workspace_id": mine}, "memberships") == 1
    assert seen({"workspace_id": mine}, "refresh_tokens") == 1
    assert seen({"user_id": me}, "memberships") == 1
    assert seen({"user_id": me}, "workspaces") == 1
    assert seen({"user_id": me, "workspace_id": other.tokens["workspace"]["id"]}, "memberships") == 2
    assert seen({"user_id": me}, "refresh_tokens") == 0
    assert seen({"user_id": me}, "sessions") == 1
