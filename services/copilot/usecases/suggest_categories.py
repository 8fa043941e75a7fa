"""Suggests the categories of a variable, from values seen in a sample of documents."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.problems import VariableElsewhere
from coderai.services.copilot.domain.proposal import ProposalOrigin
from coderai.services.copilot.domain.suggesting.categories import drafted
from coderai.services.copilot.usecases.proposing import Kept
from coderai.services.copilot.usecases.suggesting import Suggesting


@dataclass(frozen=True, slots=True)
class SuggestCategories:
    """The use case with what it needs of the world."""

    suggesting: Suggesting

    async def __call__(
        self,
        who: Identity,
        variable_id: UUID,
        hint: str = "",
        origin: ProposalOrigin = ProposalOrigin.SUGGESTION,
        project_id: UUID | None = None,
    ) -> Kept:
        """Proposes one list of categories, with a count of documents and a quote for each; none where none are seen.

        Those that a person has defined stay among them. `project_id`: the project that the variable must be of.

        Raises:
            NothingToGoBy, VariableElsewhere
            CoderAIError: there is no such variable, or its project's model cannot be asked.
        """
        asked = await self.suggesting.of_variable(variable_id, hint)
        if project_id not in (None, asked.project_id):
            raise VariableElsewhere()
        found = await asyncio.to_thread(drafted, await asked.engine.categories(asked.question), asked.question)
        return await self.suggesting.keep(who, asked, found, origin)
