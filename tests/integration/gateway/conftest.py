"""The gateway as a process of its own, over real HTTP and gRPC, on a real database; small services stand behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from coderai.deploy.embedded import EmbeddedPostgres
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from tests.integration.gateway.running import (
    Person,
    RunningGateway,
    Starter,
    client_of,
    http_from,
    invited,
    new_address,
    register,
)
from tests.integration.gateway.services import Services, running_services
from tests.support.stack import ServiceDatabases


@pytest.fixture(scope="session")
async def services() -> AsyncIterator[Services]:
    """The services behind the gateway."""
    async with running_services() as running:
        yield running


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
        client_of(running.url, headers=person.headers) as http,
    ):
        yield http


@pytest.fixture(scope="session")
async def client(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the gateway, not signed in."""
    async with client_of(gateway.url) as http:
        yield http


@pytest.fixture
async def elsewhere(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the gateway at an address of its own."""
    async with http_from(new_address(), gateway.url) as http:
        yield http


@pytest.fixture
async def person(client: httpx.AsyncClient) -> Person:
    """Somebody who has just registered."""
    return await register(client)


@pytest.fixture
async def signed_in(gateway: RunningGateway, person: Person) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that acts for `person`."""
    async with client_of(gateway.url, headers=person.headers) as http:
        yield http


@pytest.fixture(scope="session")
async def viewer(client: httpx.AsyncClient) -> Person:
    """A viewer of somebody else's workspace, signed in to it."""
    owner = await register(client)
    return await invited(client, owner, owner.workspace, await register(client), "VIEWER")


@pytest.fixture(scope="session")
def psql(postgres: EmbeddedPostgres) -> Any:
    """Runs SQL on the database as its superuser."""
    return lambda script: postgres.psql(script, database="coderai")
