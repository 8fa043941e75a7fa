"""The service's RPCs: each calls a use case and answers with its message."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.copilot.v1 import copilot_service_pb2_grpc
from coderai.kit.ids import parse_id
from coderai.kit.models import ModelList
from coderai.kit.wire import from_plain
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.services.copilot.domain.suggestion import Suggestion
from coderai.services.copilot.usecases.check_model import CheckModel
from coderai.services.copilot.usecases.suggest_variables import SuggestVariables


class CopilotServicer(copilot_service_pb2_grpc.CopilotServiceServicer):
    """coderai.copilot.v1.CopilotService."""

    def __init__(self, suggest_variables: SuggestVariables, check_model: CheckModel, models: ModelList) -> None:
        """`models`: those that may be asked."""
        self._suggest_variables = suggest_variables
        self._check_model = check_model
        self._models = models

    async def SuggestVariables(self, request: pb.SuggestVariablesRequest, context: Any) -> pb.SuggestVariablesResponse:
        project_id = parse_id(request.project_id, "project")
        found = await self._suggest_variables(project_id, request.limit, request.hint)
        return pb.SuggestVariablesResponse(items=[_message(suggestion) for suggestion in found])

    async def ListModels(self, request: pb.ListModelsRequest, context: Any) -> pb.ListModelsResponse:
        items = [pb.AllowedModel(pattern=one, has_key=self._models.can_ask(one)) for one in self._models.entries]
        return pb.ListModelsResponse(items=items)

    async def CheckModel(self, request: pb.CheckModelRequest, context: Any) -> pb.CheckModelResponse:
        checked = await self._check_model(parse_id(request.project_id, "project"))
        return from_plain(pb.CheckModelResponse, asdict(checked))

    async def CreateRefinement(self, request: pb.CreateRefinementRequest, context: Any) -> pb.CreateRefinementResponse:
        raise NotImplementedError

    async def ListRefinements(self, request: pb.ListRefinementsRequest, context: Any) -> pb.ListRefinementsResponse:
        raise NotImplementedError

    async def GetRefinement(self, request: pb.GetRefinementRequest, context: Any) -> pb.GetRefinementResponse:
        raise NotImplementedError

    async def EstimateTry(self, request: pb.EstimateTryRequest, context: Any) -> pb.EstimateTryResponse:
        raise NotImplementedError

    async def TryRefinement(self, request: pb.TryRefinementRequest, context: Any) -> pb.TryRefinementResponse:
        raise NotImplementedError

    async def ApplyRefinement(self, request: pb.ApplyRefinementRequest, context: Any) -> pb.ApplyRefinementResponse:
        raise NotImplementedError

    async def RejectRefinement(self, request: pb.RejectRefinementRequest, context: Any) -> pb.RejectRefinementResponse:
        raise NotImplementedError


def _message(suggestion: Suggestion) -> pb.VariableSuggestion:
    variable = asdict(suggestion)
    reason = variable.pop("reason")
    return pb.VariableSuggestion(variable=from_plain(Variable, variable), reason=reason)
