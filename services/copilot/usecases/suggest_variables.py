"""Suggests variables for a project from its context and a sample of its documents."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from coderai.services.copilot.domain.problems import NothingToGoBy
from coderai.services.copilot.domain.question import CHARACTERS, DOCUMENTS, Document, Question, read_limit, spread
from coderai.services.copilot.domain.suggestion import Suggestion, fit
from coderai.services.copilot.usecases.ports import Documents, Engines, Projects


@dataclass(frozen=True, slots=True)
class SuggestVariables:
    """The use case with what it needs of the world."""

    projects: Projects
    documents: Documents
    engines: Engines

    async def __call__(self, project_id: UUID, limit: int = 0, hint: str = "") -> list[Suggestion]:
        """Variables that the project could add, the best first; nothing is changed.

        `limit` is 1..20, 0 for 8. The sample is spread over the corpus, so that its beginning is not all that counts.

        Raises:
            LimitInvalid, NothingToGoBy
            CoderAIError: there is no such project, or its model cannot be asked.
        """
        most = read_limit(limit)
        project = await self.projects.project(project_id)
        variables, sample = await asyncio.gather(self.projects.variables(project_id), self._sample(project_id))
        if not sample and not hint.strip():
            raise NothingToGoBy()
        question = Question(project, variables, sample, most, hint)
        engine = await self.engines.open(project.model, project_id)
        return fit(await engine.suggest(question), question)

    async def _sample(self, project_id: UUID) -> list[Document]:
        ready = [document_id async for document_id in self.documents.ready(project_id)]
        chosen = spread(ready, DOCUMENTS)
        return await asyncio.gather(*(self.documents.beginning(document_id, CHARACTERS) for document_id in chosen))
