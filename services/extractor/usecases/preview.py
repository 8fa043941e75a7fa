"""Shows what a model would be sent for a document, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.extractor.domain import prompting
from services.extractor.domain.calls import Call
from services.extractor.domain.codebook import read_codebook
from services.extractor.domain.planning import first_calls
from services.extractor.usecases.ports import Documents, Projects


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
    count_tokens: Callable[[str], int]

    async def calls(self, project_id: UUID, document_id: UUID) -> list[PreviewedCall]:
        """The calls with which coding the document would begin under the project's codebook as it stands.

        Raises:
            NotFound, NoVariables, Conflict when the document is not READY
        """
        codebook = read_codebook(await self.projects.freeze(project_id))
        document = await self.documents.text(document_id)
        return [self._shown(call) for call in first_calls(codebook, document)]

    def _shown(self, call: Call) -> PreviewedCall:
        messages, schema = prompting.messages(call), prompting.reply_schema(call)
        texts = [*(message.content for message in messages), json.dumps(schema)]
        return PreviewedCall(
            messages,
            schema,
            prompting.temperature(call),
            prompting.max_tokens(call),
            sum(map(self.count_tokens, texts)),
        )
