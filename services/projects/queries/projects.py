"""Reads of the projects service: SQL -> messages, no use case in between."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Select, and_, select

from coderai.codebook.plain import write
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.projects.v1.codebook_pb2 import PromptVersion, Variable
from coderai.projects.v1.projects_service_pb2 import DiffPromptsResponse, ListProjectsResponse, Project
from coderai.services.projects.adapters.store import NEWEST, kept_prompt, project_from, variable_from
from coderai.services.projects.adapters.tables import projects, prompts, variables, visits
from coderai.services.projects.domain.etags import etag_of_variable
from coderai.services.projects.domain.problems import ProjectNotFound, PromptNotFound, VariableNotFound
from coderai.services.projects.domain.prompts import outdated

M = TypeVar("M", bound=Message)
_HIDDEN = ("workspace_id", "asked", "answers", "newest", "status_before")


async def get_project(session: Session, project_id: UUID, user_id: UUID | None = None) -> Project:
    """A project as a user has seen it. Raises ProjectNotFound."""
    row = (await session.execute(_seen_by(user_id).where(projects.c.id == project_id))).one_or_none()
    if row is None:
        raise ProjectNotFound()
    return _project(row)


async def list_projects(session: Session, page: Page, user_id: UUID | None) -> ListProjectsResponse:
    """A page of the workspace's projects as a user has seen them, oldest first."""
    wanted = _seen_by(user_id).order_by(projects.c.id).limit(page.size)
    if page.after:
        wanted = wanted.where(projects.c.id > page.after)
    rows = (await session.execute(wanted)).all()
    return ListProjectsResponse(items=[_project(row) for row in rows], next_page_token=page.next_token(rows))


async def get_variable(session: Session, variable_id: UUID) -> Variable:
    """A variable with its active prompt. Raises VariableNotFound."""
    found = await _variables(session, select(variables).where(variables.c.id == variable_id))
    if not found:
        raise VariableNotFound()
    return found[0]


async def list_variables(session: Session, project_id: UUID) -> list[Variable]:
    """A project's variables with their active prompts, in the order of the columns. Raises ProjectNotFound."""
    await get_project(session, project_id)
    wanted = select(variables).where(variables.c.project_id == project_id).order_by(variables.c.position)
    return await _variables(session, wanted)


async def some_variables(session: Session, variable_ids: Sequence[UUID]) -> list[Variable]:
    """Those of the variables that there are, with their active prompts, in the order of the ids."""
    found = await _variables(session, select(variables).where(variables.c.id.in_(variable_ids)))
    by_id = {variable.id: variable for variable in found}
    return [by_id[str(one)] for one in variable_ids if str(one) in by_id]


async def list_prompts(session: Session, variable_id: UUID) -> list[PromptVersion]:
    """A variable's prompt versions, newest first. Raises VariableNotFound."""
    await get_variable(session, variable_id)
    wanted = select(prompts, NEWEST).where(prompts.c.variable_id == variable_id).order_by(prompts.c.version.desc())
    return [_prompt(row) for row in await session.execute(wanted)]


async def get_prompt(session: Session, prompt_id: UUID) -> PromptVersion:
    """Raises PromptNotFound."""
    row = (await session.execute(select(prompts, NEWEST).where(prompts.c.id == prompt_id))).one_or_none()
    if row is None:
        raise PromptNotFound()
    return _prompt(row)


async def diff_prompts(session: Session, prompt_id: UUID, against_id: UUID | None) -> DiffPromptsResponse:
    """What changed from one version of a variable's prompt to another. Raises PromptNotFound."""
    after = await get_prompt(session, prompt_id)
    versions = {version.version: version for version in await list_prompts(session, UUID(after.variable_id))}
    if against_id is not None:
        before = await get_prompt(session, against_id)
    else:
        before = versions.get(after.version - 1, PromptVersion())
    lines = difflib.unified_diff(
        before.text.splitlines(),
        after.text.splitlines(),
        f"version {before.version}",
        f"version {after.version}",
        lineterm="",
    )
    return DiffPromptsResponse(from_version=before.version, to_version=after.version, diff="\n".join(lines))


async def _variables(session: Session, wanted: Select[Any]) -> list[Variable]:
    """The variables of one project, each with its active prompt and what a person should look at."""
    rows = (await session.execute(wanted)).all()
    if not rows:
        return []
    active = select(prompts, NEWEST).where(prompts.c.variable_id.in_([row.id for row in rows]), prompts.c.active)
    by_variable = {prompt.variable_id: prompt for prompt in await session.execute(active)}
    return [_variable(row, by_variable.get(row.id)) for row in rows]


def _seen_by(user_id: UUID | None) -> Select[Any]:
    """Projects, each with when the user last saw it."""
    own = and_(visits.c.project_id == projects.c.id, visits.c.user_id == user_id)
    return select(projects, visits.c.seen_at).outerjoin(visits, own)


def _project(row: Any) -> Project:
    return _message(Project, {**row._mapping, "etag": project_from(row).etag})


def _variable(row: Any, prompt: Any) -> Variable:
    variable = variable_from(row)
    # By way of the value: what was saved before a field came has its default.
    own = {"active_prompt": None, "created_at": row.created_at, "etag": etag_of_variable(variable)}
    message = from_plain(Variable, {**write(variable), **own})
    if prompt is not None:
        message.active_prompt.CopyFrom(_prompt(prompt))
        warning = outdated(variable, kept_prompt(prompt))
        message.warnings.extend([warning] if warning else [])
    return message


def _prompt(row: Any) -> PromptVersion:
    schema = kept_prompt(row).answers.schema()
    return _message(PromptVersion, {**row._mapping, "response_schema": schema})


def _message(kind: type[M], row: Mapping[Any, Any]) -> M:
    return from_plain(kind, {name: value for name, value in row.items() if name not in _HIDDEN})
