"""Chooses documents that stand for a project's corpus, within a limit of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coderai.services.copilot.domain.sample import SampledDocument
from coderai.services.copilot.usecases.ports import Documents

DOCUMENTS = 8
"""Documents in a sample."""
TOKENS = 8_000
"""Of all of them together."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """The use case with what it needs of the world."""

    documents: Documents

    async def sample(self, project_id: UUID, documents: int = DOCUMENTS, tokens: int = TOKENS) -> list[SampledDocument]:
        """At most so many readable documents, spread over the corpus, each cut so that all keep to the tokens.

        Raises:
            CoderAIError: the ingest service cannot be asked.
        """
        raise NotImplementedError
