"""Creates, changes and deletes projects, and follows their jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.kit.etags import must_match
from coderai.kit.models import ModelList
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.services.projects.domain.problems import ProjectChanged, ProjectNotFound
from coderai.services.projects.domain.project import Project
from coderai.services.projects.usecases.ports import Store
from coderai.services.projects.usecases.telling import of_project, project_changed


async def create_project(store: Store, models: ModelList, project_id: UUID, plain: dict[str, Any]) -> None:
    """Adds a project. Raises ProjectInvalid, ModelNotAllowed."""
    project = await asyncio.to_thread(Project.define, project_id, plain)
    models.must_allow(project.model)
    await store.add_project(project)
    await store.record(of_project(audit.AUDIT_KIND_PROJECT_CREATED, project))
    await store.commit()


async def update_project(
    store: Store, models: ModelList, project_id: UUID, plain: dict[str, Any], expected: Sequence[str] = ()
) -> None:
    """Changes the fields in `plain`; prompts say nothing of them, since each call tells the context beside them.

    Raises:
        ProjectNotFound, ProjectInvalid, ModelNotAllowed
        ProjectChanged: it is not as one of the `expected` ETags has it.
    """
    before = await store.project(project_id)
    must_match(expected, before.etag, ProjectChanged)
    project = await asyncio.to_thread(before.changed, plain)
    if project.model != before.model:
        models.must_allow(project.model)
    await store.save_project(project)
    await store.record(*project_changed(before, project))
    if project != before:
        store.codebook_changed(project_id)
    await store.commit()


async def delete_project(store: Store, project_id: UUID, expected: Sequence[str] = ()) -> None:
    """Removes a project; the other services hear of it and remove what they hold.

    Raises ProjectNotFound, ProjectChanged: it is not as one of the `expected` ETags has it.
    """
    project = await store.project(project_id)
    must_match(expected, project.etag, ProjectChanged)
    await store.remove_project(project_id)
    await store.record(of_project(audit.AUDIT_KIND_PROJECT_DELETED, project))
    store.emit("event.projects.project_deleted", ProjectDeleted(project_id=str(project_id)))
    await store.commit()


async def follow_job(
    store: Store, project_id: UUID, kind: str, status: str, *, of_some_variables: bool = False
) -> None:
    """Moves a project on when one of its jobs (SAMPLE or FULL) reached a status; one deleted since stays so."""
    try:
        project = await store.project(project_id)
    except ProjectNotFound:
        return
    await store.save_project(project.job_changed(kind, status, of_some_variables=of_some_variables))
    await store.commit()
