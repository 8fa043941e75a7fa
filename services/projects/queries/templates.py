"""Reads of templates: SQL -> messages."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select, tuple_

from coderai.codebook.context import FIELDS
from coderai.codebook.plain import write
from coderai.codebook.project_yaml import EXPLAINED, to_yaml
from coderai.kit.db import Session
from coderai.kit.errors import InvalidInput
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.projects.v1 import template_service_pb2 as pb
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.services.projects.adapters.store import project_from
from coderai.services.projects.adapters.tables import projects, templates, variables
from coderai.services.projects.adapters.template_store import template_from
from coderai.services.projects.domain.problems import ProjectNotFound, TemplateNotFound
from coderai.services.projects.domain.template import Template, write_schema
from coderai.services.projects.usecases.templates import Shipped, read_id

_ORDER = func.lower(templates.c.name), templates.c.id
_SHOWN = (templates.c.id, templates.c.name, templates.c.description, templates.c.author, templates.c.created_at)


async def list_templates(session: Session, page: Page, shipped: Shipped) -> pb.ListTemplatesResponse:
    """A page of templates: those that ship, then the workspace's by name."""
    tokens = {uuid5(NAMESPACE_URL, id): place for place, id in enumerate(shipped)}
    first = 0 if page.after is None else tokens.get(page.after, len(tokens)) + (page.after in tokens)
    begun = list(shipped.values())[first : first + page.size]
    count = func.jsonb_array_length(templates.c.schema["variables"]).label("variable_count")
    wanted = select(*_SHOWN, count).order_by(*_ORDER).limit(page.size - len(begun))
    if page.after is not None and page.after not in tokens:
        wanted = wanted.where(tuple_(*_ORDER) > tuple_(*await _place(session, page.after)))
    rows = (await session.execute(wanted)).all()
    items = [*map(_shipped, begun), *(from_plain(pb.Template, row._asdict()) for row in rows)]
    last = rows[-1].id if rows else list(tokens)[first + len(begun) - 1] if begun else None
    return pb.ListTemplatesResponse(items=items, next_page_token=str(last) if len(items) == page.size else "")


async def _place(session: Session, template_id: UUID) -> tuple[str, UUID]:
    """Where a template stands in the list. Raises InvalidInput: it is gone."""
    row = (
        await session.execute(select(_ORDER[0].label("place"), templates.c.id).where(templates.c.id == template_id))
    ).one_or_none()
    if row is None:
        message = "is not a next_page_token of this list, or that template was deleted since: list again"
        raise InvalidInput(f"page_token {message}", fields={"page_token": message})
    return row.place, row.id


async def get_template(session: Session, template_id: str, shipped: Shipped) -> pb.Template:
    """A template with its schema, and the same as YAML. Raises TemplateNotFound."""
    if template_id in shipped:
        return _whole(shipped[template_id], _shipped(shipped[template_id]))
    row = (await session.execute(select(templates).where(templates.c.id == read_id(template_id)))).one_or_none()
    if row is None:
        raise TemplateNotFound()
    template = template_from(row)
    shown = {column.name: row._mapping[column.name] for column in _SHOWN}
    return _whole(template, from_plain(pb.Template, {**shown, "variable_count": len(template.schema.variables)}))


async def preview_template(session: Session, project_id: UUID, template: Template) -> pb.PreviewTemplateResponse:
    """What applying a template to a project would do. Raises ProjectNotFound."""
    row = (await session.execute(select(projects).where(projects.c.id == project_id))).one_or_none()
    if row is None:
        raise ProjectNotFound()
    of_project = select(variables.c.name).where(variables.c.project_id == project_id)
    taken = template.clashes(set((await session.execute(of_project)).scalars()))
    added = [variable.name for variable in template.schema.variables if variable.name not in taken]
    return pb.PreviewTemplateResponse(taken=taken, added=added, sets_unit=template.sets_unit(project_from(row).context))


def _shipped(template: Template) -> pb.Template:
    """One that ships, as lists show it."""
    plain = {"id": template.id, "name": template.name, "description": template.description, "ships": True}
    accuracy = {"accuracy": write(template.accuracy)} if template.accuracy else {}
    return from_plain(pb.Template, {**plain, **accuracy, "variable_count": len(template.schema.variables)})


def _whole(template: Template, message: pb.Template) -> pb.Template:
    schema = template.schema
    plain = write_schema(schema)
    message.yaml = to_yaml({"name": template.name, **plain}, EXPLAINED)
    context = {name: plain[name] for name in FIELDS}
    for variable, fields in zip(schema.variables, plain["variables"], strict=True):
        prompt = fields.pop("prompt", None)
        own = {"active_prompt": {**prompt, "origin": variable.active_prompt.origin}} if prompt else {}
        message.definition.variables.append(from_plain(Variable, {**fields, **own, "position": variable.position}))
    message.definition.MergeFrom(from_plain(pb.Schema, context))
    return message
