"""Finds out whether a project's model answers, before documents are uploaded for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from coderai.services.copilot.usecases.ports import Engines, Projects


@dataclass(frozen=True, slots=True)
class CheckModel:
    """The use case with what it needs of the world."""

    projects: Projects
    engines: Engines
    clock: Callable[[], float]
    """Monotonic seconds."""

    async def __call__(self, project_id: UUID) -> tuple[str, float]:
        """The name of the project's model, and the seconds that it took to answer one short question.

        Raises:
            CoderAIError: there is no such project; its model is not reachable, its key refused ...
        """
        model = (await self.projects.project(project_id)).model
        engine = await self.engines.open(model, project_id)
        started = self.clock()
        await engine.answer()
        return model, self.clock() - started
