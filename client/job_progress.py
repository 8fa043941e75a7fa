"""Follows a job to its end before the user's eyes."""

from __future__ import annotations

from contextlib import suppress

from coderai.client.api import CoderAI
from coderai.client.errors import ClientError
from coderai.client.models import Job
from coderai.client.screen import Screen

_WAITING = "MODEL_WAITING"


class JobStopped(ClientError):
    """A job failed, was cancelled, or waits for a person."""

    def __init__(self, job: Job) -> None:
        reason = f": {job.status_reason}" if job.status_reason else ""
        done = f"{job.documents_coded:,} of {job.documents_total:,} documents are coded and kept"
        super().__init__(f"the {job.kind.lower()} run is {job.status.lower()}{reason}\n{done}")
        self.job = job


class Interrupted(ClientError):
    """The user pressed Ctrl-C; the message says what became of the work."""


def follow(api: CoderAI, job: Job, screen: Screen, *, keep_going: bool = False) -> Job:
    """Shows the job's progress until it is complete, and returns it then.

    `keep_going`: go on by itself when the job pauses, as long as documents were coded since it last did.

    Raises:
        JobStopped: it failed, was cancelled or paused.
    """
    while True:
        coded_before = job.documents_coded
        job = _watch(api, job, screen)
        if job.status == "COMPLETE":
            return job
        if job.status != "PAUSED" or not keep_going or job.documents_coded == coded_before:
            raise JobStopped(job)
        screen.warn(f"the job paused and goes on: {job.status_reason}")
        job = api.resume_job(job.id)


def cancel_quietly(api: CoderAI, job: Job) -> None:
    """Ends a job that nobody waits for any more; what stands in the way is no longer of interest."""
    with suppress(ClientError):
        api.cancel_job(job.id)


def pause_quietly(api: CoderAI, job: Job) -> None:
    """Has a job wait for a person; a job that cannot be paused is over or goes on by itself later."""
    with suppress(ClientError):
        api.pause_job(job.id)


def _watch(api: CoderAI, job: Job, screen: Screen) -> Job:
    doing = "trying the sample" if job.kind == "SAMPLE" else "coding"
    with screen.progress(doing) as show:
        for update in api.watch_job(job.id):
            if update.event is not None and update.event.event == _WAITING:
                screen.warn(update.event.message)
            show(update.job.documents_processed, update.job.documents_total, _detail(update.job))
    # An event holds the job as it stood then; what counts is how it stands now.
    return api.job(job.id)


def _detail(job: Job) -> str:
    parts = [f"{job.documents_failed} failed"] if job.documents_failed else []
    if job.tokens_in + job.tokens_out:
        parts.append(f"{job.tokens_in + job.tokens_out:,} tokens")
    if job.eta_seconds:
        parts.append(f"about {duration(job.eta_seconds)} left")
    return "".join(f", {part}" for part in parts)


def duration(seconds: float) -> str:
    """Seconds as a person says them: 5 min 10 s."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
