"""Chooses documents that stand for a project's corpus, within a limit of tokens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.errors import NotFound
from coderai.services.copilot.domain.refining.feedback import Text
from coderai.services.copilot.domain.sample import SampledDocument
from coderai.services.copilot.domain.sampling import CountTokens, Head, budgets, choose, excerpt, tokens_of
from coderai.services.copilot.usecases.ports import Documents

DOCUMENTS = 8
"""Documents in a sample."""
TOKENS = 8_000
"""Of all of them together."""
_AT_A_TIME = 8
"""Texts that are asked for side by side."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """The use case with what it needs of the world."""

    documents: Documents
    count_tokens: CountTokens

    async def sample(self, project_id: UUID, documents: int = DOCUMENTS, tokens: int = TOKENS) -> list[SampledDocument]:
        """At most so many readable documents, spread over the corpus, each cut so that all keep to the tokens.

        Only these are read, however many there are; one that is deleted meanwhile is left out.

        Raises:
            CoderAIError: the ingest service cannot be asked.
        """
        chosen = choose([head async for head in self.documents.heads(project_id)], documents)
        limit = asyncio.Semaphore(_AT_A_TIME)

        async def read(head: Head) -> Text | None:
            async with limit:
                try:
                    return await self.documents.text(head.id)
                except NotFound:
                    return None

        read_ones = zip(chosen, await asyncio.gather(*map(read, chosen)), strict=True)
        found = [(head, text) for head, text in read_ones if text is not None]
        return await asyncio.to_thread(self._shown, found, tokens)

    def _shown(self, found: list[tuple[Head, Text]], tokens: int) -> list[SampledDocument]:
        sizes = [tokens_of(text.text, self.count_tokens) for _, text in found]
        sample = []
        for (head, text), most in zip(found, budgets(sizes, tokens), strict=True):
            shown, pieces = excerpt(text.text, most, self.count_tokens)
            sample.append(
                SampledDocument(head.id, head.name, shown, text.language or head.language, text.page_starts, pieces)
            )
        return sample
