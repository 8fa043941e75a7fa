"""Who may make an account is the operator's to say; the operator can always make one."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from coderai.gateway.accounts.registration import Registration
from coderai.gateway.settings import GatewaySettings
from coderai.kit.errors import CoderAIError
from tests.integration.gateway.running import PASSWORD, TOKEN_KEY, Person, Starter, client_of
from tests.integration.gateway.services import Services

NEW = "another correct horse"


async def test_by_invitation_alone(
    client: httpx.AsyncClient, person: Person, services: Services, starter: Starter
) -> None:
    email = f"{uuid4().hex}@example.org"
    body = {"email": email, "password": PASSWORD}
    path = f"/v1/workspaces/{person.workspace}/members"
    invitation = (await client.post(path, json={"email": email, "role": "VIEWER"}, headers=person.headers)).json()
    async with (
        starter.run("by_invitation", services.addresses, registration="INVITATION") as running,
        client_of(running.url) as http,
    ):
        uninvited = await http.post("/v1/auth/register", json=body)
        made_up = await http.post("/v1/auth/register", json=body | {"invitation": "0" * 75})
        registered = await http.post("/v1/auth/register", json=body | {"invitation": invitation["token"]})

    assert (uninvited.status_code, uninvited.json()["code"]) == (403, "invitation_needed")
    assert made_up.json()["code"] == "invitation_not_valid"
    assert registered.status_code == 201


async def test_closed(client: httpx.AsyncClient, person: Person, services: Services, starter: Starter) -> None:
    email = f"{uuid4().hex}@example.org"
    path = f"/v1/workspaces/{person.workspace}/members"
    invitation = (await client.post(path, json={"email": email, "role": "VIEWER"}, headers=person.headers)).json()
    body = {"email": email, "password": PASSWORD, "invitation": invitation["token"]}
    async with (
        starter.run("closed", services.addresses, registration="CLOSED") as running,
        client_of(running.url) as http,
    ):
        refused = await http.post("/v1/auth/register", json=body)
        signed_in = await http.post("/v1/auth/login", json={"email": person.email, "password": PASSWORD})

    assert (refused.status_code, refused.json()["code"]) == (403, "registration_closed")
    assert signed_in.status_code == 200


@pytest.mark.parametrize(
    ("http", "who"),
    [
        ("127.0.0.1:8080", Registration.OPEN),
        ("localhost:8080", Registration.OPEN),
        ("[::1]:8080", Registration.OPEN),
        ("0.0.0.0:8080", Registration.INVITATION),
        ("[::]:8080", Registration.INVITATION),
        ("coderai.example:8080", Registration.INVITATION),
    ],
)
def test_strangers_register_only_where_none_are_or_the_operator_says_so(http: str, who: Registration) -> None:
    addresses = {f"CODERAI_{s}_ADDRESS": "x" for s in ("PROJECTS", "INGEST", "EXTRACTOR", "COPILOT", "EXPORT")}
    keys = {"CODERAI_TOKEN_KEY": "k" * 32, "CODERAI_INTERNAL_TOKEN_KEY": "k" * 32, "CODERAI_DATABASE_URL": "x"}
    env = addresses | keys | {"CODERAI_GATEWAY_HTTP": http}

    assert GatewaySettings.from_env("gateway", env).who_registers is who
    for outside in ({"CODERAI_GATEWAY_BEHIND_TLS": "true"}, {"CODERAI_GATEWAY_TRUSTED_PROXIES": "127.0.0.1"}):
        assert GatewaySettings.from_env("gateway", env | outside).who_registers is Registration.INVITATION
    said = GatewaySettings.from_env("gateway", env | {"CODERAI_GATEWAY_REGISTRATION": "OPEN"})
    assert said.who_registers is Registration.OPEN
    for wrong in (
        {"REGISTRATION": "MAYBE"},
        {"MAIL_URL": "http://x", "MAIL_FROM": "a@b.org"},
        {"MAIL_URL": "smtp://x"},
    ):
        with pytest.raises(CoderAIError, match="CODERAI"):
            GatewaySettings.from_env("gateway", env | {f"CODERAI_GATEWAY_{k}": v for k, v in wrong.items()})


async def command(starter: Starter, services: Services, name: str, email: str) -> tuple[int, str, str]:
    """What a command of the operator's ends with and says."""
    env = {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        "CODERAI_GATEWAY_DATABASE_URL": starter.database_url,
        "CODERAI_GATEWAY_TOKEN_KEY": TOKEN_KEY,
        "CODERAI_INTERNAL_TOKEN_KEY": TOKEN_KEY,
        "CODERAI_GATEWAY_PUBLIC_URL": "https://coderai.example",
        **{f"CODERAI_{service.upper()}_ADDRESS": address for service, address in services.addresses.items()},
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coderai.gateway", name, env=env, cwd=Path.cwd(), stdin=pipe, stdout=pipe, stderr=pipe
    )
    output, errors = await process.communicate(f"{email}\n".encode())
    return process.returncode or 0, output.decode().strip(), errors.decode()


async def test_the_operator_makes_accounts_and_reset_links(
    client: httpx.AsyncClient, services: Services, starter: Starter
) -> None:
    email, password = f"{uuid4().hex}@example.org", PASSWORD
    for name, password in (("add-account", PASSWORD), ("reset-link", NEW)):
        status, link, _ = await command(starter, services, name, email)
        assert status == 0
        address, _, token = link.partition("#")
        assert address == "https://coderai.example/reset-password"
        body = {"token": token, "new_password": password}
        assert (await client.post("/v1/auth/reset-password", json=body)).status_code == 204
        signed_in = await client.post("/v1/auth/login", json={"email": email, "password": password})
        assert signed_in.json()["workspace"]["role"] == "OWNER"
        assert signed_in.json()["user"]["email_verified"] is False

    status, output, errors = await command(starter, services, "add-account", email)
    assert (status, output) == (1, "")
    assert "exists already" in errors
    status, output, errors = await command(starter, services, "reset-link", "nobody@nowhere.example")
    assert (status, output) == (1, "")
    assert "nobody has an account" in errors.lower()
