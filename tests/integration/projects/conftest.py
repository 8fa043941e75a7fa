"""The projects service over real gRPC on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete

from coderai.kit import identity
from coderai.kit.db import Database, outbox
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.projects.v1 import projects_service_pb2_grpc as stubs
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.entrypoints.grpc_service import ProjectsServicer
from tests.support.models import listed
from tests.support.stack import ServiceDatabases

KEY = identity.TokenKey("k" * 32)


@pytest.fixture
async def projects(service_dsns: ServiceDatabases) -> AsyncIterator[Any]:
    """A stub of the running service; calls act as the current identity."""
    db = Database(service_dsns["projects"].application, "projects")
    register = partial(
        stubs.add_ProjectsServiceServicer_to_server, ProjectsServicer(partial(db.session, kind=ProjectsStore), listed())
    )
    async with (
        serving("projects", "127.0.0.1:0", KEY, register, ["coderai.projects.v1.ProjectsService"]) as port,
        PeerChannel("projects", f"127.0.0.1:{port}", KEY) as channel,
    ):
        yield stubs.ProjectsServiceStub(channel)
    await db.close()


Told = Callable[[], Awaitable[list[tuple[str, bytes]]]]


@pytest.fixture
async def told(service_dsns: ServiceDatabases, signed_in: identity.Identity) -> AsyncIterator[Told]:
    """Takes from the outbox what was sent there since the last time: subjects and payloads."""
    db = Database(service_dsns["projects"].application, "projects")

    async def take() -> list[tuple[str, bytes]]:
        async with db.sweep() as connection:
            mine = delete(outbox).where(outbox.c.workspace_id == signed_in.workspace_id)
            rows = (await connection.execute(mine.returning(outbox.c.id, outbox.c.subject, outbox.c.payload))).all()
            await connection.commit()
        return [(row.subject, row.payload) for row in sorted(rows)]

    yield take
    await db.close()


def person(role: identity.Role = identity.Role.OWNER) -> identity.Identity:
    return identity.Identity(new_id(), new_id(), role, "test")


@pytest.fixture
def signed_in() -> Iterator[identity.Identity]:
    """Acts as the owner of a fresh workspace."""
    with identity.acting_as(person()) as who:
        yield who
