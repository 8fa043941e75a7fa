"""`coderai resume`: goes on with a job that was interrupted or paused, and writes the dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coderai.client.api import CoderAI
from coderai.client.coding import ACTIVE
from coderai.client.command_line import same_command
from coderai.client.errors import UsageError
from coderai.client.exit_status import exit_status
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.listing import all_jobs, has_failed_documents
from coderai.client.options import (
    DEFAULT_COLUMNS,
    Columns,
    Email,
    Extractors,
    KeepGoing,
    Output,
    Password,
    ResumeFormats,
    ResumeOut,
    ResumeTruth,
    Token,
    Url,
)
from coderai.client.run import Run
from coderai.client.run_state import Remembered, RunState
from coderai.client.screen import Screen


def resume(
    job: Annotated[
        str, typer.Argument(help="The job's id; without it the newest that can go on.", show_default=False)
    ] = "",
    out: ResumeOut = None,
    formats: ResumeFormats = "",
    columns: Columns = DEFAULT_COLUMNS,
    truth: ResumeTruth = None,
    keep_going: KeepGoing = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
    extractors: Extractors = 1,
) -> None:
    """Go on with an interrupted or paused job, and write the dataset.

    Documents that are coded stay coded, those that failed are tried again. Of a job that is complete, the dataset is
    written again. `coderai jobs` lists the jobs. The exit status is that of run.

    Examples:

    - `coderai resume`

    - `coderai resume 0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11 --out out`
    """
    with exit_status() as ending:
        screen, where = Screen(), Where(url, email, password, token, own_data(), extractors)
        Output(out or Path(), formats, columns, truth).check()
        with signed_in(where, screen) as api:
            job_id = job or _newest(api)
            of_run = RunState(where.data).of_project(api.job(job_id).project_id)
            output = Output(out or _remembered_out(of_run, job_id), formats, columns, truth)
            known = of_run.known_formats if of_run else ()
            wanted = output.wanted((), same_command(), keep_going=keep_going, formats=known)
            ending.failed_documents = Run(api, screen).resume(job_id, wanted, truth).failed_documents


def _newest(api: CoderAI) -> str:
    """Raises UsageError."""
    found = [job for _, job in all_jobs(api)]
    waiting = [job for job in found if job.status in ACTIVE] or [job for job in found if has_failed_documents(job)]
    if not waiting:
        raise UsageError("no job can go on: all are over; `coderai jobs` lists them")
    return max(job.id for job in waiting)  # ids are in time's order


def _remembered_out(run: Remembered | None, job_id: str) -> Path:
    """Where the run that made the job's project writes its dataset. Raises UsageError."""
    if run is None or not run.out:
        raise UsageError(f"it is not known where the dataset of job {job_id} goes: give --out")
    return Path(run.out)
