"""The part of the API that is about jobs and what they extracted, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coderai.client.calls import Calls
from coderai.client.event_stream import job_updates
from coderai.client.models import (
    Extraction,
    Job,
    JobEstimate,
    JobEvent,
    JobUpdate,
    Task,
    UnreadPages,
    UnsurePages,
    VariableStatistics,
)
from coderai.messages.requests import JobKind, Verify


class JobCalls(Calls):
    """Runs over documents, what became of each document, and the values that came of it."""

    def start_job(
        self,
        project_id: str,
        kind: JobKind,
        *,
        sample_size: int | None = None,
        document_ids: Sequence[str] = (),
        skip_sample: bool = False,
        leave_out_duplicates: bool = False,
        sample_seed: int | None = None,
        first_documents: bool = False,
        verify: Verify | None = None,
        reasoning_effort: str = "",
        variables: Sequence[str] = (),
        leave_out_current: bool = False,
    ) -> Job:
        """Starts coding documents: `sample_size` random or chosen ones (SAMPLE), or all (FULL).

        `leave_out_duplicates`: without those that repeat another (Document.duplicate_of), unless they are chosen.
        `sample_seed`: draws the sample again that an earlier job has (Job.sample_seed). `first_documents`: takes the
        first ones in place of random ones. `verify`, `reasoning_effort`: in place of the project's, for this job.
        `variables`: the names of the only ones to ask, with those that depend on them; units and the values of other
        variables are the dataset's. `leave_out_current`: asks only what the dataset does not have: documents that were
        never coded, and stale cells.

        Raises:
            ApiError: its `code` is nothing_stale when there is nothing to ask.
        """
        settings = {
            "sample_size": sample_size,
            "document_ids": list(document_ids),
            "skip_sample": skip_sample,
            "leave_out_duplicates": leave_out_duplicates,
            "sample_seed": sample_seed,
            "first_documents": first_documents,
            "verify": verify,
            "reasoning_effort": reasoning_effort,
            "variables": list(variables),
            "leave_out_current": leave_out_current,
        }
        return Job.model_validate(self._session.post(f"projects/{project_id}/jobs", _body(kind, settings)))

    def estimate_job(
        self,
        project_id: str,
        kind: JobKind,
        *,
        document_ids: Sequence[str] = (),
        leave_out_duplicates: bool = False,
        verify: Verify | None = None,
        reasoning_effort: str = "",
        variables: Sequence[str] = (),
        leave_out_current: bool = False,
    ) -> JobEstimate:
        """What such a job would take, without starting it.

        Raises:
            ApiError: as start_job raises it.
        """
        settings = {
            "document_ids": list(document_ids),
            "leave_out_duplicates": leave_out_duplicates,
            "verify": verify,
            "reasoning_effort": reasoning_effort,
            "variables": list(variables),
            "leave_out_current": leave_out_current,
        }
        answer = self._session.post(f"projects/{project_id}/jobs/estimate", _body(kind, settings))
        return JobEstimate.model_validate(answer)

    def jobs(self, project_id: str) -> Iterator[Job]:
        """The project's jobs, newest first."""
        return self._items(Job, f"projects/{project_id}/jobs")

    def job(self, job_id: str) -> Job:
        """A job as it stands."""
        return Job.model_validate(self._session.get(f"jobs/{job_id}"))

    def pause_job(self, job_id: str) -> Job:
        """Pauses; documents that are coded stay coded."""
        return Job.model_validate(self._session.post(f"jobs/{job_id}/pause"))

    def resume_job(self, job_id: str) -> Job:
        """Goes on with a paused job."""
        return Job.model_validate(self._session.post(f"jobs/{job_id}/resume"))

    def retry_failed(self, job_id: str) -> Job:
        """Codes the job's failed documents again."""
        return Job.model_validate(self._session.post(f"jobs/{job_id}/retry-failed"))

    def cancel_job(self, job_id: str) -> None:
        """Ends a job for good; documents that are coded stay coded."""
        self._session.request("DELETE", f"jobs/{job_id}")

    def watch_job(self, job_id: str, *, after: int | None = None) -> Iterator[JobUpdate]:
        """The job's snapshot and then every event as it happens, until the job is over or paused.

        A lost connection is made again, with nothing missed or doubled. `after`: the sequence number of the last update
        that was seen, to go on from there in place of a snapshot.
        """
        return job_updates(self._session, job_id, after)

    def tasks(self, job_id: str, *, status: str = "") -> Iterator[Task]:
        """The job's documents in upload order, each with what became of it.

        `status`: PENDING, QUEUED, DONE, FAILED or CANCELLED.
        """
        return self._items(Task, f"jobs/{job_id}/tasks", status=status)

    def job_log(self, job_id: str) -> Iterator[JobEvent]:
        """The lines of the job's log, oldest first: what happened to it and its documents, in which trace."""
        return self._items(JobEvent, f"jobs/{job_id}/log")

    def job_statistics(self, job_id: str) -> list[VariableStatistics]:
        """Per variable how much was found, and why the rest was not."""
        return list(self._items(VariableStatistics, f"jobs/{job_id}/statistics", paged=False))

    def unread_pages(self, job_id: str) -> list[UnreadPages]:
        """The job's documents of which pages were not read: what is not found in them may stand there."""
        answer = self._session.get(f"jobs/{job_id}/statistics")
        return [UnreadPages.model_validate(item) for item in answer.get("unread_pages", ())]

    def unsure_pages(self, job_id: str) -> list[UnsurePages]:
        """The job's documents with pages of which text recognition is unsure: what is read there may be misread."""
        answer = self._session.get(f"jobs/{job_id}/statistics")
        return [UnsurePages.model_validate(item) for item in answer.get("unsure_pages", ())]

    def extractions(
        self,
        project_id: str,
        *,
        job_id: str = "",
        document_id: str = "",
        variable: str = "",
        status: str = "",
        min_confidence: float | None = None,
        max_confidence: float | None = None,
    ) -> Iterator[Extraction]:
        """The dataset's cells, or a job's values when it is named, in no order that means something."""
        return self._items(
            Extraction,
            f"projects/{project_id}/extractions",
            job_id=job_id,
            document_id=document_id,
            variable=variable,
            status=status,
            min_confidence=min_confidence,
            max_confidence=max_confidence,
        )

    def extraction(self, extraction_id: str) -> Extraction:
        """One value."""
        return Extraction.model_validate(self._session.get(f"extractions/{extraction_id}"))


def _body(kind: JobKind, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A request about a job; what nobody has asked for is left out, but a seed of 0 has been."""
    asked = {name: value for name, value in settings.items() if value or (value == 0 and value is not False)}
    return {"kind": kind} | asked
