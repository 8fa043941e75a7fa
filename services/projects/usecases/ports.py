"""What the use cases need of the world: a store of one workspace's projects, open in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from google.protobuf.message import Message

from coderai.codebook.variable import Variable
from coderai.kit.audit import Fact
from coderai.services.projects.domain.project import Project
from coderai.services.projects.domain.prompts import KeptPrompt


class Store(Protocol):
    """One transaction; nothing is kept without commit().

    Whoever writes a variable or a prompt version has event.projects.codebook_changed sent, once a project and commit.
    """

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
        """Locks it until the end of the transaction. Raises VariableNameTaken."""
        ...

    async def remove_variable(self, variable_id: UUID) -> None: ...

    async def save_order(self, variable_ids: Sequence[UUID]) -> None: ...

    async def active_prompts(self, project_id: UUID) -> Mapping[str, KeptPrompt]:
        """The active prompts of a project's variables, by the variable's id."""
        ...

    async def prompt(self, prompt_id: UUID) -> tuple[UUID, KeptPrompt]:
        """A version and its variable's id. Raises PromptNotFound."""
        ...

    async def refined(self, refinement_id: UUID) -> tuple[UUID, KeptPrompt] | None:
        """The version that a refinement gave, with its variable's id; None before it gave any."""
        ...

    async def add_active_prompts(self, prompts: Mapping[str, KeptPrompt], author: UUID | None) -> Sequence[UUID]:
        """Adds and activates the next version of each variable (by its id); gives the versions' ids, in order."""
        ...

    async def activate(self, prompt_id: UUID, variable_id: UUID) -> None: ...

    async def keep_codebook(self, project_id: UUID, hash: str, snapshot: Mapping[str, Any]) -> None:
        """Keeps a frozen codebook; one with the same hash is there already."""
        ...

    async def schema_change(self, change_id: UUID) -> tuple[UUID, Sequence[UUID]] | None:
        """The project that a change was done to, and the variables that it created or changed; None before it was."""
        ...

    async def keep_schema_change(
        self, project_id: UUID, change_id: UUID, variable_ids: Sequence[UUID], author: UUID | None
    ) -> None:
        """Notes that a change is done."""
        ...

    def codebook_changed(self, project_id: UUID) -> None:
        """Has that event sent for another change: of the project itself."""
        ...

    async def record(self, *facts: Fact) -> None:
        """Adds what is done to the list of who did what."""
        ...

    def emit(self, subject: str, message: Message) -> None: ...

    async def commit(self) -> None: ...
