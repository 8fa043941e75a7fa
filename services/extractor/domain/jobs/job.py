"""A job's life: its state machine, its counters and the events that each change writes to its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from coderai.kit.errors import Conflict
from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.kit.models import Price
from coderai.services.extractor.domain.jobs.pace import NO_PACE, Pace

MOST_FAILURES_IN_A_ROW = 10


class JobKind(StrEnum):
    """What a job is for."""

    SAMPLE = "SAMPLE"
    FULL = "FULL"
    TRIAL = "TRIAL"
    """Tries a changed variable beside the dataset."""


class JobStatus(StrEnum):
    """Where a job stands."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    PAUSED = "PAUSED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


ENDED = frozenset({JobStatus.COMPLETE, JobStatus.FAILED, JobStatus.CANCELLED})
RUNNING = frozenset({JobStatus.PENDING, JobStatus.PROCESSING})
ACTIVE = RUNNING | {JobStatus.PAUSED}


class TaskStatus(StrEnum):
    """Where one document of a job stands."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class EventType(StrEnum):
    """What a row of a job's log tells."""

    JOB_STARTED = "JOB_STARTED"
    DOC_STARTED = "DOC_STARTED"
    DOC_COMPLETED = "DOC_COMPLETED"
    DOC_FAILED = "DOC_FAILED"
    JOB_PAUSED = "JOB_PAUSED"
    JOB_RESUMED = "JOB_RESUMED"
    JOB_COMPLETED = "JOB_COMPLETED"
    JOB_FAILED = "JOB_FAILED"
    JOB_CANCELLED = "JOB_CANCELLED"
    MODEL_WAITING = "MODEL_WAITING"
    """A model does not answer; it is asked again."""
    DOCS_REREAD = "DOCS_REREAD"
    """Documents that were coded have other texts since."""


class Level(StrEnum):
    """How much a row of the log matters."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class JobNotRunning(Conflict):
    """The job is not running."""


class JobNotPaused(Conflict):
    """The job is not paused."""


class JobEnded(Conflict):
    """The job has ended already."""


class NothingToRetry(Conflict):
    """No document of the job failed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a job's log, without its number."""

    type: EventType
    message: str
    level: Level = Level.INFO
    document_id: UUID | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One run over documents; each change returns the job after it with the events that it causes."""

    id: UUID
    project_id: UUID
    kind: JobKind
    codebook_hash: str
    model: str
    documents_total: int
    created_at: datetime
    status: JobStatus = JobStatus.PENDING
    status_reason: str = ""
    documents_processed: int = 0
    documents_failed: int = 0
    consecutive_failures: int = 0
    token_budget: int = 0
    """Most tokens that the project's jobs may use together, as last asked for; 0 for no limit."""
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost: float | None = 0.0
    """US dollars; None when the model's price was not known for a part of it."""
    last_sequence: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    pace: Pace = NO_PACE
    sample_seed: int | None = None
    """What a random sample was drawn with; None for other jobs."""
    variables: tuple[str, ...] = ()
    """Names of the only variables that it asks; empty when it asks all."""

    @property
    def is_running(self) -> bool:
        """Whether documents are handed out."""
        return self.status in RUNNING

    @property
    def progress(self) -> float:
        """Documents processed, 0..100."""
        return 100.0 * self.documents_processed / self.documents_total if self.documents_total else 100.0

    def eta_seconds(self, now: datetime) -> float | None:
        """Seconds left at the throughput of late; None when it does not run or nothing is known of it."""
        if self.status is not JobStatus.PROCESSING:
            return None
        return self.pace.seconds_for(self.documents_total - self.documents_processed, now)

    def spent(self, usage: Usage, price: Price | None) -> Job:
        """Counts tokens, whatever became of what they were spent on; `price` is None when it is not known."""
        if usage == NOTHING_USED:
            return self
        cost = None if price is None or self.cost is None else self.cost + price.of(usage)
        return replace(
            self,
            tokens_in=self.tokens_in + usage.tokens_in,
            tokens_out=self.tokens_out + usage.tokens_out,
            tokens_cached=self.tokens_cached + usage.tokens_cached,
            cost=cost,
        )

    def document_started(self, document_id: UUID, name: str, trouble: str, now: datetime) -> tuple[Job, list[Event]]:
        """A worker begins with a document, again if there was `trouble`; the first one sets the job going.

        Raises:
            JobNotRunning
        """
        self._must_run("a document can be begun")
        job = replace(self, status=JobStatus.PROCESSING)
        if self.started_at is None:
            job = replace(job, started_at=now, pace=self.pace.begun(now))
        if trouble:
            return job, [Event(EventType.DOC_STARTED, f"trying {name} again: {trouble}", Level.WARNING, document_id)]
        return job, [Event(EventType.DOC_STARTED, f"started {name}", document_id=document_id)]

    def model_waiting(self, document_id: UUID, problem: str) -> tuple[Job, list[Event]]:
        """A model does not answer for now; nothing changes but the log."""
        return self, [Event(EventType.MODEL_WAITING, problem, Level.WARNING, document_id)]

    def document_done(
        self, document_id: UUID, name: str, metadata: Mapping[str, Any], now: datetime
    ) -> tuple[Job, list[Event]]:
        """A document is coded; the last one completes the job."""
        job = replace(
            self,
            documents_processed=self.documents_processed + 1,
            consecutive_failures=0,
            pace=self.pace.finished(now),
        )
        event = Event(EventType.DOC_COMPLETED, f"coded {name}", document_id=document_id, metadata=metadata)
        return job._after([event], now)

    def document_failed(
        self, document_id: UUID, name: str, error: str, now: datetime, *, is_unreadable: bool = False
    ) -> tuple[Job, list[Event]]:
        """A document could not be coded; the job goes on unless too many failed in a row.

        One that has no text (`is_unreadable`) says nothing about the model, and is not counted among those in a row.
        """
        job = replace(
            self,
            documents_processed=self.documents_processed + 1,
            documents_failed=self.documents_failed + 1,
            consecutive_failures=self.consecutive_failures + (not is_unreadable),
            pace=self.pace.finished(now),
        )
        return job._after([Event(EventType.DOC_FAILED, f"{name}: {error}", Level.ERROR, document_id)], now)

    def documents_reread(self, count: int) -> tuple[Job, list[Event]]:
        """So many coded documents have other texts since: they count as failed, to be coded again when asked for."""
        message = (
            f"{count} coded documents were read again and have other texts now; what was extracted from them is gone,"
            " and comes back when the failed documents are tried again"
        )
        job = replace(self, documents_failed=self.documents_failed + count)
        return job, [Event(EventType.DOCS_REREAD, message, Level.WARNING, metadata={"documents": count})]

    def _after(self, events: list[Event], now: datetime) -> tuple[Job, list[Event]]:
        """The job after these events: it ends with its last document, and has failed if not one document was coded."""
        if self.is_running and self.documents_processed >= self.documents_total:
            if self.documents_failed == self.documents_total:
                return self._fail(events, now)
            done = replace(self, status=JobStatus.COMPLETE, finished_at=now)
            message = f"{self.documents_processed} documents, {self.documents_failed} failed"
            return done, [*events, Event(EventType.JOB_COMPLETED, message)]
        if self.is_running and self.consecutive_failures > MOST_FAILURES_IN_A_ROW:
            reason = f"{self.consecutive_failures} documents failed in a row; look at the log, then resume or cancel"
            paused, more = self.pause(reason)
            return paused, [*events, *more]
        return self, events

    def _fail(self, events: list[Event], now: datetime) -> tuple[Job, list[Event]]:
        reason = f"none of the {self.documents_total} documents could be coded"
        if events[-1].type is EventType.DOC_FAILED:
            reason += f"; the last: {events[-1].message}"
        failed = replace(self, status=JobStatus.FAILED, status_reason=reason, finished_at=now)
        return failed, [*events, Event(EventType.JOB_FAILED, reason, Level.ERROR)]

    def pause(self, reason: str) -> tuple[Job, list[Event]]:
        """Stops handing out documents; those in hand are finished. Raises JobNotRunning."""
        self._must_run("a job can be paused")
        job = replace(self, status=JobStatus.PAUSED, status_reason=reason)
        return job, [Event(EventType.JOB_PAUSED, reason, Level.WARNING)]

    def resume(self, now: datetime) -> tuple[Job, list[Event]]:
        """Hands documents out again; a job whose last ones ended during the pause ends now. Raises JobNotPaused."""
        if self.status is not JobStatus.PAUSED:
            raise JobNotPaused(f"the job is {self.status}: only a paused job can be resumed")
        return self._going_on(now)._after([Event(EventType.JOB_RESUMED, "resumed")], now)

    def retry(self, failed: int, now: datetime) -> tuple[Job, list[Event]]:
        """Takes its failed documents up again. Raises NothingToRetry, JobEnded (cancelled)."""
        if self.status is JobStatus.CANCELLED:
            raise JobEnded("the job was cancelled; start a new one")
        if not failed:
            raise NothingToRetry()
        job = replace(
            self._going_on(now),
            documents_processed=self.documents_processed - failed,
            documents_failed=self.documents_failed - failed,
            finished_at=None,
        )
        return job, [Event(EventType.JOB_RESUMED, f"trying {failed} failed documents again")]

    def _must_run(self, what: str) -> None:
        if not self.is_running:
            raise JobNotRunning(f"the job is {self.status}: {what} only while it runs")

    def _going_on(self, now: datetime) -> Job:
        running = replace(self, status=JobStatus.PROCESSING, status_reason="", consecutive_failures=0)
        return replace(running, started_at=self.started_at or now, pace=self.pace.begun(now))

    def cancel(self, now: datetime) -> tuple[Job, list[Event]]:
        """Ends the job; what is done stays. Raises JobEnded."""
        if self.status in ENDED:
            raise JobEnded(f"the job is {self.status} already")
        job = replace(self, status=JobStatus.CANCELLED, finished_at=now)
        return job, [Event(EventType.JOB_CANCELLED, "cancelled", Level.WARNING)]
