"""Links by mail prove who reads an address: sent after commit, tried again, never telling who has an account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from uuid import uuid4

import httpx
import pytest

from tests.integration.gateway.mail_server import MailServer, mail_server
from tests.integration.gateway.running import PASSWORD, Person, RunningGateway, Starter, client_of, register, until
from tests.integration.gateway.services import Services

NEW = "another correct horse"


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
async def mailing_gateway(services: Services, starter: Starter, server: MailServer) -> AsyncIterator[RunningGateway]:
    """A gateway that sends mail."""
    settings = {"mail_url": server.url, "mail_from": "coderai@coderai.example", "public_url": "https://coderai.example"}
    async with starter.run("mailing", services.addresses, **settings) as running:
        yield running


@pytest.fixture(scope="module")
async def mailing(mailing_gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of it."""
    async with client_of(mailing_gateway.url) as http:
        yield http


@pytest.fixture
def past(psql: Callable[[str], str]) -> Callable[[str], None]:
    """Has the mails to an address be of an hour ago, and those that wait be due."""

    def make_past(email: str) -> None:
        psql(f"update gateway.mails set created_at = created_at - interval '1 hour' where email = '{email}'")
        psql(f"update gateway.mails set due_at = now() where email = '{email}' and sent_at is null")

    return make_past


async def verified(client: httpx.AsyncClient, server: MailServer, email: str | None = None) -> Person:
    """Somebody whose address is proven."""
    person = await register(client, email)
    token = await server.token(person.tokens["user"]["email"])
    assert (await client.post("/v1/auth/verify-email", json={"token": token})).status_code == 204
    return person


async def me(client: httpx.AsyncClient, who: Person) -> dict[str, object]:
    user: dict[str, object] = (await client.get("/v1/auth/me", headers=who.headers)).json()["user"]
    return user


async def test_an_address_is_proven_by_the_link_that_is_mailed_to_it(
    mailing: httpx.AsyncClient, server: MailServer
) -> None:
    person = await register(mailing)
    assert (await me(mailing, person))["email_verified"] is False
    token = await server.token(person.email)

    assert (await mailing.post("/v1/auth/verify-email", json={"token": token})).status_code == 204

    assert (await me(mailing, person))["email_verified"] is True
    assert (await mailing.post("/v1/auth/verify-email", json={"token": token})).json()["code"] == "link_not_valid"
    reset = await mailing.post("/v1/auth/reset-password", json={"token": token, "new_password": NEW})
    assert reset.json()["code"] == "link_not_valid"


async def test_an_address_with_letters_beyond_ascii_is_written_to(
    mailing: httpx.AsyncClient, server: MailServer
) -> None:
    person = await verified(mailing, server, f"straße-{uuid4().hex}@münchen.example")

    assert person.tokens["user"]["email"].endswith("@xn--mnchen-3ya.example")


async def test_an_invitation_goes_to_the_address_and_to_nobody_else(
    mailing: httpx.AsyncClient, server: MailServer, past: Callable[[str], None]
) -> None:
    owner, email = await verified(mailing, server), f"{uuid4().hex}@example.org"
    impostor = await register(mailing, email)
    await server.token(email)
    path = f"/v1/workspaces/{owner.workspace}/members"

    made = await mailing.post(path, json={"email": email, "role": "EDITOR"}, headers=owner.headers)

    assert (made.status_code, made.json()["token"], made.json()["link"]) == (201, None, None)
    token = await server.token(email, 2)
    assert owner.email in server.to(email)[-1]
    listed = await mailing.get(f"/v1/workspaces/{owner.workspace}/invitations", headers=owner.headers)
    assert listed.json()["items"][0]["mailed_at"]
    # Whoever reads the mail takes the account back from who registered with their address, and then the invitation.
    assert (await mailing.post("/v1/auth/forgot-password", json={"email": email})).status_code == 204
    reset = {"token": await server.token(email, 3), "new_password": NEW}
    assert (await mailing.post("/v1/auth/reset-password", json=reset)).status_code == 204
    assert (await mailing.get("/v1/projects", headers=impostor.headers)).status_code == 401
    signed_in = await mailing.post("/v1/auth/login", json={"email": email, "password": NEW})
    mine = Person(email, signed_in.json())
    accepted = await mailing.post("/v1/invitations/accept", json={"token": token}, headers=mine.headers)
    assert accepted.json()["id"] == owner.workspace
    assert (await me(mailing, mine))["email_verified"] is True


async def test_who_has_not_proven_their_own_address_has_no_mail_sent_to_others(
    mailing: httpx.AsyncClient, server: MailServer
) -> None:
    person = await register(mailing)
    path, body = f"/v1/workspaces/{person.workspace}/members", {"email": "victim@example.org", "role": "OWNER"}

    refused = await mailing.post(path, json=body, headers=person.headers)

    assert (refused.status_code, refused.json()["code"]) == (403, "email_not_verified")
    assert server.to("victim@example.org") == []


async def test_an_address_is_not_flooded(
    mailing: httpx.AsyncClient, server: MailServer, past: Callable[[str], None], psql: Callable[[str], str]
) -> None:
    person = await register(mailing)
    for _ in range(3):
        for _ in range(4):
            answer = await mailing.post("/v1/auth/forgot-password", json={"email": person.email})
            assert answer.status_code == 204
        past(person.email)
    await server.token(person.email, 4)

    waiting = f"select count(*) from gateway.mails where email = '{person.email}' and purpose = 'RESET'"
    assert psql(waiting).strip() == "3"


async def test_a_forgotten_password_is_set_anew_and_all_that_was_open_ends(
    mailing: httpx.AsyncClient, server: MailServer
) -> None:
    person = await verified(mailing, server)
    key = (await mailing.post("/v1/api-keys", json={"name": "script"}, headers=person.headers)).json()["key"]
    unknown = await mailing.post("/v1/auth/forgot-password", json={"email": f"{uuid4().hex}@example.org"})
    known = await mailing.post("/v1/auth/forgot-password", json={"email": person.email.upper()})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (204, b"")
    body = {"token": await server.token(person.email, 2), "new_password": NEW}

    assert (await mailing.post("/v1/auth/reset-password", json=body)).status_code == 204

    assert (await mailing.post("/v1/auth/reset-password", json=body)).json()["code"] == "link_not_valid"
    for token in (person.token, key):
        answer = await mailing.get("/v1/projects", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    for password, status in ((PASSWORD, 401), (NEW, 200)):
        credentials = {"email": person.email, "password": password}
        assert (await mailing.post("/v1/auth/login", json=credentials)).status_code == status


async def test_who_set_a_password_by_a_link_signs_in_at_once_after_many_wrong_ones(
    mailing: httpx.AsyncClient, server: MailServer
) -> None:
    person = await verified(mailing, server)
    wrong = {"email": person.email, "password": "not the password"}
    await asyncio.gather(*(mailing.post("/v1/auth/login", json=wrong) for _ in range(11)))
    await mailing.post("/v1/auth/forgot-password", json={"email": person.email})
    body = {"token": await server.token(person.email, 2), "new_password": NEW}
    assert (await mailing.post("/v1/auth/login", json=wrong)).status_code == 429

    assert (await mailing.post("/v1/auth/reset-password", json=body)).status_code == 204

    assert (await mailing.post("/v1/auth/login", json=wrong | {"password": NEW})).status_code == 200


async def test_a_reset_link_is_good_for_an_hour(
    mailing: httpx.AsyncClient, server: MailServer, psql: Callable[[str], str]
) -> None:
    person = await verified(mailing, server)
    await mailing.post("/v1/auth/forgot-password", json={"email": person.email})
    token = await server.token(person.email, 2)
    where = f"where user_id = '{person.user_id}' and purpose = 'RESET'"
    left = psql(f"select extract(epoch from expires_at - now()) between 3500 and 3600 from gateway.links {where}")
    assert left.strip() == "t"
    assert token not in psql("select encode(digest, 'escape') from gateway.links")
    psql(f"update gateway.links set expires_at = now() {where}")

    refused = await mailing.post("/v1/auth/reset-password", json={"token": token, "new_password": NEW})
    assert refused.json()["code"] == "link_not_valid"


async def test_a_mail_that_the_server_does_not_take_is_sent_again(
    mailing: httpx.AsyncClient,
    mailing_gateway: RunningGateway,
    server: MailServer,
    past: Callable[[str], None],
) -> None:
    server.refusals = 1
    person = await register(mailing)
    await until(lambda: "mail_not_sent" in mailing_gateway.log.read_text())
    assert server.to(person.email) == []

    past(person.email)

    token = await server.token(person.email)
    assert (await mailing.post("/v1/auth/verify-email", json={"token": token})).status_code == 204
    assert token not in mailing_gateway.log.read_text()
