"""The store of projects, variables and prompts in Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from coderai.kit.db import Session
from coderai.kit.ids import new_id
from coderai.services.projects.adapters.tables import projects, prompts, variables
from coderai.services.projects.domain.problems import (
    ProjectNotFound,
    PromptNotFound,
    VariableNameTaken,
    VariableNotFound,
)
from coderai.services.projects.domain.project import Project, ProjectStatus, RowsPerDocument, Unit
from coderai.services.projects.domain.prompt import PromptOrigin, PromptText, PromptVersion
from coderai.services.projects.domain.variable import Variable, VariableType


class ProjectsStore(Session):
    """usecases.ports.Store over one tenant transaction."""

    async def project(self, project_id: UUID) -> Project:
        rows = await self.execute(select(projects).where(projects.c.id == project_id).with_for_update())
        row = rows.one_or_none()
        if row is None:
            raise ProjectNotFound()
        return _project(row)

    async def add_project(self, project: Project) -> None:
        await self.execute(insert(projects).values(workspace_id=self.workspace_id, **asdict(project)))

    async def save_project(self, project: Project) -> None:
        await self.execute(update(projects).where(projects.c.id == project.id).values(**asdict(project)))

    async def remove_project(self, project_id: UUID) -> None:
        await self.execute(delete(projects).where(projects.c.id == project_id))

    async def variables(self, project_id: UUID) -> list[Variable]:
        rows = await self.execute(
            select(variables).where(variables.c.project_id == project_id).order_by(variables.c.position)
        )
        return [_variable(row) for row in rows]

    async def variable(self, variable_id: UUID) -> Variable:
        rows = await self.execute(select(variables).where(variables.c.id == variable_id))
        row = rows.one_or_none()
        if row is None:
            raise VariableNotFound()
        return _variable(row)

    async def add_variable(self, variable: Variable) -> None:
        values = {"id": variable.id, "workspace_id": self.workspace_id, "project_id": variable.project_id}
        await self._unique_name(variable, insert(variables).values(**values, **_columns(variable)))

    async def save_variable(self, variable: Variable) -> None:
        statement = update(variables).where(variables.c.id == variable.id).values(**_columns(variable))
        await self._unique_name(variable, statement)

    async def remove_variable(self, variable_id: UUID) -> None:
        await self.execute(delete(variables).where(variables.c.id == variable_id))

    async def save_order(self, variable_ids: Sequence[UUID]) -> None:
        moved = update(variables).where(variables.c.id == bindparam("moved")).values(position=bindparam("place"))
        await self.connection.execute(moved, [{"moved": v, "place": n} for n, v in enumerate(variable_ids)])

    async def active_prompt(self, variable_id: UUID) -> PromptVersion | None:
        rows = await self.execute(select(prompts).where(prompts.c.variable_id == variable_id, prompts.c.active))
        row = rows.one_or_none()
        return None if row is None else _prompt(row)

    async def prompt(self, prompt_id: UUID) -> PromptVersion:
        row = (await self.execute(select(prompts).where(prompts.c.id == prompt_id))).one_or_none()
        if row is None:
            raise PromptNotFound()
        return _prompt(row)

    async def add_active_prompt(self, variable_id: UUID, prompt: PromptText, author: UUID | None) -> PromptVersion:
        # The row lock makes concurrent versions of one variable take their numbers in turn.
        await self.execute(select(variables.c.id).where(variables.c.id == variable_id).with_for_update())
        last = await self.execute(
            select(prompts.c.version)
            .where(prompts.c.variable_id == variable_id)
            .order_by(prompts.c.version.desc())
            .limit(1)
        )
        version = PromptVersion(new_id(), variable_id, (last.scalar() or 0) + 1, prompt, author, active=True)
        await self._deactivate(variable_id)
        values = {**asdict(version), **asdict(prompt)}
        del values["prompt"]
        await self.execute(insert(prompts).values(workspace_id=self.workspace_id, **values))
        return version

    async def activate(self, prompt: PromptVersion) -> None:
        await self._deactivate(prompt.variable_id)
        await self.execute(update(prompts).where(prompts.c.id == prompt.id).values(active=True))

    async def _deactivate(self, variable_id: UUID) -> None:
        await self.execute(update(prompts).where(prompts.c.variable_id == variable_id).values(active=False))

    async def _unique_name(self, variable: Variable, statement: Any) -> None:
        try:
            await self.execute(statement)
        except IntegrityError as error:
            message = f"the project has a variable {variable.name!r} already"
            raise VariableNameTaken(message, fields={"name": message}) from error


def _columns(variable: Variable) -> dict[str, Any]:
    return {"name": variable.name, "position": variable.position, "definition": variable.definition()}


def _project(row: Any) -> Project:
    unit = Unit(**{**row.unit, "rows_per_document": RowsPerDocument(row.unit["rows_per_document"])})
    return Project(
        id=row.id,
        name=row.name,
        description=row.description,
        domain=row.domain,
        language=row.language,
        document_type=row.document_type,
        unit=unit,
        model=row.model,
        token_budget=row.token_budget,
        ask_per_variable=row.ask_per_variable,
        status=ProjectStatus(row.status),
    )


def _variable(row: Any) -> Variable:
    blank = Variable(row.id, row.project_id, name=row.name, type=VariableType.TEXT, position=row.position)
    return blank.changed(row.definition)


def _prompt(row: Any) -> PromptVersion:
    text = PromptText(row.text, row.temperature, row.max_tokens, row.response_schema, PromptOrigin(row.origin))
    return PromptVersion(row.id, row.variable_id, row.version, text, row.author, row.active)
