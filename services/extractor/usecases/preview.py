"""Shows what a model would be sent for a document, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import read_codebook
from coderai.engines import prompting
from coderai.engines.calls import Call
from coderai.services.extractor.domain.coding.planning import first_calls
from coderai.services.extractor.domain.jobs.estimating import Count
from coderai.services.extractor.domain.jobs.fitting import as_sent
from coderai.services.extractor.usecases.ports import Documents, Projects


@dataclass(frozen=True, slots=True)
class PreviewedCall:
    """One call, exactly as it would go out."""

    messages: tuple[prompting.Message, ...]
    reply_schema: Mapping[str, Any]
    temperature: float
    max_tokens: int
    tokens_in: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The use case of previewing."""

    projects: Projects
    documents: Documents
    counter_for: Callable[[str], Count]
    """Counts tokens as a model does, by its name."""
    context_of: Callable[[str], int]
    """Tokens that a model takes at once, by its name."""

    async def calls(self, project_id: UUID, document_id: UUID) -> list[PreviewedCall]:
        """The calls with which coding the document would begin under the project's codebook as it stands.

        Raises:
            NotFound, NoVariables, Conflict when the document is not READY
        """
        snapshot = await self.projects.freeze(project_id)
        codebook, count = read_codebook(snapshot), self.counter_for(snapshot["model"])
        read = await self.documents.text(document_id)
        document = as_sent(read, codebook, self.context_of(snapshot["model"]), count)
        return [_shown(call, count) for call in first_calls(codebook, document)]


def _shown(call: Call, count: Count) -> PreviewedCall:
    messages, schema = prompting.messages(call), prompting.reply_schema(call)
    tokens_in = sum(map(count, [*(message.content for message in messages), json.dumps(schema)]))
    return PreviewedCall(messages, schema, prompting.temperature(call), prompting.max_tokens(call), tokens_in)
