"""Makes the default of a step of the guided setup, from the documents and what stands by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.drafting import draft, of_context
from coderai.services.copilot.domain.proposal import Proposal, ProposalOrigin
from coderai.services.copilot.domain.setup.context import FIELDS, context_default
from coderai.services.copilot.domain.setup.setup import Default
from coderai.services.copilot.domain.setup.step import Step
from coderai.services.copilot.domain.suggesting.checking import Drafted
from coderai.services.copilot.usecases.review_schema import ReviewSchema
from coderai.services.copilot.usecases.setup.ports import SetupPeers, Standing
from coderai.services.copilot.usecases.suggest_unit import SuggestUnit
from coderai.services.copilot.usecases.suggest_variables import SuggestVariables
from coderai.services.copilot.usecases.suggesting import Suggesting

_LEAST_SAMPLE, _MOST_SAMPLE = 3, 10
_SETUP = ProposalOrigin.SETUP


@dataclass(frozen=True, slots=True)
class MakeDefault:
    """The use case with what it needs of the world."""

    peers: SetupPeers
    suggesting: Suggesting
    suggest_unit: SuggestUnit
    suggest_variables: SuggestVariables
    review_schema: ReviewSchema

    async def __call__(self, who: Identity, step: Step, standing: Standing, hint: str) -> Default:
        """What is proposed; whatever would change the project is kept as a proposal, and nothing is changed.

        Raises:
            NothingToGoBy: there is no readable document.
            CoderAIError: the project's model cannot be asked, or its reply cannot be used.
        """
        project_id = UUID(standing.project["id"])
        match step:
            case Step.CONTEXT:
                return await self._context(who, project_id, standing, hint)
            case Step.UNIT:
                return await self._unit(who, project_id, standing, hint)
            case Step.VARIABLES:
                kept = await self.suggest_variables(who, project_id, hint=hint, origin=_SETUP)
                return Default(kept.left_out, proposal_ids=_ids(kept.proposals))
            case Step.REVIEW:
                return await self._review(who, project_id, standing)

    async def sample_offer(self, project_id: UUID, standing: Standing) -> tuple[int, Mapping[str, Any] | None]:
        """The documents of a first sample, a third of all, 3 to 10 of them, and what it would take.

        Nothing is estimated while there is no variable to ask, or no document to ask about.
        """
        ready = standing.corpus.ready
        size = min(ready, max(_LEAST_SAMPLE, min(_MOST_SAMPLE, ready // 3)))
        if not size or not standing.variables:
            return size, None
        return size, await self.peers.estimate(project_id, size)

    async def _context(self, who: Identity, project_id: UUID, standing: Standing, hint: str) -> Default:
        asked = await self.suggesting.of_project(project_id, hint)
        description = await asked.engine.describe(asked.question)
        made = context_default(standing.project, standing.corpus, description)
        if not made.new:
            return Default(made.reasons, made.context, made.quotes)
        told = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in made.new.items())
        change = of_context({name: standing.project[name] for name in FIELDS}, made.new)
        drafts = (draft(f"Say what the documents are ({told})", " ".join(made.reasons), [change], made.quotes),)
        kept = await self.suggesting.keep(who, asked, Drafted(drafts), _SETUP)
        return Default((*made.reasons, *kept.left_out), made.context, made.quotes, _ids(kept.proposals))

    async def _unit(self, who: Identity, project_id: UUID, standing: Standing, hint: str) -> Default:
        kept = await self.suggest_unit(who, project_id, hint, _SETUP)
        if not kept.proposals:
            as_it_is = f"A row stays {standing.project['unit']['row_is']}: nothing in the sample suggests another."
            return Default((as_it_is, *kept.left_out), {"unit": standing.project["unit"]})
        best = kept.proposals[0]
        unit = (best.changes[0].context_after or {})["unit"]
        return Default((best.reason, *kept.left_out), {"unit": unit}, best.quotes, (str(best.id),))

    async def _review(self, who: Identity, project_id: UUID, standing: Standing) -> Default:
        reviewed = await self.review_schema(who, project_id, origin=_SETUP)
        size, estimate = await self.sample_offer(project_id, standing)
        return Default(
            reviewed.left_out,
            proposal_ids=_ids(reviewed.proposals),
            findings=tuple(asdict(one) for one in reviewed.findings),
            sample_size=size,
            estimate=estimate,
        )


def _ids(proposals: Iterable[Proposal]) -> tuple[str, ...]:
    return tuple(str(one.id) for one in proposals)
