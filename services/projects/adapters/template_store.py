"""The store of a workspace's templates in Postgres."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.adapters.tables import templates
from coderai.services.projects.domain.problems import TemplateNameTaken, TemplateNotFound
from coderai.services.projects.domain.template import Template, read_schema, write_schema


class TemplatesStore(ProjectsStore):
    """usecases.templates.TemplateStore over one tenant transaction."""

    async def template(self, template_id: UUID) -> Template:
        row = (await self.execute(select(templates).where(templates.c.id == template_id))).one_or_none()
        if row is None:
            raise TemplateNotFound()
        return template_from(row)

    async def add_template(self, template: Template, author: UUID | None) -> None:
        values = {
            "id": UUID(template.id),
            "workspace_id": self.workspace_id,
            "name": template.name,
            "description": template.description,
            "schema": write_schema(template.schema),
            "author": author,
        }
        try:
            await self.execute(insert(templates).values(values))
        except IntegrityError as error:
            message = f"the workspace has a template {template.name!r} already"
            raise TemplateNameTaken(message, fields={"name": message}) from error

    async def remove_template(self, template_id: UUID) -> None:
        await self.execute(delete(templates).where(templates.c.id == template_id))


def template_from(row: Any) -> Template:
    """A template from its row."""
    return Template(str(row.id), row.name, row.description, read_schema(row.schema))
