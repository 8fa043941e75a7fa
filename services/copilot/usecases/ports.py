"""What the use cases need of the world: projects, documents, and engines that suggest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from coderai.services.copilot.domain.question import Document, Existing, Project, Question
from coderai.services.copilot.domain.suggestion import Suggestion


class Projects(Protocol):
    """The projects service."""

    async def project(self, project_id: UUID) -> Project:
        """Raises kit.errors.NotFound."""
        ...

    async def variables(self, project_id: UUID) -> Sequence[Existing]: ...


class Documents(Protocol):
    """The ingest service."""

    def ready(self, project_id: UUID) -> AsyncIterator[UUID]:
        """The project's readable documents, in upload order."""
        ...

    async def beginning(self, document_id: UUID, characters: int) -> Document:
        """A document's name and the beginning of its text."""
        ...


class Engine(Protocol):
    """Makes suggestions; the offline engine and the model engine are the two."""

    async def suggest(self, question: Question) -> Iterable[Suggestion]:
        """Suggestions, the best first; not yet checked.

        Raises:
            kit.errors.CoderAIError: the model cannot be asked, or its reply cannot be used.
        """
        ...

    async def answer(self) -> None:
        """Answers one short question, asked but once. Raises kit.errors.CoderAIError: the model cannot be asked."""
        ...


class Engines(Protocol):
    """The engines of the models that may be asked."""

    async def open(self, model: str, project_id: UUID) -> Engine:
        """The engine for "offline" or provider:name, at the project's cost.

        Raises:
            kit.errors.CoderAIError: there is no such model here, or no key for it.
        """
        ...
