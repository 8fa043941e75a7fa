"""`coderai projects` and `coderai jobs`: what there is, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.models import Job, Project
from coderai.client.options import Email, Password, Token, Url
from coderai.client.project_choice import choose_project
from coderai.client.screen import Screen, printable
from coderai.client.tables import plain_table, words

Most = Annotated[int, typer.Option("--most", min=1, metavar="N", help="How many to show, the newest.")]


def projects(
    most: Most = 50,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """List the projects: name, id, status, model, when they were made.

    Example:

    - `coderai projects`
    """
    with exit_status():
        screen = Screen()
        with signed_in(Where(url, email, password, token, own_data()), screen) as api:
            found = sorted(api.projects(), key=lambda project: project.id, reverse=True)  # ids are in time's order
            screen.show(_projects_table(found[:most]))
            tell_rest(len(found) - most, "projects", screen)


def jobs(
    project: Annotated[
        str, typer.Argument(metavar="[PROJECT]", help="Its id or name; all without it.", show_default=False)
    ] = "",
    most: Most = 20,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """List the jobs, newest first: what became of their documents, and what they cost.

    `coderai resume` goes on with the newest that can go on, `coderai resume JOB` with another.

    Examples:

    - `coderai jobs`

    - `coderai jobs Strikes`
    """
    with exit_status():
        screen = Screen()
        with signed_in(Where(url, email, password, token, own_data()), screen) as api:
            found = _of_project(api, project) if project else list(all_jobs(api))
            found.sort(key=lambda pair: pair[1].id, reverse=True)
            screen.show(_jobs_table(found[:most]))
            tell_rest(len(found) - most, "jobs", screen)


def all_jobs(api: CoderAI) -> Iterator[tuple[Project, Job]]:
    """Every job of the workspace with its project."""
    return ((project, job) for project in api.projects() for job in api.jobs(project.id))


def has_failed_documents(job: Job) -> bool:
    """Whether a job came to its end, and some of its documents did not."""
    return job.kind == "FULL" and job.status == "COMPLETE" and job.documents_failed > 0


def _of_project(api: CoderAI, name: str) -> list[tuple[Project, Job]]:
    project = choose_project(api, name)
    return [(project, job) for job in api.jobs(project.id)]


def _projects_table(found: Sequence[Project]) -> Table:
    table = plain_table("Projects" if found else "There is no project yet")
    for name in ("name", "id", "status", "model", "made"):
        table.add_column(name, no_wrap=name != "name")
    for one in found:
        table.add_row(Text(printable(one.name)), one.id, words(one.status), one.model, time_here(one.created_at))
    return table


def _jobs_table(found: Sequence[tuple[Project, Job]]) -> Table:
    table = plain_table("Jobs, newest first" if found else "There is no job yet")
    for name in ("job", "project", "kind", "status", "coded", "failed", "cost", "begun"):
        table.add_column(name, no_wrap=name != "project")
    for project, job in found:
        coded = f"{job.documents_coded:,} of {job.documents_total:,}"
        cost = f"${job.cost:,.2f}" if job.cost else ""
        row = (words(job.kind), words(job.status), coded, f"{job.documents_failed:,}", cost, time_here(job.created_at))
        table.add_row(job.id, Text(printable(project.name)), *row)
    return table


def time_here(time: datetime | None) -> str:
    """To the minute, here: 2026-11-26 10:20."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}" if time else ""


def tell_rest(number: int, what: str, screen: Screen) -> None:
    if number > 0:
        screen.note(f"{number:,} older {what} are not shown; --most shows more")
