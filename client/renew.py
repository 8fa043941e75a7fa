"""`coderai renew`: asks again what is stale in the dataset, after showing what that takes."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.job_progress import Interrupted, cancel_quietly, follow
from coderai.client.models import Job, JobEstimate, Staleness, VariableStaleness
from coderai.client.options import Email, Extractors, Password, ProjectChoice, Token, Url, Variables, read_names
from coderai.client.project_choice import choose_project
from coderai.client.screen import Screen, counted, printable
from coderai.client.tables import plain_table, words


def renew(
    project: ProjectChoice,
    variables: Variables = "",
    other_model: Annotated[
        bool, typer.Option("--other-model", help="Ask again also what another model than the project's answered.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Start without asking.")] = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
    extractors: Extractors = 1,
) -> None:
    """Ask again what is stale: cells whose question has changed, that failed, or that were never asked.

    What is stale and what renewing it takes is shown first. Nothing else is asked, and what people have corrected
    stays. An interrupted renewal keeps what it has done; the same command does the rest.

    Examples:

    - `coderai renew Strikes`

    - `coderai renew Strikes --variables participants --yes`

    Exit status: 0 done, or nothing to do; 1 something failed; 2 wrong usage; 4 some documents failed; 130 interrupted.
    """
    with exit_status() as ending:
        names, screen = read_names(variables), Screen()
        with signed_in(Where(url, email, password, token, own_data(), extractors), screen) as api:
            project_id = choose_project(api, project).id
            stale = _of(api.staleness(project_id, other_model=other_model), names)
            if not stale:
                screen.done("nothing is stale")
                return
            screen.show(staleness_table(stale))
            show_estimate(api.estimate_renewal(project_id, variables=names, other_model=other_model), screen)
            if yes or typer.confirm("Start?"):
                job = api.renew(project_id, variables=names, other_model=other_model)
                ending.failed_documents = _watch(api, job, screen).documents_failed


def _of(found: Staleness, names: list[str]) -> list[VariableStaleness]:
    return [one for one in found.items if one.cells and (not names or one.variable in names)]


def staleness_table(stale: list[VariableStaleness]) -> Table:
    """A line for each variable with stale cells, and why they are."""
    table = plain_table("Stale in the dataset")
    for name in ("variable", "cells", "documents", "why"):
        table.add_column(name, no_wrap=True)
    for one in stale:
        why = ", ".join(f"{count:,} {words(reason)}" for reason, count in sorted(one.reasons.items()) if count)
        table.add_row(Text(printable(one.variable)), f"{one.cells:,}", f"{one.documents:,}", why)
    return table


def show_estimate(estimate: JobEstimate, screen: Screen) -> None:
    """What a job would take, and what that rests on."""
    cost = "" if not estimate.cost else f", about {estimate.cost:,.2f} {estimate.currency or 'USD'}"
    tokens = estimate.tokens_in + estimate.tokens_out
    what = f"{counted(estimate.documents, 'document')}, {counted(estimate.calls, 'call')}, {counted(tokens, 'token')}"
    screen.note(f"it takes {what}{cost} with {estimate.model}")
    for note in estimate.notes:
        screen.detail(note)


def _watch(api: CoderAI, job: Job, screen: Screen) -> Job:
    screen.note(f"renewing {counted(job.documents_total, 'document')} (job {job.id})")
    try:
        job = follow(api, job, screen)
    except KeyboardInterrupt:
        cancel_quietly(api, job)
        raise Interrupted("interrupted; what is renewed is kept, and the same command does the rest") from None
    screen.done(f"renewed {counted(job.documents_coded, 'document')} with {job.model}")
    return job
