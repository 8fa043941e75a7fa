"""The RPCs of the proposal service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from coderai.copilot.v1 import proposal_service_pb2 as pb
from coderai.copilot.v1 import proposal_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.ids import parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import to_plain
from coderai.services.copilot import queries
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.copilot.usecases.decide_proposal import DecideProposal

OpenStore = Callable[[UUID], AbstractAsyncContextManager[CopilotStore]]


class ProposalServicer(proposal_service_pb2_grpc.ProposalServiceServicer):
    """coderai.copilot.v1.ProposalService."""

    def __init__(self, open_store: OpenStore, decide: DecideProposal) -> None:
        self._open_store = open_store
        self._decide = decide

    async def ListProposals(self, request: pb.ListProposalsRequest, context: Any) -> pb.ListProposalsResponse:
        project_id, page = parse_id(request.project_id, "project"), read_page(request.page_size, request.page_token)
        async with self._store() as store:
            found = await queries.list_proposals(store, project_id, to_plain(request)["status"], page)
        if not found.items:
            # The projects service refuses a project that there is not; one with proposals is known to exist.
            await self._decide.projects.project(project_id)
        return found

    async def GetProposal(self, request: pb.GetProposalRequest, context: Any) -> pb.GetProposalResponse:
        proposal_id = parse_id(request.proposal_id, "proposal")
        found = await self._proposal(proposal_id)
        found.stale = await self._decide.obstacle(proposal_id)
        return pb.GetProposalResponse(proposal=found)

    async def ApplyProposal(self, request: pb.ApplyProposalRequest, context: Any) -> pb.ApplyProposalResponse:
        proposal_id = parse_id(request.proposal_id, "proposal")
        _, variables = await self._decide.apply_and_show(identity.current(), proposal_id)
        return pb.ApplyProposalResponse(proposal=await self._proposal(proposal_id), variables=variables)

    async def RejectProposal(self, request: pb.RejectProposalRequest, context: Any) -> pb.RejectProposalResponse:
        proposal_id = parse_id(request.proposal_id, "proposal")
        await self._decide.reject(identity.current(), proposal_id)
        return pb.RejectProposalResponse(proposal=await self._proposal(proposal_id))

    def _store(self) -> AbstractAsyncContextManager[CopilotStore]:
        return self._open_store(identity.current().workspace_id)

    async def _proposal(self, proposal_id: UUID) -> pb.Proposal:
        async with self._store() as store:
            return await queries.get_proposal(store, proposal_id)
