"""The co-pilot over real gRPC on a real database, between small services that know one project."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from coderai.copilot.v1 import copilot_service_pb2_grpc
from coderai.extractor.v1 import extractor_service_pb2_grpc, quality_service_pb2_grpc, review_service_pb2_grpc
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.wire import from_plain
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.services.copilot import bootstrap
from coderai.services.copilot.adapters.store import CopilotStore
from tests.integration.copilot.world import (
    PROMPT,
    TEXTS,
    ExtractorServicer,
    IngestServicer,
    ProjectsServicer,
    QualityServicer,
    ReviewServicer,
    World,
    cell,
    corrected,
    feedback,
)
from tests.support.models import listed
from tests.support.openai_server import OpenAIServer
from tests.support.stack import ServiceDatabases

SECRET = "k" * 32
KEY = identity.TokenKey(SECRET)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def reviewed(world: World) -> World:
    """A CATEGORY with feedback on five documents: two wrong, one false, two right."""
    world.texts = TEXTS
    plain = {
        "id": str(new_id()),
        "project_id": str(world.project_id),
        "name": "form",
        "type": "CATEGORY",
        "instructions": "Which form did it take?",
        "categories": [{"value": "march"}, {"value": "rally", "description": ""}],
        "active_prompt": {"id": str(new_id()), "version": 1, "text": PROMPT, "temperature": 0.4, "max_tokens": 99},
    }
    world.refined = from_plain(Variable, plain)
    world.feedback = [
        corrected(world, "a.txt", "march", "walked to the square", note="A procession through streets is a march."),
        corrected(world, "b.txt", "march", "speeches"),
        feedback(world, "c.txt", model_value="march"),
        corrected(world, "d.txt", None, missing_reason="NOT_STATED"),
        feedback(world, "e.txt"),
    ]
    shown = {"value": "march", "model_value": "rally", "corrected_by": str(new_id())}
    false = TEXTS["d.txt"].find("rally ground")
    world.extractions = [
        cell(world, "a.txt", **shown),
        cell(world, "b.txt", **shown),
        cell(world, "c.txt", value="march"),
        cell(
            world,
            "d.txt",
            model_value="rally",
            corrected_by=str(new_id()),
            evidence={"quote": "rally ground", "start": false, "end": false + 12},
        ),
        cell(world, "e.txt", value="rally"),
    ]
    return world


@dataclass(frozen=True)
class Addresses:
    """host:port of the peers."""

    projects: str
    ingest: str
    extractor: str


@pytest.fixture
async def peers(world: World) -> AsyncIterator[Addresses]:
    projects = partial(
        projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server,
        ProjectsServicer(world),  # type: ignore[abstract]
    )
    ingest = partial(
        ingest_service_pb2_grpc.add_IngestServiceServicer_to_server,
        IngestServicer(world),  # type: ignore[abstract]
    )

    def extractor(server: Any) -> None:
        extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server(ExtractorServicer(world), server)  # type: ignore[abstract]
        review_service_pb2_grpc.add_ReviewServiceServicer_to_server(ReviewServicer(world), server)  # type: ignore[abstract]
        quality_service_pb2_grpc.add_QualityServiceServicer_to_server(QualityServicer(world), server)  # type: ignore[abstract]

    async with (
        serving("projects", "127.0.0.1:0", KEY, projects, ["coderai.projects.v1.ProjectsService"]) as projects_port,
        serving("extractor", "127.0.0.1:0", KEY, extractor, ["coderai.extractor.v1.ExtractorService"]) as ledger_port,
        serving("ingest", "127.0.0.1:0", KEY, ingest, ["coderai.ingest.v1.IngestService"]) as ingest_port,
    ):
        yield Addresses(*(f"127.0.0.1:{port}" for port in (projects_port, ingest_port, ledger_port)))


@pytest.fixture
async def model_server() -> AsyncIterator[OpenAIServer]:
    """A server that speaks the OpenAI protocol; tests say what it answers."""
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def open_store(service_dsns: ServiceDatabases) -> AsyncIterator[Any]:
    """Opens transactions in a workspace."""
    db = Database(service_dsns["copilot"].application, "copilot")
    yield partial(db.session, kind=CopilotStore)
    await db.close()


@pytest.fixture
async def copilot(open_store: Any, peers: Addresses, model_server: OpenAIServer) -> AsyncIterator[Any]:
    """A stub of the running service; calls act as the current identity."""
    allowed = listed(model_server.base_url)
    models = ChatModels(LLMSettings(llm_retry_base_seconds=0.001), allowed)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(models.close)
        projects = await stack.enter_async_context(PeerChannel("projects", peers.projects, KEY))
        ingest = await stack.enter_async_context(PeerChannel("ingest", peers.ingest, KEY))
        extractor = await stack.enter_async_context(PeerChannel("extractor", peers.extractor, KEY))
        servicer = bootstrap.build(open_store, projects, ingest, extractor, models, allowed)
        register = partial(copilot_service_pb2_grpc.add_CopilotServiceServicer_to_server, servicer)
        serve = serving("copilot", "127.0.0.1:0", KEY, register, ["coderai.copilot.v1.CopilotService"])
        port = await stack.enter_async_context(serve)
        channel = await stack.enter_async_context(PeerChannel("copilot", f"127.0.0.1:{port}", KEY))
        yield copilot_service_pb2_grpc.CopilotServiceStub(channel)


def person(role: identity.Role = identity.Role.OWNER) -> identity.Identity:
    return identity.Identity(new_id(), new_id(), role, "test")


@pytest.fixture
def signed_in() -> Iterator[identity.Identity]:
    """Acts as the owner of a fresh workspace."""
    with identity.acting_as(person()) as who:
        yield who
