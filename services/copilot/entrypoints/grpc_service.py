"""The service's RPCs: each calls a use case and answers with its message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.copilot.v1 import copilot_service_pb2_grpc
from coderai.copilot.v1.proposal_service_pb2 import Proposal as ProposalMessage
from coderai.kit import identity
from coderai.kit.ids import new_id, parse_id
from coderai.kit.models import ModelList
from coderai.kit.paging import read_page
from coderai.kit.wire import from_plain
from coderai.services.copilot import queries
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.copilot.domain.proposal import Proposal
from coderai.services.copilot.entrypoints import messages
from coderai.services.copilot.usecases.check_model import CheckModel
from coderai.services.copilot.usecases.create_refinement import CreateRefinement
from coderai.services.copilot.usecases.decide_refinement import DecideRefinement
from coderai.services.copilot.usecases.review_schema import ReviewSchema
from coderai.services.copilot.usecases.suggest_categories import SuggestCategories
from coderai.services.copilot.usecases.suggest_instructions import SuggestInstructions
from coderai.services.copilot.usecases.suggest_unit import SuggestUnit
from coderai.services.copilot.usecases.suggest_variables import SuggestVariables

OpenStore = Callable[[UUID], AbstractAsyncContextManager[CopilotStore]]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The use cases that suggest."""

    variables: SuggestVariables
    unit: SuggestUnit
    categories: SuggestCategories
    instructions: SuggestInstructions
    review: ReviewSchema


class CopilotServicer(copilot_service_pb2_grpc.CopilotServiceServicer):
    """coderai.copilot.v1.CopilotService."""

    def __init__(
        self,
        open_store: OpenStore,
        suggestions: Suggestions,
        check_model: CheckModel,
        create_refinement: CreateRefinement,
        decide_refinement: DecideRefinement,
        models: ModelList,
    ) -> None:
        """`models`: those that may be asked."""
        self._open_store = open_store
        self._suggestions = suggestions
        self._check_model = check_model
        self._create_refinement = create_refinement
        self._decide_refinement = decide_refinement
        self._models = models

    async def SuggestVariables(self, request: pb.SuggestVariablesRequest, context: Any) -> pb.SuggestVariablesResponse:
        project_id = parse_id(request.project_id, "project")
        kept = await self._suggestions.variables(identity.current(), project_id, request.limit, request.hint)
        items = map(messages.suggestion, await self._proposals(kept.proposals))
        return pb.SuggestVariablesResponse(items=items, left_out=kept.left_out)

    async def SuggestUnit(self, request: pb.SuggestUnitRequest, context: Any) -> pb.SuggestUnitResponse:
        project_id = parse_id(request.project_id, "project")
        kept = await self._suggestions.unit(identity.current(), project_id, request.hint)
        return pb.SuggestUnitResponse(items=await self._proposals(kept.proposals), left_out=kept.left_out)

    async def SuggestCategories(
        self, request: pb.SuggestCategoriesRequest, context: Any
    ) -> pb.SuggestCategoriesResponse:
        variable_id = parse_id(request.variable_id, "variable")
        project_id = parse_id(request.project_id, "project")
        kept = await self._suggestions.categories(identity.current(), variable_id, request.hint, project_id=project_id)
        proposal = messages.first(await self._proposals(kept.proposals))
        return pb.SuggestCategoriesResponse(proposal=proposal, left_out=kept.left_out)

    async def SuggestInstructions(
        self, request: pb.SuggestInstructionsRequest, context: Any
    ) -> pb.SuggestInstructionsResponse:
        variable_id = parse_id(request.variable_id, "variable")
        kept = await self._suggestions.instructions(identity.current(), variable_id, request.hint)
        proposal = messages.first(await self._proposals(kept.proposals))
        return pb.SuggestInstructionsResponse(proposal=proposal, left_out=kept.left_out)

    async def ReviewSchema(self, request: pb.ReviewSchemaRequest, context: Any) -> pb.ReviewSchemaResponse:
        project_id = parse_id(request.project_id, "project")
        found = await self._suggestions.review(identity.current(), project_id)
        return pb.ReviewSchemaResponse(
            items=messages.findings(found.findings),
            proposals=await self._proposals(found.proposals),
            left_out=found.left_out,
        )

    async def ListModels(self, request: pb.ListModelsRequest, context: Any) -> pb.ListModelsResponse:
        items = [pb.AllowedModel(pattern=one, has_key=self._models.can_ask(one)) for one in self._models.entries]
        return pb.ListModelsResponse(items=items)

    async def CheckModel(self, request: pb.CheckModelRequest, context: Any) -> pb.CheckModelResponse:
        checked = await self._check_model(parse_id(request.project_id, "project"))
        return from_plain(pb.CheckModelResponse, asdict(checked))

    async def CreateRefinement(self, request: pb.CreateRefinementRequest, context: Any) -> pb.CreateRefinementResponse:
        variable_id, refinement_id = parse_id(request.variable_id, "variable"), new_id()
        await self._create_refinement(identity.current(), refinement_id, variable_id, request.hint)
        return pb.CreateRefinementResponse(refinement=await self._refinement(refinement_id))

    async def ListRefinements(self, request: pb.ListRefinementsRequest, context: Any) -> pb.ListRefinementsResponse:
        variable_id = parse_id(request.variable_id, "variable")
        async with self._store() as store:
            found = await queries.list_refinements(store, variable_id, read_page(request.page_size, request.page_token))
        if not found.items:
            # The projects service refuses a variable that there is not; one with refinements is known to exist.
            await self._decide_refinement.projects.variable(variable_id)
        return found

    async def GetRefinement(self, request: pb.GetRefinementRequest, context: Any) -> pb.GetRefinementResponse:
        found = await self._refinement(parse_id(request.refinement_id, "refinement"))
        trials = self._decide_refinement.trials
        for option in found.options:
            compared = await trials.compared(option.trial_job_id) if option.trial_job_id else None
            if compared is not None:
                option.trial.CopyFrom(compared)
        return pb.GetRefinementResponse(refinement=found)

    async def EstimateTry(self, request: pb.EstimateTryRequest, context: Any) -> pb.EstimateTryResponse:
        refinement_id = parse_id(request.refinement_id, "refinement")
        return pb.EstimateTryResponse(estimate=await self._decide_refinement.estimate(refinement_id, request.option))

    async def TryRefinement(self, request: pb.TryRefinementRequest, context: Any) -> pb.TryRefinementResponse:
        refinement_id = parse_id(request.refinement_id, "refinement")
        return pb.TryRefinementResponse(job=await self._decide_refinement.start(refinement_id, request.option))

    async def ApplyRefinement(self, request: pb.ApplyRefinementRequest, context: Any) -> pb.ApplyRefinementResponse:
        refinement_id = parse_id(request.refinement_id, "refinement")
        await self._decide_refinement.apply(identity.current(), refinement_id, request.option)
        return pb.ApplyRefinementResponse(refinement=await self._refinement(refinement_id))

    async def RejectRefinement(self, request: pb.RejectRefinementRequest, context: Any) -> pb.RejectRefinementResponse:
        refinement_id = parse_id(request.refinement_id, "refinement")
        await self._decide_refinement.reject(identity.current(), refinement_id)
        return pb.RejectRefinementResponse(refinement=await self._refinement(refinement_id))

    def _store(self) -> AbstractAsyncContextManager[CopilotStore]:
        return self._open_store(identity.current().workspace_id)

    async def _refinement(self, refinement_id: UUID) -> pb.Refinement:
        async with self._store() as store:
            return await queries.get_refinement(store, refinement_id)

    async def _proposals(self, kept: Sequence[Proposal]) -> list[ProposalMessage]:
        async with self._store() as store:
            return await queries.get_proposals(store, [proposal.id for proposal in kept])
