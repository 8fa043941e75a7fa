"""Freezes a project's codebook for a job to run under."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.codebook.plain import write
from coderai.kit.identity import Identity, Role
from coderai.services.projects.domain.problems import NoVariables
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.prompts import renew_prompts


async def freeze_codebook(store: Store, who: Identity, project_id: UUID) -> Codebook:
    """The project as it stands now, kept under the hash of its content.

    Generated prompts are renewed first, so that a better wording reaches every job; what a person wrote or chose stays.
    A viewer, who may look at a preview, changes none.

    Raises:
        ProjectNotFound, NoVariables
    """
    project = await store.project(project_id)
    variables = await store.variables(project_id)
    if not variables:
        raise NoVariables()
    active = await store.active_prompts(project_id)
    if who.role is not Role.VIEWER:
        await renew_prompts(store, who, project, [v for v in variables if active[v.id].newest])
        active = await store.active_prompts(project_id)
    codebook = Codebook(
        hash="",
        variables=tuple(replace(v, active_prompt=active[v.id].prompt) for v in variables),
        unit=project.unit,
        project_id=str(project.id),
        project_name=project.name,
        project_description=project.description,
        domain=project.domain,
        language=project.language,
        document_type=project.document_type,
        model=project.model,
        ask_per_variable=project.ask_per_variable,
        token_budget=project.token_budget,
        verify=project.verify,
        reasoning_effort=project.reasoning_effort,
        chunk_long_documents=project.chunk_long_documents,
    )
    snapshot = write(codebook)
    codebook = replace(codebook, hash=hashlib.sha256(json.dumps(snapshot, sort_keys=True).encode()).hexdigest())
    await store.keep_codebook(project_id, codebook.hash, snapshot)
    await store.commit()
    return codebook
