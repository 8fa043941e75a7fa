"""Finds out whether a project's model answers, before documents are uploaded for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.model_replies import ModelError, ModelNotAllowed
from coderai.services.copilot.usecases.ports import Engines, Projects


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it."""

    model: str
    seconds: float
    problem: str = ""
    """Why the model does not answer; empty when it does."""


@dataclass(frozen=True, slots=True)
class CheckModel:
    """The use case with what it needs of the world."""

    projects: Projects
    engines: Engines
    clock: Callable[[], float]
    """Monotonic seconds."""

    async def __call__(self, project_id: UUID) -> Checked:
        """Has the project's model answer one short question.

        Raises:
            CoderAIError: there is no such project, it may spend no more, or its model is not allowed any more.
        """
        model = (await self.projects.project(project_id)).model
        started = self.clock()
        try:
            await (await self.engines.open(model, project_id)).answer()
        except ModelNotAllowed:
            raise
        except ModelError as error:
            return Checked(model, self.clock() - started, error.message)
        return Checked(model, self.clock() - started)
