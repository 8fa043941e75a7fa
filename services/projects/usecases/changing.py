"""Does the steps of a change that a person accepted: all in one transaction, or none, and each change once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.codebook.changing import Changed, change_schema
from coderai.codebook.prompt import generate
from coderai.codebook.schema import Change, Schema
from coderai.kit.identity import Identity
from coderai.kit.ids import new_id
from coderai.services.projects.domain.problems import ChangeUsed
from coderai.services.projects.domain.project import Project
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.prompts import renew_prompts
from coderai.services.projects.usecases.telling import of_variable, project_changed, variables_changed


async def apply_changes(
    store: Store, who: Identity, project_id: UUID, change_id: UUID, steps: Sequence[Change], names: Mapping[str, str]
) -> Sequence[UUID]:
    """Does all steps, and returns the ids of the variables that they created or changed, in their order.

    Once for a change_id: again changes nothing, and returns the same. Prompts are renewed as for changes by hand: those
    that a person wrote stay. `names`: what the variables were called, by their ids, when the change was proposed.

    Raises:
        ProjectNotFound, GroundChanged, VariableNameTaken, VariableInUse, TooManyVariables
        ProjectInvalid, VariableInvalid, CodebookTooLarge: the project would not be valid.
        ChangeUsed: another project was changed so.
    """
    project = await store.project(project_id)
    earlier = await store.schema_change(change_id)
    if earlier is not None:
        if earlier[0] != project_id:
            raise ChangeUsed()
        return earlier[1]
    before = await _schema(store, project)
    changed = await asyncio.to_thread(
        change_schema, before, steps, names, lambda: str(new_id()), project_id=str(project_id)
    )
    await _write(store, who, project, before, changed)
    touched = [UUID(id) for id in changed.touched]
    await store.keep_schema_change(project_id, change_id, touched, who.user_id)
    await store.commit()
    return touched


async def _schema(store: Store, project: Project) -> Schema:
    active = await store.active_prompts(project.id)
    variables = await store.variables(project.id)
    return Schema(project.context, tuple(replace(v, active_prompt=active[v.id].prompt) for v in variables))


async def _write(store: Store, who: Identity, project: Project, before: Schema, changed: Changed) -> None:
    """Removals first, so that their names are free, then what stays, then what is new."""
    earlier = {variable.id: variable for variable in before.variables}
    after = {variable.id: variable for variable in changed.schema.variables}
    gone = [variable for variable in before.variables if variable.id not in after]
    for variable in gone:
        await store.remove_variable(UUID(variable.id))
    different = [variable for variable in after.values() if variable != earlier.get(variable.id, variable)]
    renamed = [variable for variable in different if variable.name != earlier[variable.id].name]
    for variable in renamed:  # so that two may change their names with each other
        await store.save_variable(replace(variable, name=f"renamed {variable.id}"))
    for variable in different:
        await store.save_variable(variable)
    created = [variable for variable in after.values() if variable.id not in earlier]
    for variable in created:
        await store.add_variable(variable)
    asked_otherwise = [variable for variable in different if generate(variable) != generate(earlier[variable.id])]
    moved = project.in_context(changed.schema.context)
    await store.record(
        *project_changed(project, moved),
        *(of_variable(audit.AUDIT_KIND_VARIABLE_DELETED, variable) for variable in gone),
        *variables_changed(before.variables, different),
        *(of_variable(audit.AUDIT_KIND_VARIABLE_CREATED, variable) for variable in created),
    )
    await renew_prompts(store, who, moved, [*asked_otherwise, *created])
    await store.save_project(moved.schema_changed(len(after)))
    if moved != project:
        store.codebook_changed(project.id)
