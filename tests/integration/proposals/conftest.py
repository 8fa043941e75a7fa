"""Proposals over real gRPC: the projects service and the co-pilot's, each on its real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from coderai.copilot.v1 import proposal_service_pb2 as pb
from coderai.copilot.v1 import proposal_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as projects_pb
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.services.copilot import bootstrap
from coderai.services.copilot.adapters.peers import ProjectsPeer
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.copilot.domain.proposal import Draft, ProposalOrigin
from coderai.services.copilot.usecases.proposing import Kept, Proposing
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.entrypoints.grpc_service import ProjectsServicer
from tests.support.models import listed
from tests.support.stack import ServiceDatabases

KEY = identity.TokenKey("k" * 32)


@dataclass
class Services:
    """Stubs of both services; calls act as the current identity."""

    projects: Any
    proposals: Any
    proposing: Proposing
    open_store: Any
    """Opens the co-pilot's transactions in a workspace."""
    peer: ProjectsPeer
    """The projects service as the co-pilot sees it."""

    async def project(self, **fields: Any) -> str:
        request = from_plain(projects_pb.CreateProjectRequest, {"name": "Events", **fields})
        return str((await self.projects.CreateProject(request)).project.id)

    async def context(self, project_id: str) -> dict[str, Any]:
        reply = await self.projects.GetProject(projects_pb.GetProjectRequest(project_id=project_id))
        return to_plain(reply.project)

    async def change_project(self, project_id: str, **fields: Any) -> None:
        plain = {"project_id": project_id, **fields, "update_mask": {"paths": list(fields)}}
        await self.projects.UpdateProject(from_plain(projects_pb.UpdateProjectRequest, plain))

    async def add(self, project_id: str, name: str, type: str = "TEXT", **fields: Any) -> str:
        plain = {"project_id": project_id, "variable": {"name": name, "type": type, **fields}}
        reply = await self.projects.CreateVariable(from_plain(projects_pb.CreateVariableRequest, plain))
        return str(reply.variable.id)

    async def change(self, variable_id: str, **fields: Any) -> None:
        plain = {"variable_id": variable_id, "variable": fields, "update_mask": {"paths": list(fields)}}
        await self.projects.UpdateVariable(from_plain(projects_pb.UpdateVariableRequest, plain))

    async def remove(self, variable_id: str) -> None:
        await self.projects.DeleteVariable(projects_pb.DeleteVariableRequest(variable_id=variable_id))

    async def variables(self, project_id: str) -> dict[str, dict[str, Any]]:
        """By name, in the order of the columns."""
        reply = await self.projects.ListVariables(projects_pb.ListVariablesRequest(project_id=project_id))
        return {one.name: to_plain(one) for one in reply.items}

    async def keep(self, project_id: str, *drafts: Draft, origin: ProposalOrigin = ProposalOrigin.SUGGESTION) -> Kept:
        return await self.proposing.keep(identity.current(), UUID(project_id), drafts, origin, "offline")

    async def propose(self, project_id: str, draft: Draft) -> str:
        """Keeps one draft, which must be kept; returns the proposal's id."""
        kept = await self.keep(project_id, draft)
        assert not kept.left_out, kept.left_out
        (proposal,) = kept.proposals
        return str(proposal.id)

    async def get(self, proposal_id: str) -> dict[str, Any]:
        reply = await self.proposals.GetProposal(pb.GetProposalRequest(proposal_id=proposal_id))
        return to_plain(reply.proposal)

    async def apply(self, proposal_id: str) -> dict[str, Any]:
        return to_plain(await self.proposals.ApplyProposal(pb.ApplyProposalRequest(proposal_id=proposal_id)))

    async def reject(self, proposal_id: str) -> dict[str, Any]:
        reply = await self.proposals.RejectProposal(pb.RejectProposalRequest(proposal_id=proposal_id))
        return to_plain(reply.proposal)

    async def pending(self, project_id: str) -> Sequence[dict[str, Any]]:
        request = from_plain(pb.ListProposalsRequest, {"project_id": project_id, "status": "PROPOSED"})
        return [to_plain(one) for one in (await self.proposals.ListProposals(request)).items]


@pytest.fixture
async def services(service_dsns: ServiceDatabases) -> AsyncIterator[Services]:
    """Both services; calls act as the current identity."""
    async with AsyncExitStack() as stack:
        databases = {name: Database(service_dsns[name].application, name) for name in ("projects", "copilot")}
        for database in databases.values():
            stack.push_async_callback(database.close)
        servicer = ProjectsServicer(partial(databases["projects"].session, kind=ProjectsStore), listed())
        register = partial(projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server, servicer)
        serve = serving("projects", "127.0.0.1:0", KEY, register, ["coderai.projects.v1.ProjectsService"])
        port = await stack.enter_async_context(serve)
        projects = await stack.enter_async_context(PeerChannel("projects", f"127.0.0.1:{port}", KEY))

        open_store = partial(databases["copilot"].session, kind=CopilotStore)
        proposals = bootstrap.build_proposals(open_store, projects)
        register = partial(proposal_service_pb2_grpc.add_ProposalServiceServicer_to_server, proposals)
        serve = serving("copilot", "127.0.0.1:0", KEY, register, ["coderai.copilot.v1.ProposalService"])
        port = await stack.enter_async_context(serve)
        copilot = await stack.enter_async_context(PeerChannel("copilot", f"127.0.0.1:{port}", KEY))
        peer = ProjectsPeer(projects)
        yield Services(
            projects_service_pb2_grpc.ProjectsServiceStub(projects),
            proposal_service_pb2_grpc.ProposalServiceStub(copilot),
            Proposing(lambda: open_store(identity.current().workspace_id), peer, new_id),
            open_store,
            peer,
        )


def person(role: identity.Role = identity.Role.OWNER) -> identity.Identity:
    return identity.Identity(new_id(), new_id(), role, "test")


@pytest.fixture
def signed_in() -> Iterator[identity.Identity]:
    """Acts as the owner of a fresh workspace."""
    with identity.acting_as(person()) as who:
        yield who
