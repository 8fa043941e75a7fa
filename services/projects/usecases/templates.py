"""Saves, deletes and applies templates."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.codebook.problems import TooManyVariables
from coderai.codebook.prompt_version import PromptOrigin, PromptVersion
from coderai.codebook.schema import Schema
from coderai.codebook.together import MOST_VARIABLES
from coderai.codebook.variable import Variable
from coderai.kit.audit import Fact
from coderai.kit.identity import Identity
from coderai.services.projects.domain.problems import (
    NoVariables,
    TemplateNameInvalid,
    TemplateNameTaken,
    TemplateNotFound,
    TemplateShips,
)
from coderai.services.projects.domain.prompts import KeptPrompt, kept
from coderai.services.projects.domain.template import IfNameTaken, Template, define_schema, schema_of
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.prompts import renew_prompts
from coderai.services.projects.usecases.telling import of_variable, project_changed
from coderai.services.projects.usecases.variables import check_together

Shipped = Mapping[str, Template]
"""The templates that ship with CoderAI, by id, in the order of lists."""
_LONGEST_NAME = 200


class TemplateStore(Store, Protocol):
    """A store that keeps a workspace's templates too."""

    async def template(self, template_id: UUID) -> Template:
        """Raises TemplateNotFound."""
        ...

    async def add_template(self, template: Template, author: UUID | None) -> None:
        """Raises TemplateNameTaken."""
        ...

    async def remove_template(self, template_id: UUID) -> None: ...


async def schema_of_project(store: Store, project_id: UUID) -> Schema:
    """What a project's dataset is made of, with the prompts that a person wrote or chose. Raises ProjectNotFound."""
    project = await store.project(project_id)
    variables = await store.variables(project_id)
    active = await store.active_prompts(project_id)
    own = {variable_id: one.prompt for variable_id, one in active.items() if _is_own(one)}
    return schema_of(project.context, variables, own)


async def schema_of_yaml(plain: Mapping[str, Any]) -> Schema:
    """The schema that a person wrote down as a project file, `plain` as codebook.project_reading gives it.

    Raises:
        ProjectInvalid, VariableInvalid, PromptInvalid, TooManyVariables, CodebookTooLarge
    """
    if len(plain.get("variables", ())) > MOST_VARIABLES:
        raise TooManyVariables()
    schema = await asyncio.to_thread(define_schema, plain)
    await check_together(schema.variables, ())
    return schema


async def save_template(store: TemplateStore, shipped: Shipped, who: Identity, template: Template) -> None:
    """Keeps a schema under a name that no other template has.

    Raises:
        TemplateNameInvalid, TemplateNameTaken, NoVariables
    """
    if not 0 < len(template.name) <= _LONGEST_NAME:
        raise TemplateNameInvalid(fields={"name": f"must have 1 to {_LONGEST_NAME} characters"})
    names = {name.casefold() for one in shipped.values() for name in (one.id, one.name)}
    if template.name.casefold() in names:
        raise TemplateNameTaken(f"the template {template.name!r} ships with CoderAI: choose another name")
    if not template.schema.variables:
        raise NoVariables()
    await store.add_template(template, who.user_id)
    await store.record(_fact(audit.AUDIT_KIND_TEMPLATE_CREATED, template))
    await store.commit()


async def find_template(store: TemplateStore, shipped: Shipped, template_id: str) -> Template:
    """One that ships or of the workspace. Raises TemplateNotFound."""
    if template_id in shipped:
        return shipped[template_id]
    return await store.template(read_id(template_id))


async def delete_template(store: TemplateStore, shipped: Shipped, template_id: str) -> None:
    """Removes a template; projects keep what they have of it. Raises TemplateNotFound, TemplateShips."""
    if template_id in shipped:
        raise TemplateShips()
    template = await store.template(read_id(template_id))
    await store.remove_template(read_id(template_id))
    await store.record(_fact(audit.AUDIT_KIND_TEMPLATE_DELETED, template))
    await store.commit()


async def apply_template(
    store: TemplateStore,
    who: Identity,
    project_id: UUID,
    template: Template,
    if_taken: IfNameTaken,
    ids: Sequence[UUID],
) -> None:
    """Gives a project the template's variables, and its unit and context where these are still empty; all or nothing.

    `ids`: one for each of the template's variables.

    Raises:
        ProjectNotFound, TemplateNamesTaken, TooManyVariables, CodebookTooLarge
        VariableInvalid: a condition makes no sense with the project's own variable of that name.
        ColumnNameTaken: a variable is called as a column of the dataset is.
    """
    before = await store.project(project_id)
    present = await store.variables(project_id)
    fitted = template.fitted(present, if_taken)
    first = max((variable.position for variable in present), default=-1) + 1
    added = [
        replace(variable, id=str(id), project_id=str(project_id), position=first + n)
        for n, (variable, id) in enumerate(zip(fitted, ids, strict=False))
    ]
    await check_together([*present, *added], present)
    for variable in added:
        await store.add_variable(variable)
    await _write_prompts(store, who, added)
    project = before.in_context(template.context_for(before.context))
    await store.record(
        _fact(audit.AUDIT_KIND_TEMPLATE_APPLIED, template, project_id),
        *project_changed(before, project),
        *(of_variable(audit.AUDIT_KIND_VARIABLE_CREATED, variable) for variable in added),
    )
    await renew_prompts(store, who, project, [v for v in added if not v.active_prompt.text])
    await store.save_project(project.schema_changed(len(present) + len(added)))
    if project != before:
        store.codebook_changed(project_id)
    await store.commit()


async def _write_prompts(store: Store, who: Identity, added: Sequence[Variable]) -> None:
    """Gives the variables the prompts that a person wrote for the template."""
    own: dict[str, PromptVersion] = {v.id: v.active_prompt for v in added if v.active_prompt.text}
    if own:
        await store.add_active_prompts({v.id: kept(v, own[v.id]) for v in added if v.id in own}, who.user_id)


def _fact(kind: audit.AuditKind.ValueType, template: Template, project_id: UUID | None = None) -> Fact:
    """One that ships has no id, but a name."""
    try:
        return Fact(kind, project_id, UUID(template.id), template.name)
    except ValueError:
        return Fact(kind, project_id, None, template.name)


def _is_own(active: KeptPrompt) -> bool:
    """Whether a person wrote or chose it, also by going back to an earlier generated one."""
    return active.prompt.origin is not PromptOrigin.GENERATED or not active.newest


def read_id(text: str) -> UUID:
    """The id of one that does not ship. Raises TemplateNotFound."""
    try:
        return UUID(text)
    except ValueError:
        raise TemplateNotFound(f"there is no template {text[:64]!r}") from None
