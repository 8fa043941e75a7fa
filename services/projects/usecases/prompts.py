"""Makes and activates prompt versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from coderai.codebook.prompt import generate
from coderai.codebook.prompt_version import PromptOrigin
from coderai.codebook.variable import Variable
from coderai.kit.identity import Identity
from coderai.services.projects.domain.project import Project
from coderai.services.projects.domain.prompts import KeptPrompt, kept, renewed
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.telling import prompt_activated


async def renew_prompts(store: Store, who: Identity, project: Project, variables: Sequence[Variable]) -> None:
    """Gives each of the variables whose generated prompt does not say what is asked a new version; own words stay."""
    active = await store.active_prompts(project.id) if variables else {}
    new = {v.id: renewed(v, active.get(v.id)) for v in variables}
    changed = {variable_id: prompt for variable_id, prompt in new.items() if prompt is not None}
    if changed:
        await store.add_active_prompts(changed, who.user_id)


async def write_prompt(
    store: Store,
    who: Identity,
    variable_id: UUID,
    *,
    text: str = "",
    temperature: float | None = None,
    max_tokens: int | None = None,
) -> UUID:
    """Adds and activates a version: the person's own text, or (without one) the generated text anew; returns its id.

    Raises:
        VariableNotFound, PromptInvalid
    """
    variable = await store.variable(variable_id)
    prompt = generate(variable)
    if text:
        prompt = replace(prompt, text=text, origin=PromptOrigin.EDITED)
    if temperature is not None:
        prompt = replace(prompt, temperature=temperature)
    if max_tokens is not None:
        prompt = replace(prompt, max_tokens=max_tokens)
    before = (await store.active_prompts(UUID(variable.project_id)))[variable.id]
    (version,) = await store.add_active_prompts({variable.id: kept(variable, prompt.check())}, who.user_id)
    await tell_activated(store, variable, before, version)
    await store.commit()
    return version


async def activate_prompt(store: Store, prompt_id: UUID) -> None:
    """Makes an older version the active one. Raises PromptNotFound, PromptOutdated."""
    variable_id, prompt = await store.prompt(prompt_id)
    variable = await store.variable(variable_id)
    prompt.check_fits(variable)
    before = (await store.active_prompts(UUID(variable.project_id)))[variable.id]
    await store.activate(prompt_id, variable_id)
    if before.prompt.id != prompt.prompt.id:
        await tell_activated(store, variable, before, prompt_id)
    await store.commit()


async def tell_activated(store: Store, variable: Variable, before: KeptPrompt, prompt_id: UUID) -> None:
    """Records that a version is in the place of the one before."""
    _, after = await store.prompt(prompt_id)
    await store.record(prompt_activated(variable, before.prompt, after.prompt))
