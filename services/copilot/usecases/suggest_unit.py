"""Suggests what a row of the dataset stands for, from what repeats within a document."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.proposal import ProposalOrigin
from coderai.services.copilot.domain.suggesting.units import drafted
from coderai.services.copilot.usecases.proposing import Kept
from coderai.services.copilot.usecases.suggesting import Suggesting


@dataclass(frozen=True, slots=True)
class SuggestUnit:
    """The use case with what it needs of the world."""

    suggesting: Suggesting

    async def __call__(
        self, who: Identity, project_id: UUID, hint: str = "", origin: ProposalOrigin = ProposalOrigin.SUGGESTION
    ) -> Kept:
        """Proposes units, the best first; none where the project's fits, or nothing better is seen.

        Raises:
            NothingToGoBy
            CoderAIError: there is no such project, or its model cannot be asked.
        """
        asked = await self.suggesting.of_project(project_id, hint)
        found = await asyncio.to_thread(drafted, await asked.engine.units(asked.question), asked.question)
        return await self.suggesting.keep(who, asked, found, origin)
