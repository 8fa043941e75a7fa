"""How a job's documents fared: when each attempt began and ended, what it took, and the ids that find it elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from coderai.client.api import CoderAI
from coderai.client.errors import UsageError
from coderai.client.models import Job, JobEvent, Task
from coderai.client.screen import Screen, counted

TRACE_ID = "{trace_id}"
"""Stands for a trace's id in the address of a store of traces."""
_BEGUN, _ENDED = "DOC_STARTED", ("DOC_COMPLETED", "DOC_FAILED")
_SET_GOING = ("JOB_STARTED", "JOB_RESUMED")


class DocumentNotInJob(UsageError):
    """The job has no document of that id or name."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one document of a job."""

    task: Task
    events: Sequence[JobEvent]
    """The log's lines about the document, the first one first."""
    set_going: Sequence[datetime]
    """When the job was started, and each time that it went on."""

    @property
    def begun(self) -> list[datetime]:
        """When each attempt began."""
        return [_time(event) for event in self.events if event.event == _BEGUN]

    @property
    def seconds_waiting(self) -> float | None:
        """From when the job was last set going before the first attempt until that; None when there was none."""
        before = [moment for moment in self.set_going if self.begun and moment <= self.begun[0]]
        return (self.begun[0] - before[-1]).total_seconds() if before else None

    @property
    def seconds_working(self) -> float | None:
        """From the beginning of the last attempt to its end; None when it has not ended."""
        ended = [_time(event) for event in self.events if event.event in _ENDED]
        has_ended = ended and self.begun and ended[-1] >= self.begun[-1]
        return (ended[-1] - self.begun[-1]).total_seconds() if has_ended else None


@dataclass(frozen=True, slots=True)
class Followed:
    """A job with the courses of its documents."""

    job: Job
    events: Sequence[JobEvent]
    """The log's lines about the job as a whole."""
    courses: Sequence[Course] = field(default_factory=list)


def follow_documents(api: CoderAI, job_id: str, document: str = "") -> Followed:
    """Reads the job's log and tasks; `document`: an id, or a name that several may have, or empty for all.

    Raises:
        ApiError: there is no such job.
        DocumentNotInJob
    """
    job = api.job(job_id)
    tasks = [task for task in api.tasks(job_id) if document in ("", task.document_id, task.document_name)]
    if document and not tasks:
        raise DocumentNotInJob(f"the job {job_id} has no document of the id or name {document!r}")
    of_documents: dict[str, list[JobEvent]] = {}
    for event in api.job_log(job_id):
        of_documents.setdefault(event.document_id, []).append(event)
    of_job = of_documents.get("", [])
    set_going = [_time(event) for event in of_job if event.event in _SET_GOING]
    courses = [Course(task, of_documents.get(task.document_id, []), set_going) for task in tasks]
    return Followed(job, of_job, courses)


def checked_traces_url(template: str) -> str:
    """The address of a store of traces, in which TRACE_ID stands for a trace's id; empty for none.

    Raises:
        UsageError: it has no place for the id.
    """
    if template and TRACE_ID not in template:
        raise UsageError(f"--traces-url needs {TRACE_ID} where a trace's id stands; it is {template!r}")
    return template


def show_courses(followed: Followed, traces_url: str, screen: Screen) -> None:
    """The job's own lines, then each document with its attempts."""
    job = followed.job
    failed = f", {job.documents_failed:,} failed" if job.documents_failed else ""
    screen.note(f"{job.kind} job {job.id}: {job.status}, {counted(job.documents_total, 'document')}{failed}")
    _show_events(followed.events, traces_url, screen)
    for course in followed.courses:
        mark = screen.warn if course.task.status == "FAILED" else screen.note
        mark(f"{course.task.document_name} (document {course.task.document_id}): {_outcome(course)}")
        _show_events(course.events, traces_url, screen)


def _outcome(course: Course) -> str:
    task, receipt = course.task, course.task.receipt
    parts = [f"{task.status}, {counted(len(course.begun), 'attempt')}"]
    for what, seconds in (("waited", course.seconds_waiting), ("worked", course.seconds_working)):
        if seconds is not None:
            parts.append(f"{what} {seconds:.2f} s")
    if receipt.calls:
        asked = counted(receipt.calls, "request")
        parts.append(f"{asked} to the model, {receipt.tokens_in:,} tokens in, {receipt.tokens_out:,} out")
    return "; ".join([*parts, *([task.error] if task.error else [])])


def _show_events(events: Iterable[JobEvent], traces_url: str, screen: Screen) -> None:
    """Each line of the log with its ids; an id is told once for all the lines that follow one another with it."""
    ids = ("", "")
    for event in events:
        when = _time(event).astimezone(UTC).isoformat(" ", "milliseconds").removesuffix("+00:00")
        screen.detail(f"{when}  {event.event}  {event.message}")
        if ids != (ids := (event.correlation_id, event.trace_id)):
            trace = f", trace {event.trace_id}" if event.trace_id else ""
            screen.detail(f"    correlation id {event.correlation_id}{trace}")
            if event.trace_id and traces_url:
                screen.detail(f"    {traces_url.replace(TRACE_ID, event.trace_id)}")


def _time(event: JobEvent) -> datetime:
    return event.created_at or datetime.min.replace(tzinfo=UTC)
