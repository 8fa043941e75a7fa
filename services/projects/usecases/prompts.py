"""Makes and activates prompt versions."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.projects.domain.project import Project
from coderai.services.projects.domain.prompt import PromptOrigin, PromptText, PromptVersion, generate
from coderai.services.projects.domain.variable import Variable
from coderai.services.projects.usecases.ports import Store


async def renew_prompt(store: Store, who: Identity, project: Project, variable: Variable) -> None:
    """Gives a variable a new generated version when its definition says something else than the active one."""
    prompt = generate(project, variable)
    active = await store.active_prompt(variable.id)
    if active is None or active.prompt != prompt:
        await store.add_active_prompt(variable.id, prompt, who.user_id)


async def renew_generated_prompts(store: Store, who: Identity, project: Project) -> None:
    """Renews the generated prompts of a project whose context changed; a person's own texts stay."""
    for variable in await store.variables(project.id):
        active = await store.active_prompt(variable.id)
        if active is None or active.prompt.origin is PromptOrigin.GENERATED:
            await renew_prompt(store, who, project, variable)


async def write_prompt(
    store: Store,
    who: Identity,
    variable_id: UUID,
    *,
    text: str = "",
    temperature: float | None = None,
    max_tokens: int | None = None,
    origin: PromptOrigin = PromptOrigin.EDITED,
) -> PromptVersion:
    """Adds and activates a version: the person's own text, or (without one) the generated text anew.

    Raises:
        VariableNotFound, PromptInvalid, Forbidden
    """
    who.must_edit()
    variable = await store.variable(variable_id)
    prompt: PromptText = generate(await store.project(variable.project_id), variable)
    if text:
        prompt = replace(prompt, text=text, origin=origin)
    if temperature is not None:
        prompt = replace(prompt, temperature=temperature)
    if max_tokens is not None:
        prompt = replace(prompt, max_tokens=max_tokens)
    version = await store.add_active_prompt(variable_id, prompt.check(), who.user_id)
    await store.commit()
    return version


async def activate_prompt(store: Store, who: Identity, prompt_id: UUID) -> None:
    """Makes an older version the active one. Raises PromptNotFound, Forbidden."""
    who.must_edit()
    await store.activate(await store.prompt(prompt_id))
    await store.commit()
