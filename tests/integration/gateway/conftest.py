"""The gateway as a process of its own, over real HTTP and gRPC, on a real database; small services stand behind it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.embedded import EmbeddedPostgres
from deploy.ports import free_port
from deploy.process_group import ProcessGroup
from tests.integration.gateway.running import TOKEN_KEY, Person, RunningGateway, register
from tests.integration.gateway.services import INTERNAL_KEY, Services, running_services
from tests.support.stack import ServiceDatabases


@pytest.fixture(scope="session")
async def services() -> AsyncIterator[Services]:
    """The services behind the gateway."""
    async with running_services() as running:
        yield running


@dataclass(frozen=True)
class Starter:
    """Starts gateways on the test database."""

    database_url: str
    group: ProcessGroup
    folder: Path

    @asynccontextmanager
    async def run(self, name: str, addresses: Mapping[str, str]) -> AsyncIterator[RunningGateway]:
        """A gateway with services at these addresses, alive while the block runs."""
        http, grpc = free_port(), free_port()
        running = RunningGateway(f"http://127.0.0.1:{http}", f"127.0.0.1:{grpc}", self.folder / f"{name}.log")
        env = {
            **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
            "CODERAI_GATEWAY_DATABASE_URL": self.database_url,
            "CODERAI_GATEWAY_TOKEN_KEY": TOKEN_KEY,
            "CODERAI_GATEWAY_HTTP": f"127.0.0.1:{http}",
            "CODERAI_GATEWAY_GRPC": f"127.0.0.1:{grpc}",
            "CODERAI_INTERNAL_TOKEN_KEY": INTERNAL_KEY,
            **{f"CODERAI_{service.upper()}_ADDRESS": address for service, address in addresses.items()},
        }
        with running.log.open("wb") as output:
            command = [sys.executable, "-m", "gateway", "serve"]
            process = self.group.popen(command, env=env, cwd=Path.cwd(), output=output)
        await _until_alive(running.url)
        yield replace(running, pid=process.pid)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 20) == 0


@pytest.fixture(scope="session")
def starter(service_dsns: ServiceDatabases, process_group: ProcessGroup, server_dir: Path) -> Starter:
    """Starts gateways."""
    return Starter(service_dsns["gateway"].application, process_group, server_dir)


@pytest.fixture(scope="session")
async def gateway(services: Services, starter: Starter) -> AsyncIterator[RunningGateway]:
    """A running gateway."""
    async with starter.run("gateway", services.addresses) as running:
        yield running


@pytest.fixture
async def unreachable(services: Services, starter: Starter, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client, signed in, of a gateway for which nothing is where projects should be."""
    addresses = services.addresses | {"projects": f"127.0.0.1:{free_port()}"}
    async with (
        starter.run("unreachable", addresses) as running,
        httpx.AsyncClient(base_url=running.url, timeout=30, headers=person.headers) as http,
    ):
        yield http


async def _until_alive(url: str) -> None:
    async with asyncio.timeout(60), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"{url}/health/live")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.fixture(scope="session")
async def client(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the gateway, not signed in."""
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30) as http:
        yield http


@pytest.fixture
async def person(client: httpx.AsyncClient) -> Person:
    """Somebody who has just registered."""
    return await register(client)


@pytest.fixture
async def signed_in(gateway: RunningGateway, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that acts for `person`."""
    async with httpx.AsyncClient(base_url=gateway.url, timeout=30, headers=person.headers) as http:
        yield http


@pytest.fixture(scope="session")
def psql(postgres: EmbeddedPostgres) -> Any:
    """Runs SQL on the database as its superuser."""
    return lambda script: postgres.psql(script, database="coderai")
