"""The guided setup: has defaults made, writes what a person chooses, and keeps where the walk stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from coderai.kit.errors import CoderAIError, InvalidInput
from coderai.kit.identity import Identity
from coderai.services.copilot.domain.problems import (
    DefaultMissing,
    NoVariableYet,
    ProposalDecided,
    ProposalOfAnotherStep,
)
from coderai.services.copilot.domain.proposal import Proposal, ProposalStatus
from coderai.services.copilot.domain.setup.context import FIELDS
from coderai.services.copilot.domain.setup.setup import Default, SeenStep, Setup, StepState
from coderai.services.copilot.domain.setup.step import Step
from coderai.services.copilot.usecases.decide_proposal import DecideProposal
from coderai.services.copilot.usecases.ports import OpenStore
from coderai.services.copilot.usecases.setup.defaults import MakeDefault
from coderai.services.copilot.usecases.setup.ports import SetupPeers, Standing

_FIELDS: Mapping[Step, Sequence[str]] = {Step.CONTEXT: ("description", *FIELDS), Step.UNIT: ("unit",)}
"""Of coderai.projects.v1.ProjectContext, those that each step decides."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for a step."""

    context: Mapping[str, Any] | None = None
    """Of CONTEXT and UNIT: what to write in place of the default; what is empty in it stays as it is."""
    proposal_ids: tuple[str, ...] = ()
    """Of VARIABLES and REVIEW."""
    all_proposals: bool = False
    """All that stand and can be applied."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a setup stands."""

    steps: tuple[SeenStep, ...]
    project: Mapping[str, Any]
    """coderai.projects.v1.Project, plain."""
    refused: tuple[str, ...] = ()
    """Of proposals that could not be applied: why, by their titles."""


@dataclass(frozen=True, slots=True)
class GuidedSetup:
    """The use cases with what they need of the world."""

    open_store: OpenStore
    peers: SetupPeers
    make_default: MakeDefault
    decide: DecideProposal

    async def look(self, project_id: UUID) -> Walk:
        """Where the walk stands; one that nobody has begun stands at its first step. Raises CoderAIError."""
        return await self._walk(project_id, await self.peers.standing(project_id))

    async def propose(self, who: Identity, project_id: UUID, step: Step, hint: str = "") -> Walk:
        """Has a step's default made; proposals of an earlier one that still fits stay in it.

        Raises:
            NothingToGoBy
            CoderAIError: there is no such project, or its model cannot be asked.
        """
        standing = await self.peers.standing(project_id)
        default = await self.make_default(who, step, standing, hint)
        async with self.open_store() as store:
            setup = await store.setup(project_id)
            earlier = _seen(setup, standing, step).default if step is Step.VARIABLES else None
            ids = dict.fromkeys((*default.proposal_ids, *(earlier.proposal_ids if earlier else ())))
            default = replace(default, proposal_ids=tuple(ids))
            await store.save_setup(setup.proposed(step, default, standing.ground))
            await store.commit()
        return await self._walk(project_id, standing)

    async def accept(self, who: Identity, project_id: UUID, step: Step, choice: Choice) -> Walk:
        """Writes a choice to the project, and goes on; the same again changes nothing.

        Raises:
            DefaultMissing, NoVariableYet, ProposalOfAnotherStep, InvalidInput
            CoderAIError: there is no such project, or what is chosen cannot be written; the step stays undecided then.
        """
        standing = await self.peers.standing(project_id)
        async with self.open_store() as store:
            setup = await store.setup(project_id)
        refused: list[str] = []
        if step in _FIELDS:
            await self._write_context(who, standing, _seen(setup, standing, step), choice)
        else:
            refused = await self._apply_chosen(who, setup.state(step), _seen(setup, standing, step), choice)
        now = await self.peers.standing(project_id)
        if step not in _FIELDS and not now.variables:
            raise NoVariableYet()
        await self._keep_accepted(project_id, step, now)
        return await self._walk(project_id, now, tuple(refused))

    async def skip(self, project_id: UUID, step: Step) -> Walk:
        """Leaves the project as it is, and goes on; the same again changes nothing. Raises CoderAIError."""
        standing = await self.peers.standing(project_id)
        async with self.open_store() as store:
            await store.save_setup((await store.setup(project_id)).skipped(step))
            await store.commit()
        return await self._walk(project_id, standing)

    async def _walk(self, project_id: UUID, standing: Standing, refused: tuple[str, ...] = ()) -> Walk:
        async with self.open_store() as store:
            setup = await store.setup(project_id)
        return Walk(setup.seen(standing.ground), standing.project, refused)

    async def _keep_accepted(self, project_id: UUID, step: Step, now: Standing) -> None:
        """Notes the decision; of REVIEW, with what a sample takes of the schema as it is now."""
        offer = await self.make_default.sample_offer(project_id, now) if step is Step.REVIEW else None
        async with self.open_store() as store:
            setup = (await store.setup(project_id)).accepted(step, now.ground)
            if offer is not None:
                default = setup.state(step).default or Default()
                default = replace(default, sample_size=offer[0], estimate=offer[1])
                setup = setup.proposed(step, default, now.ground)
            await store.save_setup(setup)
            await store.commit()

    async def _write_context(self, who: Identity, standing: Standing, seen: SeenStep, choice: Choice) -> None:
        """Writes the default or what stands in its place; a default that another choice replaces is rejected."""
        chosen = _given(seen.step, choice)
        if seen.default is None and chosen is None:
            raise DefaultMissing()
        default = (seen.default and seen.default.context) or {}
        wanted = default if chosen is None else chosen
        is_default = chosen is None or _same(chosen, default)
        for proposal_id in map(UUID, seen.default.proposal_ids if seen.default else ()):
            with suppress(ProposalDecided):  # the person decides it anew, here
                await (self.decide.apply if is_default else self.decide.reject)(who, proposal_id)
        project_id = UUID(standing.project["id"])
        now = (await self.peers.standing(project_id)).project
        changed = {name: value for name, value in wanted.items() if not _same({name: value}, now)}
        if changed:
            await self.peers.change(project_id, changed)

    async def _apply_chosen(self, who: Identity, state: StepState, seen: SeenStep, choice: Choice) -> list[str]:
        """Applies the proposals that are chosen, in turn; returns why some could not be."""
        if choice.context is not None:
            raise InvalidInput("a context is for CONTEXT and UNIT", fields={"context": "is for CONTEXT and UNIT"})
        known_ids = state.default.proposal_ids if state.default else ()
        if not set(choice.proposal_ids) <= set(known_ids):
            raise ProposalOfAnotherStep()
        # What a review proposes tells by itself when it no longer fits; a variable made for other rows does not.
        if choice.all_proposals and seen.default is None and not (state.default and seen.step is Step.REVIEW):
            raise DefaultMissing()
        wanted = dict.fromkeys((*choice.proposal_ids, *(known_ids if choice.all_proposals else ())))
        async with self.open_store() as store:
            known = {str(one.id): one for one in await store.proposals(list(map(UUID, wanted)))}
        refused = list[str]()
        for id_ in wanted:
            if problem := await self._problem(who, known[id_], chosen=id_ in choice.proposal_ids):
                refused.append(f"{known[id_].title}: {problem}")
        return refused

    async def _problem(self, who: Identity, proposal: Proposal, *, chosen: bool) -> str:
        """Applies a proposal; returns why it could not be. One that was rejected stays so unless it is `chosen`."""
        if proposal.status is ProposalStatus.REJECTED and not chosen:
            return ""
        try:
            await self.decide.apply(who, proposal.id)
        except CoderAIError as error:
            if error.retryable:
                raise
            return error.message
        return ""


def _seen(setup: Setup, standing: Standing, step: Step) -> SeenStep:
    return next(one for one in setup.seen(standing.ground) if one.step is step)


def _given(step: Step, choice: Choice) -> Mapping[str, Any] | None:
    """What a person wrote for the step; None for its default. Raises InvalidInput: they wrote of another step."""
    if choice.proposal_ids or choice.all_proposals:
        raise InvalidInput("proposals are chosen for VARIABLES and REVIEW")
    if choice.context is None:
        return None
    given = {name: value for name, value in choice.context.items() if value}
    others = [name for name in given if name not in _FIELDS[step]]
    if others:
        fields = {f"context.{name}": f"is no part of {step}" for name in others}
        raise InvalidInput(f"{', '.join(others)}: no part of the step {step}", fields=fields)
    return given


def _same(wanted: Mapping[str, Any], has: Mapping[str, Any]) -> bool:
    """Whether nothing of what is wanted differs; fields of a unit that are empty ask for nothing."""
    return all(
        _same(value, has.get(name) or {}) if isinstance(value, Mapping) else not value or value == has.get(name)
        for name, value in wanted.items()
    )
