"""A database and a bus as the kit opens them, on the projects service's schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.kit import identity
from coderai.kit.bus import Bus
from coderai.kit.db import Database
from coderai.kit.ids import new_id
from tests.support.stack import ServiceDatabases


@pytest.fixture
async def db(service_dsns: ServiceDatabases) -> AsyncIterator[Database]:
    database = Database(service_dsns["projects"].application, "projects")
    yield database
    await database.close()


@pytest.fixture
async def bus(nats: EmbeddedNats) -> AsyncIterator[Bus]:
    connected = await Bus.connect(nats.url, "tests")
    yield connected
    await connected.close()


@pytest.fixture
def workspace_id() -> UUID:
    return new_id()


@pytest.fixture
def who(workspace_id: UUID) -> identity.Identity:
    return identity.worker_identity(workspace_id, "test-correlation")
