"""Which project a command is about: its id, or its name where only one has it."""

from __future__ import annotations

from uuid import UUID

from coderai.client.api import CoderAI
from coderai.client.errors import UsageError
from coderai.client.installation import Where
from coderai.client.models import Project
from coderai.client.run_state import RunState

_MOST_SHOWN = 10


class ProjectUnclear(UsageError):
    """No project, or more than one, is called so."""


def choose_project(api: CoderAI, wanted: str) -> Project:
    """The project with this id or name; the case of letters counts only where two names differ in nothing else.

    Raises:
        ProjectUnclear: no project or several are called so.
        ApiError: there is no project with this id.
    """
    if _is_id(wanted):
        return api.project(wanted)
    projects = list(api.projects())
    exactly = [project for project in projects if project.name == wanted]
    found = exactly or [project for project in projects if project.name.casefold() == wanted.casefold()]
    if len(found) == 1:
        return found[0]
    shown = [f"  {project.id}  {project.name}" for project in (found or projects)[:_MOST_SHOWN]]
    if found:
        raise ProjectUnclear("\n".join([f"{len(found)} projects are called {wanted!r}; give the id of one:", *shown]))
    there_are = ["there are:", *shown] if shown else ["there is none yet"]
    raise ProjectUnclear("\n".join([f"no project is called {wanted!r}; {there_are[0]}", *there_are[1:]]))


def chosen_or_last(api: CoderAI, wanted: str, where: Where) -> Project:
    """The project that is named; when none is, that of the last run in this folder, or the only one that there is.

    Raises:
        ProjectUnclear: none is named, and which is meant is not known; or as `choose_project` raises it.
    """
    if wanted:
        return choose_project(api, wanted)
    user_id = "" if where.is_own else api.me().id
    last, projects = RunState(where.data).last_project(where.url, user_id), list(api.projects())
    found = [project for project in projects if project.id == last] or projects
    if len(found) == 1:
        return found[0]
    if not projects:
        raise ProjectUnclear("there is no project yet: `coderai run` makes one")
    shown = [f"  {project.id}  {project.name}" for project in projects[:_MOST_SHOWN]]
    raise ProjectUnclear("\n".join(["no run in this folder says which project is meant; name one:", *shown]))


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
