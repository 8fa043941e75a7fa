"""What all suggestions share: what an engine is asked, and how proposals come of what it suggests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.problems import NothingToGoBy
from coderai.services.copilot.domain.proposal import ProposalOrigin
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.checking import Drafted
from coderai.services.copilot.usecases.ports import Engine, Engines, Projects
from coderai.services.copilot.usecases.proposing import Kept, Proposing
from coderai.services.copilot.usecases.sampling import Sampling


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The steps with what they need of the world."""

    projects: Projects
    sampling: Sampling
    engines: Engines
    proposing: Proposing

    async def of_project(self, project_id: UUID, hint: str = "", *, without_documents: bool = False) -> Asked:
        """The engine of the project's model, and the question with as many documents as the engine reads.

        Raises:
            NothingToGoBy: it has no readable documents, which is refused unless `without_documents`.
            CoderAIError: there is no such project, or its model may not be asked.
        """
        project = await self.projects.project(project_id)
        engine = await self.engines.open(project.model, project_id)
        variables, sample = await asyncio.gather(
            self.projects.variables(project_id),
            self.sampling.sample(project_id, engine.documents, engine.tokens),
        )
        if not sample and not without_documents:
            raise NothingToGoBy()
        return Asked(project_id, engine, Question(project, variables, sample, hint=hint))

    async def of_variable(self, variable_id: UUID, hint: str = "") -> Asked:
        """The same, about one variable. Raises CoderAIError: there is no such variable, or as above."""
        variable = await self.projects.variable(variable_id)
        asked = await self.of_project(UUID(variable.project_id), hint)
        return replace(asked, question=replace(asked.question, variable=variable))

    async def keep(self, who: Identity, asked: Asked, found: Drafted, origin: ProposalOrigin) -> Kept:
        """Keeps what came of a question; what was left out before is told with what is left out now.

        Raises:
            CoderAIError: there is no such project.
        """
        kept = await self.proposing.keep(who, asked.project_id, found.drafts, origin, asked.question.project.model)
        return Kept(kept.proposals, (*found.left_out, *kept.left_out))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the engine that it is put to."""

    project_id: UUID
    engine: Engine
    question: Question
