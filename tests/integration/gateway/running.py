"""What the gateway's tests talk about: the running gateway and the people who use it."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from tests.support.documented import check_errors

INTERNAL_KEY = "internal-token-key-of-these-tests"
TOKEN_KEY = "the-key-of-access-tokens-in-these-tests"
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class RunningGateway:
    """Where the gateway is reached."""

    url: str
    grpc: str
    metrics: str
    log: Path
    pid: int = 0


@dataclass(frozen=True)
class Person:
    """Somebody who has registered."""

    email: str
    tokens: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    @property
    def token(self) -> str:
        return str(self.tokens["access_token"])

    @property
    def user_id(self) -> str:
        return str(self.tokens["user"]["id"])

    @property
    def workspace(self) -> str:
        return str(self.tokens["workspace"]["id"])


async def register(client: httpx.AsyncClient, email: str | None = None) -> Person:
    """A new user with a workspace of their own."""
    email = email or f"{uuid4().hex}@example.org"
    response = await client.post("/v1/auth/register", json={"email": email, "password": PASSWORD})
    assert response.status_code == 201, response.text
    return Person(email, response.json())


async def invited(client: httpx.AsyncClient, owner: Person, workspace: str, who: Person, role: str) -> Person:
    """Somebody who has accepted an owner's invitation, signed in to its workspace."""
    path, body = f"/v1/workspaces/{workspace}/members", {"email": who.email, "role": role}
    made = await client.post(path, json=body, headers=owner.headers)
    assert made.status_code == 201, made.text
    accepted = await client.post("/v1/invitations/accept", json={"token": made.json()["token"]}, headers=who.headers)
    assert accepted.status_code == 200, accepted.text
    return await signed_in_to(client, who, workspace)


async def signed_in_to(client: httpx.AsyncClient, who: Person, workspace: str) -> Person:
    """The same person, signed in to another workspace of theirs."""
    credentials = {"email": who.email, "password": PASSWORD, "workspace_id": workspace}
    response = await client.post("/v1/auth/login", json=credentials)
    assert response.status_code == 200, response.text
    return Person(who.email, response.json())


def new_address() -> str:
    """A loopback address that nothing else has used: the whole of 127.0.0.0/8 is this machine (RFC 5735)."""
    return f"127.{secrets.randbelow(200) + 1}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"


def http_from(address: str, url: str) -> httpx.AsyncClient:
    """An HTTP client that calls from an address."""
    return client_of(url, transport=httpx.AsyncHTTPTransport(local_address=address))


def client_of(url: str, **options: Any) -> httpx.AsyncClient:
    """An HTTP client that takes no answer which the OpenAPI document does not name."""
    return httpx.AsyncClient(base_url=url, timeout=30, event_hooks={"response": [check_errors]}, **options)


async def until(happened: Callable[[], bool], seconds: float = 20) -> None:
    """Returns once it has happened; fails when that takes longer."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Starter:
    """Starts gateways on the test database."""

    database_url: str
    group: ProcessGroup
    folder: Path

    @asynccontextmanager
    async def run(self, name: str, addresses: Mapping[str, str], **settings: object) -> AsyncIterator[RunningGateway]:
        """A gateway with services at these addresses and further settings, alive while the block runs."""
        http, grpc, metrics = free_port(), free_port(), free_port()
        running = RunningGateway(
            f"http://127.0.0.1:{http}",
            f"127.0.0.1:{grpc}",
            f"http://127.0.0.1:{metrics}/metrics",
            self.folder / f"{name}.log",
        )
        env = {
            **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME") or key.startswith("OTEL_")},
            "CODERAI_GATEWAY_DATABASE_URL": self.database_url,
            "CODERAI_GATEWAY_TOKEN_KEY": TOKEN_KEY,
            "CODERAI_GATEWAY_HTTP": f"127.0.0.1:{http}",
            "CODERAI_GATEWAY_GRPC": f"127.0.0.1:{grpc}",
            "CODERAI_GATEWAY_METRICS_LISTEN": f"127.0.0.1:{metrics}",
            **{f"CODERAI_GATEWAY_{setting.upper()}": str(value) for setting, value in settings.items()},
            "CODERAI_INTERNAL_TOKEN_KEY": INTERNAL_KEY,
            **{f"CODERAI_{service.upper()}_ADDRESS": address for service, address in addresses.items()},
        }
        with running.log.open("wb") as output:
            command = [sys.executable, "-m", "coderai.gateway", "serve"]
            process = self.group.popen(command, env=env, cwd=Path.cwd(), output=output)
        await _until_alive(running.url)
        yield replace(running, pid=process.pid)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 20) == 0


async def _until_alive(url: str) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{url}/health/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return
