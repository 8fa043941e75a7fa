"""The conversation over real gRPC, Postgres and NATS: a real projects service, documents and ledger by small ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from coderai.copilot.v1 import conversation_service_pb2 as pb
from coderai.copilot.v1 import conversation_service_pb2_grpc
from coderai.deploy.embedded import EmbeddedNats
from coderai.extractor.v1 import dataset_service_pb2 as dataset_pb
from coderai.extractor.v1 import dataset_service_pb2_grpc, extractor_service_pb2_grpc
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.ingest.v1 import ingest_service_pb2 as ingest_pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.bus import Bus
from coderai.kit.db import Database, DatabaseAway
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.outbox import OutboxRelay
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.services.copilot import bootstrap
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.copilot.usecases.conversing.write_replies import WriteReplies
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.entrypoints.grpc_service import ProjectsServicer
from tests.integration.copilot.world import ExtractorServicer, IngestServicer, World
from tests.support.models import MODEL, listed
from tests.support.openai_server import OpenAIServer
from tests.support.stack import ServiceDatabases

SECRET = "k" * 32
KEY = identity.TokenKey(SECRET)
TEXTS = {
    "a.txt": "Permit 12 of the river ward.\nTwo people were hurt when a barrier fell. Nobody was arrested.",
    "b.txt": "The march began at noon. About 350 dock workers took part.",
    "c.txt": "شارك نحو ثلاثمئة عامل في المسيرة يوم الثلاثاء. لم تتدخل الشرطة.",
}


class Ingest(IngestServicer):
    """Also counts documents."""

    async def ListDocuments(self, request: Any, context: Any) -> ingest_pb.ListDocumentsResponse:
        return ingest_pb.ListDocumentsResponse(
            counts={"READY": len(self.world.texts), "FAILED": len(self.world.unread)}
        )


@dataclass
class Coded:
    """What the extractor knows of the project's jobs."""

    jobs: list[dict[str, Any]] = field(default_factory=list)
    statistics: list[dict[str, Any]] = field(default_factory=list)
    stale: list[dict[str, Any]] = field(default_factory=list)


class Extractor(ExtractorServicer):
    """The ledger, and the latest jobs."""

    def __init__(self, world: World, coded: Coded) -> None:
        super().__init__(world)
        self.coded = coded

    async def ListJobs(self, request: Any, context: Any) -> extractor_pb.ListJobsResponse:
        return from_plain(extractor_pb.ListJobsResponse, {"items": self.coded.jobs})

    async def GetJobStatistics(self, request: Any, context: Any) -> extractor_pb.GetJobStatisticsResponse:
        return from_plain(extractor_pb.GetJobStatisticsResponse, {"items": self.coded.statistics})


class Dataset(dataset_service_pb2_grpc.DatasetServiceServicer):
    def __init__(self, coded: Coded) -> None:
        self.coded = coded

    async def GetStaleness(self, request: Any, context: Any) -> dataset_pb.GetStalenessResponse:
        return from_plain(dataset_pb.GetStalenessResponse, {"items": self.coded.stale})


@pytest.fixture
def world() -> World:
    return World(texts=dict(TEXTS))


@pytest.fixture
def coded() -> Coded:
    return Coded()


@dataclass(frozen=True)
class Peers:
    """host:port of the peers."""

    projects: str
    ingest: str
    extractor: str


@pytest.fixture
async def peers(world: World, coded: Coded, service_dsns: ServiceDatabases) -> AsyncIterator[Peers]:
    async with AsyncExitStack() as stack:
        database = Database(service_dsns["projects"].application, "projects")
        stack.push_async_callback(database.close)
        servicer = ProjectsServicer(partial(database.session, kind=ProjectsStore), listed(key="sk-of-these-tests"))

        def ingest(server: Any) -> None:
            ingest_service_pb2_grpc.add_IngestServiceServicer_to_server(Ingest(world), server)  # type: ignore[abstract]

        def extractor(server: Any) -> None:
            ledger = Extractor(world, coded)  # type: ignore[abstract]
            extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server(ledger, server)
            dataset_service_pb2_grpc.add_DatasetServiceServicer_to_server(Dataset(coded), server)  # type: ignore[abstract]

        registers: dict[str, Callable[[Any], None]] = {
            "projects": partial(projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server, servicer),
            "ingest": ingest,
            "extractor": extractor,
        }
        ports = {
            name: await stack.enter_async_context(serving(name, "127.0.0.1:0", KEY, register, []))
            for name, register in registers.items()
        }
        yield Peers(**{name: f"127.0.0.1:{port}" for name, port in ports.items()})


class Pace:
    """Holds the chunks of streamed replies back until it is told to let them go."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], asyncio.Event] = {}

    async def __call__(self, index: int, number: int) -> None:
        if (held := self._held.get((index, number))) is not None:
            await held.wait()

    def hold(self, number: int, *, of: int = 0) -> asyncio.Event:
        """Holds the chunk of the request `of`, and those after it, until the event is set."""
        return self._held.setdefault((of, number), asyncio.Event())


@pytest.fixture
def pace() -> Pace:
    return Pace()


@pytest.fixture
async def model_server(pace: Pace) -> AsyncIterator[OpenAIServer]:
    """A server that speaks the OpenAI protocol; tests say what it answers, and when."""
    async with OpenAIServer(pace=pace) as server:
        yield server


@pytest.fixture
async def bus(nats: EmbeddedNats) -> AsyncIterator[Bus]:
    bus = await Bus.connect(nats.url_of("copilot"), "copilot")
    yield bus
    await bus.close()


@dataclass
class OpenStore:
    """Opens transactions on a database that may be away."""

    open: Callable[[UUID], AbstractAsyncContextManager[CopilotStore]]
    away: int = 0
    """How many more transactions find nobody."""

    def __call__(self, workspace_id: UUID) -> AbstractAsyncContextManager[CopilotStore]:
        if self.away:
            self.away -= 1
            raise DatabaseAway()
        return self.open(workspace_id)


@pytest.fixture
async def open_store(service_dsns: ServiceDatabases, bus: Bus) -> AsyncIterator[Any]:
    """Opens the co-pilot's transactions in a workspace; commits ring the real bells."""
    db = Database(service_dsns["copilot"].application, "copilot")
    OutboxRelay(db, bus)
    yield OpenStore(partial(db.session, kind=CopilotStore))
    await db.close()


@dataclass
class Replica:
    """A running co-pilot; calls act as the current identity."""

    stub: Any
    replies: WriteReplies

    async def send(self, project_id: str, text: str = "What happened?") -> pb.SendMessageResponse:
        sent: pb.SendMessageResponse = await self.stub.SendMessage(
            pb.SendMessageRequest(project_id=project_id, text=text)
        )
        return sent

    async def watch(self, message_id: str, after: int = 0) -> list[pb.WatchMessageResponse]:
        """All updates to the end of the stream."""
        request = pb.WatchMessageRequest(message_id=message_id, after_sequence=after)
        async with asyncio.timeout(60):
            return [update async for update in self.stub.WatchMessage(request)]

    async def ask(self, project_id: str, text: str = "What happened?") -> dict[str, Any]:
        """The reply once it has ended."""
        updates = await self.watch((await self.send(project_id, text)).reply.id)
        return to_plain(updates[-1].message)

    async def get(self, message_id: str) -> dict[str, Any]:
        return to_plain((await self.stub.GetMessage(pb.GetMessageRequest(message_id=message_id))).message)

    async def stop(self, message_id: str) -> dict[str, Any]:
        return to_plain((await self.stub.StopMessage(pb.StopMessageRequest(message_id=message_id))).message)

    async def messages(self, project_id: str) -> Sequence[dict[str, Any]]:
        reply = await self.stub.ListMessages(pb.ListMessagesRequest(project_id=project_id))
        return [to_plain(one) for one in reply.items]

    async def reset(self, project_id: str) -> None:
        await self.stub.ResetConversation(pb.ResetConversationRequest(project_id=project_id))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110 - it changes in other tasks, or other processes
            await asyncio.sleep(0.05)


async def booked(world: World, many: int) -> None:
    """Waits until so many questions are settled with the ledger."""

    async def are_settled() -> bool:
        return len(world.settled) == many

    await until(are_settled)


OpenReplica = Callable[[], AbstractAsyncContextManager[Replica]]


@pytest.fixture
async def open_replica(open_store: Any, bus: Bus, peers: Peers, model_server: OpenAIServer) -> OpenReplica:
    """Starts one more replica of the co-pilot for a block; leaving the block stops it as a process stops."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Replica]:
        models = ChatModels(LLMSettings(llm_retry_base_seconds=0.001), listed(model_server.base_url))
        async with AsyncExitStack() as stack:
            stack.push_async_callback(models.close)
            channels = [
                await stack.enter_async_context(PeerChannel(name, getattr(peers, name), KEY))
                for name in ("projects", "ingest", "extractor")
            ]
            servicer, replies = bootstrap.build_conversation(open_store, bus, *channels, models)
            register = partial(conversation_service_pb2_grpc.add_ConversationServiceServicer_to_server, servicer)
            serve = serving("copilot", "127.0.0.1:0", KEY, register, ["coderai.copilot.v1.ConversationService"])
            port = await stack.enter_async_context(serve)
            channel = await stack.enter_async_context(PeerChannel("copilot", f"127.0.0.1:{port}", KEY))
            running = asyncio.create_task(replies.run())
            try:
                yield Replica(conversation_service_pb2_grpc.ConversationServiceStub(channel), replies)
            finally:
                running.cancel()
                await asyncio.wait([running])

    return opened


@pytest.fixture
async def copilot(open_replica: OpenReplica) -> AsyncIterator[Replica]:
    async with open_replica() as replica:
        yield replica


def person(role: identity.Role = identity.Role.OWNER) -> identity.Identity:
    return identity.Identity(new_id(), new_id(), role, "test")


@pytest.fixture
def signed_in() -> Iterator[identity.Identity]:
    """Acts as the owner of a fresh workspace."""
    with identity.acting_as(person()) as who:
        yield who


@pytest.fixture
async def projects(peers: Peers) -> AsyncIterator[Any]:
    """A stub of the projects service."""
    async with PeerChannel("projects", peers.projects, KEY) as channel:
        yield projects_service_pb2_grpc.ProjectsServiceStub(channel)


@pytest.fixture
async def make_project(projects: Any, world: World, signed_in: identity.Identity) -> Callable[..., Any]:
    """Makes the project that the documents and the ledger are about."""

    async def make(*variables: dict[str, Any], **fields: Any) -> str:
        request = from_plain(projects_pb.CreateProjectRequest, {"name": "Marches", "model": MODEL, **fields})
        project_id = str((await projects.CreateProject(request)).project.id)
        for variable in variables:
            plain = {"project_id": project_id, "variable": variable}
            await projects.CreateVariable(from_plain(projects_pb.CreateVariableRequest, plain))
        world.project_id = UUID(project_id)
        return project_id

    return make


@pytest.fixture
async def project(make_project: Callable[..., Any]) -> str:
    """The id of a project with two variables, whose replies come from the model."""
    return str(
        await make_project(
            {"name": "injured", "type": "NUMBER", "instructions": "How many people were hurt."},
            {"name": "form", "type": "CATEGORY", "instructions": "Which form.", "categories": [{"value": "march"}]},
        )
    )


def said(text: str, *quotes: tuple[int, str], proposals: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A reply as the model gives it."""
    return {
        "reply": text,
        "quotes": [{"document": document, "quote": quote} for document, quote in quotes],
        "proposals": list(proposals),
    }
