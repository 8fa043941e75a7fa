"""What the use cases need of the world: a store of one workspace's projects, open in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from google.protobuf.message import Message

from coderai.services.projects.domain.project import Project
from coderai.services.projects.domain.prompt import PromptText, PromptVersion
from coderai.services.projects.domain.variable import Variable


class Store(Protocol):
    """One transaction; nothing is kept without commit()."""

    async def project(self, project_id: UUID) -> Project:
        """The project, locked until the end of the transaction. Raises ProjectNotFound."""
        ...

    async def add_project(self, project: Project) -> None: ...

    async def save_project(self, project: Project) -> None: ...

    async def remove_project(self, project_id: UUID) -> None: ...

    async def variables(self, project_id: UUID) -> list[Variable]:
        """A project's variables, in the order of the columns."""
        ...

    async def variable(self, variable_id: UUID) -> Variable:
        """Raises VariableNotFound."""
        ...

    async def add_variable(self, variable: Variable) -> None:
        """Raises VariableNameTaken."""
        ...

    async def save_variable(self, variable: Variable) -> None:
        """Raises VariableNameTaken."""
        ...

    async def remove_variable(self, variable_id: UUID) -> None: ...

    async def save_order(self, variable_ids: Sequence[UUID]) -> None: ...

    async def active_prompt(self, variable_id: UUID) -> PromptVersion | None: ...

    async def prompt(self, prompt_id: UUID) -> PromptVersion:
        """Raises PromptNotFound."""
        ...

    async def add_active_prompt(self, variable_id: UUID, prompt: PromptText, author: UUID | None) -> PromptVersion:
        """Adds the variable's next version and makes it the active one."""
        ...

    async def activate(self, prompt: PromptVersion) -> None: ...

    def emit(self, subject: str, message: Message) -> None: ...

    async def commit(self) -> None: ...
