"""Starts a run's jobs, or joins the one under way, and follows them to their end before the user's eyes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError
from coderai.client.job_progress import Interrupted, JobStopped, cancel_quietly, follow, pause_quietly
from coderai.client.models import Job
from coderai.client.screen import MOST_PROBLEMS_SHOWN, Screen, counted, tell_problems
from coderai.client.uploading import NothingToCode
from coderai.client.waiting import looks

ACTIVE = ("PENDING", "PROCESSING", "PAUSED")
"""The statuses of a job that can go on; a project has one such job at a time."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The part of a run that is about jobs."""

    api: CoderAI
    screen: Screen

    def active(self, project_id: str) -> Job | None:
        """The project's job that runs or waits for a person."""
        newest = next(self.api.jobs(project_id), None)
        return newest if newest is not None and newest.status in ACTIVE else None

    def start(self, project_id: str, begin: Callable[[], Job]) -> Job | None:
        """Starts a job, after that of another run, if one is under way; gives None if nothing is left to ask.

        Raises:
            JobStopped: the other one did not come to its end.
            ApiError: the API refuses the job otherwise.
        """
        for _ in looks(None, "the job of another run"):
            try:
                return begin()
            except ApiError as error:
                if error.code == "nothing_stale":
                    return None
                if error.code != "job_active":
                    raise
            under_way = self.active(project_id)
            if under_way is not None:
                self.screen.note(f"waiting for another run of this project, with job {under_way.id}")
                follow(self.api, under_way, self.screen)
        raise AssertionError("the looks do not end")

    def go_on(self, job: Job) -> Job:
        """Has a job go on that waits or is over, its failed documents included; one that runs does so anyway."""
        if job.status in ("PENDING", "PROCESSING"):
            return job
        if job.documents_failed:
            return self.api.retry_failed(job.id)
        return self.api.resume_job(job.id) if job.status == "PAUSED" else job

    def try_sample(self, job: Job, how_to_go_on: str) -> Job:
        """Follows a sample to its end.

        Raises:
            NothingToCode: none of its documents could be coded.
            JobStopped: it did not come to its end.
            KeyboardInterrupt: the user pressed Ctrl-C; the job is cancelled, and what is coded is kept.
        """
        try:
            job = follow(self.api, job, self.screen)
        except KeyboardInterrupt:
            cancel_quietly(self.api, job)
            raise
        except JobStopped as stopped:
            self._tell_stop(stopped, how_to_go_on)
            raise
        self._tell_failures(job)
        if job.documents_failed == job.documents_total:
            raise NothingToCode("no document of the sample could be coded, so that the others were not tried")
        drawn = "" if job.sample_seed is None else f" (--sample-seed {job.sample_seed} draws the same again)"
        self.screen.done(f"tried a sample of {counted(job.documents_total, 'document')} with {job.model}{drawn}")
        return job

    def finish(self, job: Job, how_to_go_on: str, *, keep_going: bool) -> Job:
        """Follows a job to its end, and tells what became of it.

        Raises:
            JobStopped: it did not come to its end.
            Interrupted: the user pressed Ctrl-C; a job that was running is paused.
        """
        try:
            self.screen.note(f"coding {counted(job.documents_total, 'document')} (job {job.id})")
            job = follow(self.api, job, self.screen, keep_going=keep_going)
        except KeyboardInterrupt:
            pause_quietly(self.api, job)
            raise Interrupted(f"interrupted; what is coded is kept\nTo go on: {how_to_go_on}") from None
        except JobStopped as stopped:
            self._tell_stop(stopped, how_to_go_on)
            raise
        self.screen.done(f"coded {counted(job.documents_coded, 'document')} with {job.model}{_spent(job)}")
        self._tell_failures(job)
        return job

    def _tell_stop(self, stopped: JobStopped, how_to_go_on: str) -> None:
        self._tell_failures(stopped.job)
        if stopped.job.status == "PAUSED":
            self.screen.note(f"To go on: {how_to_go_on}")

    def _tell_failures(self, job: Job) -> None:
        tasks = islice(self.api.tasks(job.id, status="FAILED"), MOST_PROBLEMS_SHOWN if job.documents_failed else 0)
        problems = [(task.document_name, task.error) for task in tasks]
        tell_problems(self.screen, "could not be coded", problems, job.documents_failed)


def _spent(job: Job) -> str:
    tokens = job.tokens_in + job.tokens_out
    cost = f", ${job.cost:,.2f}" if job.cost else ""
    return f" ({counted(tokens, 'token')}{cost})" if tokens else ""
