"""Suggests variables for a project from its context and a sample of its documents."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.proposal import ProposalOrigin
from coderai.services.copilot.domain.question import read_limit
from coderai.services.copilot.domain.suggesting.variables import drafted
from coderai.services.copilot.usecases.proposing import Kept
from coderai.services.copilot.usecases.suggesting import Suggesting

Suggested = Kept
"""A proposal for each variable, the best first; each has one step, which adds it."""


@dataclass(frozen=True, slots=True)
class SuggestVariables:
    """The use case with what it needs of the world."""

    suggesting: Suggesting

    async def __call__(
        self,
        who: Identity,
        project_id: UUID,
        limit: int = 0,
        hint: str = "",
        origin: ProposalOrigin = ProposalOrigin.SUGGESTION,
    ) -> Suggested:
        """Proposes variables that the project could add; nothing of the project is changed.

        `limit` is 1..20, 0 for 8.

        Raises:
            LimitInvalid, NothingToGoBy
            CoderAIError: there is no such project, or its model cannot be asked.
        """
        most = read_limit(limit)
        asked = await self.suggesting.of_project(project_id, hint, without_documents=bool(hint.strip()))
        question = replace(asked.question, limit=most)
        found = await asyncio.to_thread(drafted, await asked.engine.variables(question), question)
        return await self.suggesting.keep(who, asked, found, origin)
