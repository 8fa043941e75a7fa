"""The RPCs of the setup service: each calls a use case, and answers with where the walk stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from coderai.copilot.v1 import setup_service_pb2 as pb
from coderai.copilot.v1 import setup_service_pb2_grpc
from coderai.copilot.v1.proposal_service_pb2 import Proposal
from coderai.kit import identity
from coderai.kit.ids import parse_id
from coderai.kit.wire import enum_names, from_plain, to_plain
from coderai.services.copilot import queries
from coderai.services.copilot.adapters.store import CopilotStore
from coderai.services.copilot.domain.problems import SetupStepUnknown
from coderai.services.copilot.domain.setup.setup import Default, SeenStep, current
from coderai.services.copilot.domain.setup.step import Step
from coderai.services.copilot.entrypoints.grpc_service import OpenStore
from coderai.services.copilot.usecases.setup.walk import Choice, GuidedSetup, Walk

_WITH_PROPOSALS = (Step.VARIABLES, Step.REVIEW)
"""Steps whose proposals are accepted one by one."""


class SetupServicer(setup_service_pb2_grpc.SetupServiceServicer):
    """coderai.copilot.v1.SetupService."""

    def __init__(self, open_store: OpenStore, setup: GuidedSetup) -> None:
        self._open_store = open_store
        self._setup = setup

    async def GetSetup(self, request: pb.GetSetupRequest, context: Any) -> pb.GetSetupResponse:
        walk = await self._setup.look(_project(request))
        return pb.GetSetupResponse(setup=await self._message(walk))

    async def ProposeSetupStep(self, request: pb.ProposeSetupStepRequest, context: Any) -> pb.ProposeSetupStepResponse:
        walk = await self._setup.propose(identity.current(), _project(request), _step(request.step), request.hint)
        return pb.ProposeSetupStepResponse(setup=await self._message(walk))

    async def AcceptSetupStep(self, request: pb.AcceptSetupStepRequest, context: Any) -> pb.AcceptSetupStepResponse:
        chosen = to_plain(request.context) if request.HasField("context") else None
        ids = tuple(str(parse_id(id_, "proposal")) for id_ in request.proposal_ids)
        choice = Choice(chosen, ids, request.all_proposals)
        walk = await self._setup.accept(identity.current(), _project(request), _step(request.step), choice)
        return pb.AcceptSetupStepResponse(setup=await self._message(walk), refused=walk.refused)

    async def SkipSetupStep(self, request: pb.SkipSetupStepRequest, context: Any) -> pb.SkipSetupStepResponse:
        walk = await self._setup.skip(_project(request), _step(request.step))
        return pb.SkipSetupStepResponse(setup=await self._message(walk))

    async def _message(self, walk: Walk) -> pb.Setup:
        shown = [one.default for one in walk.steps if one.default and one.step in _WITH_PROPOSALS]
        ids = [UUID(id_) for default in shown for id_ in default.proposal_ids]
        async with self._store() as store:
            proposals = {one.id: one for one in await queries.get_proposals(store, ids)}
        plain = {
            "project_id": walk.project["id"],
            "current": current(walk.steps),
            "steps": [_state(one, proposals) for one in walk.steps],
            "project": walk.project,
        }
        return from_plain(pb.Setup, plain)

    def _store(self) -> AbstractAsyncContextManager[CopilotStore]:
        return self._open_store(identity.current().workspace_id)


def _state(seen: SeenStep, proposals: Mapping[str, Proposal]) -> dict[str, Any]:
    plain = {"step": seen.step, "status": seen.status, "outdated_reason": seen.outdated_reason}
    if seen.default is None:
        return plain
    shown = _shown(seen.default, proposals) if seen.step in _WITH_PROPOSALS else ()
    made = {name: value for name, value in asdict(seen.default).items() if name != "proposal_ids"}
    return {**plain, **made, "proposed": True, "proposals": list(shown)}


def _shown(default: Default, proposals: Mapping[str, Proposal]) -> Iterable[Proposal]:
    """Its proposals, in their order; one that is gone is left out."""
    return (proposals[id_] for id_ in default.proposal_ids if id_ in proposals)


def _project(request: Any) -> UUID:
    return parse_id(request.project_id, "project")


def _step(number: int) -> Step:
    """Raises SetupStepUnknown."""
    name = enum_names(pb.SetupStep.DESCRIPTOR).get(number)
    if not name:
        raise SetupStepUnknown(fields={"step": f"must be one of {', '.join(Step)}"})
    return Step(name)
