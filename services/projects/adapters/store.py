"""The store of projects, variables and prompts in Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from coderai.codebook.codebook import Unit, Verify
from coderai.codebook.definition import definition
from coderai.codebook.plain import read
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable
from coderai.kit.audit_entries import RecordingSession
from coderai.kit.db import Relay
from coderai.kit.ids import new_id
from coderai.projects.v1.events_pb2 import CodebookChanged
from coderai.services.projects.adapters.tables import codebooks, projects, prompts, schema_changes, variables
from coderai.services.projects.domain.problems import (
    ProjectNotFound,
    PromptNotFound,
    VariableNameTaken,
    VariableNotFound,
)
from coderai.services.projects.domain.project import Project, ProjectStatus
from coderai.services.projects.domain.prompts import Answers, KeptPrompt

_others = prompts.alias()
NEWEST = (
    select(func.max(_others.c.version)).where(_others.c.variable_id == prompts.c.variable_id).scalar_subquery()
).label("newest")
"""The number of a prompt's variable's last version."""


class ProjectsStore(RecordingSession):
    """usecases.ports.Store over one tenant transaction."""

    def __init__(self, connection: AsyncConnection, workspace_id: UUID, relay: Relay | None) -> None:
        super().__init__(connection, workspace_id, relay)
        self._changed_codebooks: set[UUID] = set()

    def codebook_changed(self, project_id: UUID) -> None:
        self._changed_codebooks.add(project_id)

    async def commit(self) -> None:
        for project_id in sorted(self._changed_codebooks):
            self.emit("event.projects.codebook_changed", CodebookChanged(project_id=str(project_id)))
        self._changed_codebooks.clear()
        await super().commit()

    async def project(self, project_id: UUID) -> Project:
        rows = await self.execute(select(projects).where(projects.c.id == project_id).with_for_update())
        row = rows.one_or_none()
        if row is None:
            raise ProjectNotFound()
        return project_from(row)

    async def add_project(self, project: Project) -> None:
        await self.execute(insert(projects).values(workspace_id=self.workspace_id, **asdict(project)))

    async def save_project(self, project: Project) -> None:
        await self.execute(update(projects).where(projects.c.id == project.id).values(**asdict(project)))

    async def remove_project(self, project_id: UUID) -> None:
        await self.execute(delete(schema_changes).where(schema_changes.c.project_id == project_id))
        await self.execute(delete(projects).where(projects.c.id == project_id))

    async def variables(self, project_id: UUID) -> list[Variable]:
        rows = await self.execute(
            select(variables).where(variables.c.project_id == project_id).order_by(variables.c.position)
        )
        return [variable_from(row) for row in rows]

    async def variable(self, variable_id: UUID) -> Variable:
        rows = await self.execute(select(variables).where(variables.c.id == variable_id))
        row = rows.one_or_none()
        if row is None:
            raise VariableNotFound()
        return variable_from(row)

    async def add_variable(self, variable: Variable) -> None:
        values = {"id": UUID(variable.id), "workspace_id": self.workspace_id, "project_id": UUID(variable.project_id)}
        await self._write(variable, insert(variables).values(**values, **_columns(variable)))

    async def save_variable(self, variable: Variable) -> None:
        statement = update(variables).where(variables.c.id == UUID(variable.id)).values(**_columns(variable))
        await self._write(variable, statement)

    async def remove_variable(self, variable_id: UUID) -> None:
        await self._lock([variable_id])
        await self.execute(delete(variables).where(variables.c.id == variable_id))

    async def save_order(self, variable_ids: Sequence[UUID]) -> None:
        await self._lock(variable_ids)
        moved = update(variables).where(variables.c.id == bindparam("moved")).values(position=bindparam("place"))
        await self.connection.execute(moved, [{"moved": v, "place": n} for n, v in enumerate(variable_ids)])

    async def active_prompts(self, project_id: UUID) -> Mapping[str, KeptPrompt]:
        of_project = prompts.join(variables, prompts.c.variable_id == variables.c.id)
        wanted = select(prompts, NEWEST).select_from(of_project).where(variables.c.project_id == project_id)
        return {str(row.variable_id): kept_prompt(row) for row in await self.execute(wanted.where(prompts.c.active))}

    async def prompt(self, prompt_id: UUID) -> tuple[UUID, KeptPrompt]:
        row = (await self.execute(select(prompts, NEWEST).where(prompts.c.id == prompt_id))).one_or_none()
        if row is None:
            raise PromptNotFound()
        return row.variable_id, kept_prompt(row)

    async def refined(self, refinement_id: UUID) -> tuple[UUID, KeptPrompt] | None:
        wanted = select(prompts, NEWEST).where(prompts.c.refinement_id == refinement_id)
        row = (await self.execute(wanted)).one_or_none()
        return None if row is None else (row.variable_id, kept_prompt(row))

    async def add_active_prompts(self, new: Mapping[str, KeptPrompt], author: UUID | None) -> Sequence[UUID]:
        ids = [UUID(variable_id) for variable_id in new]
        await self._lock(ids)  # so that concurrent versions of one variable take their numbers in turn
        last = select(prompts.c.variable_id, func.max(prompts.c.version).label("last")).group_by(prompts.c.variable_id)
        rows = await self.execute(last.where(prompts.c.variable_id.in_(ids)))
        versions = {row.variable_id: row.last for row in rows}
        await self.execute(update(prompts).where(prompts.c.variable_id.in_(ids), prompts.c.active).values(active=False))
        added = [
            {
                "id": new_id(),
                "workspace_id": self.workspace_id,
                "variable_id": variable_id,
                "version": versions.get(variable_id, 0) + 1,
                "author": author,
                "active": True,
                **_prompt_columns(kept),
            }
            for variable_id, kept in zip(ids, new.values(), strict=True)
        ]
        await self.execute(insert(prompts).values(added))
        return [row["id"] for row in added]

    async def activate(self, prompt_id: UUID, variable_id: UUID) -> None:
        await self._lock([variable_id])
        active = prompts.c.variable_id == variable_id, prompts.c.active
        await self.execute(update(prompts).where(*active).values(active=False))
        await self.execute(update(prompts).where(prompts.c.id == prompt_id).values(active=True))

    async def keep_codebook(self, project_id: UUID, hash: str, snapshot: Mapping[str, Any]) -> None:
        row = {"id": new_id(), "workspace_id": self.workspace_id, "project_id": project_id, "hash": hash}
        await self.execute(insert(codebooks).values(**row, snapshot=snapshot).on_conflict_do_nothing())

    async def schema_change(self, change_id: UUID) -> tuple[UUID, Sequence[UUID]] | None:
        rows = await self.execute(select(schema_changes).where(schema_changes.c.change_id == change_id))
        row = rows.one_or_none()
        return None if row is None else (row.project_id, [UUID(id) for id in row.variable_ids])

    async def keep_schema_change(
        self, project_id: UUID, change_id: UUID, variable_ids: Sequence[UUID], author: UUID | None
    ) -> None:
        row = {"id": new_id(), "workspace_id": self.workspace_id, "project_id": project_id, "change_id": change_id}
        ids = [str(variable_id) for variable_id in variable_ids]
        await self.execute(insert(schema_changes).values(**row, variable_ids=ids, author=author))

    async def _lock(self, variable_ids: Sequence[UUID]) -> None:
        """Locks variables that are about to change, and notes that the codebooks of their projects do."""
        wanted = select(variables.c.project_id).where(variables.c.id.in_(variable_ids))
        for project_id in (await self.execute(wanted.order_by(variables.c.id).with_for_update())).scalars():
            self.codebook_changed(project_id)

    async def _write(self, variable: Variable, statement: Any) -> None:
        """Adds or changes a variable. Raises VariableNameTaken."""
        self.codebook_changed(UUID(variable.project_id))
        try:
            await self.execute(statement)
        except IntegrityError as error:
            message = f"the project has a variable {variable.name!r} already"
            raise VariableNameTaken(message, fields={"name": message}) from error


def _columns(variable: Variable) -> dict[str, Any]:
    return {"name": variable.name, "position": variable.position, "definition": definition(variable)}


def _prompt_columns(kept: KeptPrompt) -> dict[str, Any]:
    prompt = kept.prompt
    return {
        "text": prompt.text,
        "temperature": prompt.temperature,
        "max_tokens": prompt.max_tokens,
        "origin": prompt.origin,
        "asked": kept.asked,
        "answers": asdict(kept.answers),
        "refinement_id": kept.refinement_id,
    }


def project_from(row: Any) -> Project:
    """A project from its row."""
    values = {**row._mapping, "unit": read(Unit, row.unit), "verify": Verify(row.verify)}
    values |= {name: ProjectStatus(values[name]) for name in ("status", "status_before")}
    return Project(**{field.name: values[field.name] for field in fields(Project)})


def variable_from(row: Any) -> Variable:
    """A variable from its row, without its prompt; what was valid when it was saved is not checked again."""
    found = {"id": str(row.id), "project_id": str(row.project_id), "name": row.name, "position": row.position}
    return read(Variable, {**row.definition, **found})


def kept_prompt(row: Any) -> KeptPrompt:
    """A prompt version from its row, read with NEWEST."""
    prompt = read(PromptVersion, {**row._mapping, "id": str(row.id)})
    newest = prompt.version == row.newest
    return KeptPrompt(prompt, row.asked, read(Answers, row.answers), newest, row.refinement_id)
