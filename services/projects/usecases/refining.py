"""Makes what a person chose among a refinement's options the variable's new active prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from coderai.codebook.definition import changed
from coderai.codebook.prompt_version import PromptOrigin
from coderai.kit.identity import Identity
from coderai.services.projects.domain.problems import PromptReplaced, RefinementUsed
from coderai.services.projects.domain.prompts import kept
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.prompts import tell_activated
from coderai.services.projects.usecases.telling import variables_changed
from coderai.services.projects.usecases.variables import check_together


async def refine_variable(
    store: Store, who: Identity, variable_id: UUID, refinement_id: UUID, plain: Mapping[str, Any]
) -> None:
    """Saves the golden examples (and the categories, if `plain` has any) and activates the text, both or neither.

    Temperature and token limit stay as they are. Of one refinement once: again changes nothing.

    Raises:
        VariableNotFound, VariableInvalid, PromptInvalid, CodebookTooLarge
        PromptReplaced: the active prompt is not `based_on_prompt_id` any more.
        RefinementUsed: the refinement gave another text or another variable's.
    """
    text, project_id = plain["text"], UUID((await store.variable(variable_id)).project_id)
    await store.project(project_id)
    earlier = await store.refined(refinement_id)
    if earlier is not None:
        if (earlier[0], earlier[1].prompt.text) != (variable_id, text):
            raise RefinementUsed()
        return
    before = await store.variable(variable_id)  # again, as it may have changed until its project was locked
    parts = ("golden_examples", "categories") if plain["categories"] else ("golden_examples",)
    after = await asyncio.to_thread(changed, before, {name: plain[name] for name in parts})
    others = [v for v in await store.variables(project_id) if v.id != after.id]
    await check_together([after, *others], [before, *others])
    await store.save_variable(after)
    await store.record(*variables_changed([before], [after]))
    active_before = (await store.active_prompts(project_id))[after.id]
    active = active_before.prompt
    if active.id != plain["based_on_prompt_id"]:
        raise PromptReplaced()
    prompt = replace(active, id="", version=0, text=text, origin=PromptOrigin.REFINED).check()
    version = replace(kept(after, prompt), refinement_id=refinement_id)
    (added,) = await store.add_active_prompts({after.id: version}, who.user_id)
    await tell_activated(store, after, active_before, added)
    await store.commit()
