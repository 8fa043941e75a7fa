"""Keeps what engines propose, where it could be applied as things are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.proposal import Draft, Proposal, ProposalOrigin


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of drafts."""

    proposals: tuple[Proposal, ...]
    """In the order of their drafts."""
    left_out: tuple[str, ...]
    """Why drafts were left out, a sentence each."""


@dataclass(frozen=True, slots=True)
class Proposing:
    """The use case with what it needs of the world."""

    async def keep(
        self,
        who: Identity,
        project_id: UUID,
        drafts: Sequence[Draft],
        origin: ProposalOrigin,
        model: str,
        message_id: UUID | None = None,
    ) -> Kept:
        """Keeps the drafts that the project could take, in one transaction; what is proposed already is not kept twice.

        Raises:
            CoderAIError: there is no such project.
        """
        raise NotImplementedError
