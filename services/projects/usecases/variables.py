"""Creates, changes, orders and deletes a project's variables; each change that matters makes a prompt version."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.codebook import together
from coderai.codebook.conditions import renamed
from coderai.codebook.definition import changed, define, definition
from coderai.codebook.problems import TooManyVariables
from coderai.codebook.prompt import generate
from coderai.codebook.together import MOST_VARIABLES
from coderai.codebook.variable import Variable
from coderai.kit.errors import InvalidInput
from coderai.kit.etags import must_match
from coderai.kit.identity import Identity
from coderai.services.projects.domain.etags import etag_of_variable
from coderai.services.projects.domain.problems import VariableChanged, VariableInUse
from coderai.services.projects.domain.project import Project
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.prompts import renew_prompts
from coderai.services.projects.usecases.telling import of_variable, variables_changed, variables_reordered


class OrderIncomplete(InvalidInput):
    """The order must name every variable of the project once."""


async def create_variable(
    store: Store, who: Identity, project_id: UUID, variable_id: UUID, plain: dict[str, Any]
) -> None:
    """Adds a variable as the last column, with its first prompt.

    Raises:
        ProjectNotFound, VariableInvalid, VariableNameTaken, ColumnNameTaken, TooManyVariables, CodebookTooLarge
    """
    project = await store.project(project_id)
    others = await store.variables(project_id)
    if len(others) >= MOST_VARIABLES:
        raise TooManyVariables()
    position = max((v.position for v in others), default=-1) + 1
    variable = await asyncio.to_thread(define, str(variable_id), str(project_id), plain, position)
    await check_together([*others, variable], others)
    await store.add_variable(variable)
    await store.record(of_variable(audit.AUDIT_KIND_VARIABLE_CREATED, variable))
    await renew_prompts(store, who, project, [variable])
    await store.save_project(project.schema_changed(len(others) + 1))
    await store.commit()


async def update_variable(
    store: Store, who: Identity, variable_id: UUID, plain: dict[str, Any], expected: Sequence[str] = ()
) -> None:
    """Changes the fields in `plain`; conditions on a renamed variable follow its new name, own prompts stay.

    Raises:
        VariableNotFound, VariableInvalid, VariableNameTaken, ColumnNameTaken, CodebookTooLarge
        VariableChanged: it is not as one of the `expected` ETags has it.
    """
    project, before = await _locked(store, variable_id)
    must_match(expected, etag_of_variable(before), VariableChanged)
    after = await asyncio.to_thread(changed, before, plain)
    others = [v for v in await store.variables(project.id) if v.id != before.id]
    following = [renamed(v, {before.name: after.name}) for v in others]
    await check_together([*following, after], [*others, before])
    await store.save_variable(after)
    for old, new in zip(others, following, strict=True):
        if new != old:
            await store.save_variable(new)
    await store.record(*variables_changed([before, *others], [after, *following]))
    asked_otherwise = generate(before) != generate(after)
    await renew_prompts(store, who, project, [after] if asked_otherwise else [])
    await store.commit()


async def delete_variable(store: Store, variable_id: UUID, expected: Sequence[str] = ()) -> None:
    """Removes a variable with its prompts.

    Raises:
        VariableNotFound, VariableInUse
        VariableChanged: it is not as one of the `expected` ETags has it.
    """
    project, variable = await _locked(store, variable_id)
    must_match(expected, etag_of_variable(variable), VariableChanged)
    others = [v for v in await store.variables(project.id) if v.id != variable.id]
    dependents = [v.name for v in others if any(c.variable == variable.name for c in v.depends_on)]
    if dependents:
        raise VariableInUse(f"{', '.join(dependents)} depend on {variable.name}: change their depends_on first")
    await store.remove_variable(variable_id)
    await store.record(of_variable(audit.AUDIT_KIND_VARIABLE_DELETED, variable))
    await store.save_project(project.schema_changed(len(others)))
    await store.commit()


async def reorder_variables(store: Store, project_id: UUID, variable_ids: Sequence[UUID]) -> None:
    """Puts a project's columns in the order given. Raises ProjectNotFound, OrderIncomplete."""
    project = await store.project(project_id)
    present = await store.variables(project_id)
    if sorted(variable_ids) != sorted(UUID(v.id) for v in present):
        raise OrderIncomplete(fields={"variable_ids": f"must name each of the {len(present)} variables once"})
    if variable_ids:
        await store.save_order(variable_ids)
        await store.record(*variables_reordered(project, present, variable_ids))
        await store.commit()


async def duplicate_variable(store: Store, who: Identity, variable_id: UUID, copy_id: UUID, name: str) -> None:
    """Copies a variable under a name that is free; "<name>_copy" when none is given.

    Raises:
        VariableNotFound, VariableInvalid, VariableNameTaken, ColumnNameTaken
    """
    original = await store.variable(variable_id)
    taken = {v.name for v in await store.variables(UUID(original.project_id))}
    copy = name or next(n for n in _copy_names(original.name) if n not in taken)
    plain = definition(replace(original, name=copy, display_name=""))
    await create_variable(store, who, UUID(original.project_id), copy_id, plain)


async def _locked(store: Store, variable_id: UUID) -> tuple[Project, Variable]:
    """A variable's project, locked, and the variable as it stands then: it may have changed while that was waited for.

    Raises VariableNotFound, ProjectNotFound.
    """
    project = await store.project(UUID((await store.variable(variable_id)).project_id))
    return project, await store.variable(variable_id)


def _copy_names(name: str) -> Sequence[str]:
    stem = name[:56]
    return [f"{stem}_copy", *(f"{stem}_copy{number}" for number in range(2, MOST_VARIABLES + 2))]


async def check_together(variables: Sequence[Variable], before: Sequence[Variable]) -> None:
    """All variables of a project as they would be, and `before` as they are.

    Raises:
        VariableInvalid, ColumnNameTaken, CodebookTooLarge, TooManyVariables
    """
    await asyncio.to_thread(together.check_together, variables, before)
