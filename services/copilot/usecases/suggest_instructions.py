"""Suggests better instructions for a variable, from a sample of documents."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.proposal import ProposalOrigin
from coderai.services.copilot.domain.suggesting.instructions import drafted
from coderai.services.copilot.usecases.proposing import Kept
from coderai.services.copilot.usecases.suggesting import Suggesting


@dataclass(frozen=True, slots=True)
class SuggestInstructions:
    """The use case with what it needs of the world."""

    suggesting: Suggesting

    async def __call__(
        self, who: Identity, variable_id: UUID, hint: str = "", origin: ProposalOrigin = ProposalOrigin.SUGGESTION
    ) -> Kept:
        """Proposes other instructions; none where nothing better is found.

        Raises:
            NothingToGoBy
            CoderAIError: there is no such variable, or its project's model cannot be asked.
        """
        asked = await self.suggesting.of_variable(variable_id, hint)
        found = await asyncio.to_thread(drafted, await asked.engine.instructions(asked.question), asked.question)
        return await self.suggesting.keep(who, asked, found, origin)
