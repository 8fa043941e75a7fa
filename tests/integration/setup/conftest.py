"""The guided setup over real gRPC: projects and co-pilot on their databases; ingest and extractor know one corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from coderai.copilot.v1 import setup_service_pb2 as pb
from coderai.copilot.v1 import setup_service_pb2_grpc
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.ingest.v1 import ingest_service_pb2 as ingest_pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.services.copilot import bootstrap
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.entrypoints.grpc_service import ProjectsServicer
from tests.integration.copilot.conftest import KEY, person
from tests.integration.copilot.world import ExtractorServicer, IngestServicer, World
from tests.support.models import listed
from tests.support.openai_server import OpenAIServer
from tests.support.stack import ServiceDatabases


class Ingest(IngestServicer):
    """With what all documents are together: every one is in English, but for those that say otherwise."""

    languages: dict[str, str]

    async def ListDocuments(self, request: Any, context: Any) -> ingest_pb.ListDocumentsResponse:
        codes = Counter(self.languages.get(name, "en") for name in self.world.texts)
        many = "English" if set(codes) <= {"en"} else "Mixed"
        return ingest_pb.ListDocumentsResponse(
            counts={"READY": len(self.world.texts)},
            languages=codes,
            suggested_language=many if self.world.texts else "",
        )


class Extractor(ExtractorServicer):
    """With an estimate that tells the size of the sample."""

    async def EstimateJob(self, request: Any, context: Any) -> extractor_pb.EstimateJobResponse:
        return extractor_pb.EstimateJobResponse(model="offline", documents=request.sample_size, calls=1)


@dataclass
class Walker:
    """A person in front of the setup; calls act as the current identity."""

    setup: Any
    projects: Any
    open_store: Any
    """Opens the co-pilot's transactions in a workspace."""
    world: World
    languages: dict[str, str]
    """By document, of those that are not in English."""

    async def project(self, **fields: Any) -> str:
        request = from_plain(projects_pb.CreateProjectRequest, {"name": "Events", **fields})
        self.world.project_id = (await self.projects.CreateProject(request)).project.id
        return str(self.world.project_id)

    async def look(self, project_id: str) -> dict[str, Any]:
        return to_plain((await self.setup.GetSetup(pb.GetSetupRequest(project_id=project_id))).setup)

    async def propose(self, project_id: str, step: str, hint: str = "") -> dict[str, Any]:
        """The step's default."""
        plain = {"project_id": project_id, "step": step, "hint": hint}
        reply = await self.setup.ProposeSetupStep(from_plain(pb.ProposeSetupStepRequest, plain))
        return state(to_plain(reply.setup), step)

    async def accept(self, project_id: str, step: str, **choice: Any) -> dict[str, Any]:
        plain = {"project_id": project_id, "step": step, **choice}
        return to_plain(await self.setup.AcceptSetupStep(from_plain(pb.AcceptSetupStepRequest, plain)))

    async def skip(self, project_id: str, step: str) -> dict[str, Any]:
        plain = {"project_id": project_id, "step": step}
        return to_plain((await self.setup.SkipSetupStep(from_plain(pb.SkipSetupStepRequest, plain))).setup)

    async def change_project(self, project_id: str, **fields: Any) -> None:
        plain = {"project_id": project_id, **fields, "update_mask": {"paths": list(fields)}}
        await self.projects.UpdateProject(from_plain(projects_pb.UpdateProjectRequest, plain))

    async def add(self, project_id: str, name: str, type: str = "TEXT") -> str:
        plain = {"project_id": project_id, "variable": {"name": name, "type": type, "instructions": "What?"}}
        reply = await self.projects.CreateVariable(from_plain(projects_pb.CreateVariableRequest, plain))
        return str(reply.variable.id)

    async def variables(self, project_id: str) -> list[str]:
        reply = await self.projects.ListVariables(projects_pb.ListVariablesRequest(project_id=project_id))
        return [one.name for one in reply.items]


def state(setup: dict[str, Any], step: str) -> dict[str, Any]:
    return next(one for one in setup["steps"] if one["step"] == step)


def statuses(setup: dict[str, Any]) -> dict[str, str]:
    return {one["step"]: one["status"] for one in setup["steps"]}


@pytest.fixture
async def model_server() -> AsyncIterator[OpenAIServer]:
    """A server that speaks the OpenAI protocol; tests say what it answers."""
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def walker(service_dsns: ServiceDatabases, model_server: OpenAIServer) -> AsyncIterator[Walker]:
    """The services; calls act as the current identity."""
    world, languages = World(), dict[str, str]()
    async with AsyncExitStack() as stack:

        async def served(service: str, name: str, register: Any) -> PeerChannel:
            server = serving(service, "127.0.0.1:0", KEY, register, [f"coderai.{service}.v1.{name}"])
            port = await stack.enter_async_context(server)
            return await stack.enter_async_context(PeerChannel(service, f"127.0.0.1:{port}", KEY))

        databases = {name: Database(service_dsns[name].application, name) for name in ("projects", "copilot")}
        for database in databases.values():
            stack.push_async_callback(database.close)
        allowed = listed(model_server.base_url)
        servicer = ProjectsServicer(partial(databases["projects"].session, kind=ProjectsStore), allowed)
        add = projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server
        projects = await served("projects", "ProjectsService", partial(add, servicer))
        ingest_servicer = Ingest(world)  # type: ignore[abstract]
        ingest_servicer.languages = languages
        add = ingest_service_pb2_grpc.add_IngestServiceServicer_to_server
        ingest = await served("ingest", "IngestService", partial(add, ingest_servicer))
        add = extractor_service_pb2_grpc.add_ExtractorServiceServicer_to_server
        extractor = await served("extractor", "ExtractorService", partial(add, Extractor(world)))  # type: ignore[abstract]

        models = ChatModels(LLMSettings(llm_retry_base_seconds=0.001), allowed)
        stack.push_async_callback(models.close)
        open_store = partial(databases["copilot"].session, kind=CopilotStore)
        setup = bootstrap.build_setup(open_store, projects, ingest, extractor, models)
        add = setup_service_pb2_grpc.add_SetupServiceServicer_to_server
        copilot = await served("copilot", "SetupService", partial(add, setup))
        yield Walker(
            setup_service_pb2_grpc.SetupServiceStub(copilot),
            projects_service_pb2_grpc.ProjectsServiceStub(projects),
            open_store,
            world,
            languages,
        )


@pytest.fixture
def signed_in() -> Iterator[identity.Identity]:
    """Acts as the owner of a fresh workspace."""
    with identity.acting_as(person()) as who:
        yield who
