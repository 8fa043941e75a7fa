"""Starts, pauses, resumes, retries and cancels jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import read_codebook
from coderai.extractor.v1.events_pb2 import JobChanged
from coderai.extractor.v1.extractor_service_pb2 import JobKind as JobKindNumber
from coderai.extractor.v1.extractor_service_pb2 import JobStatus as JobStatusNumber
from coderai.extractor.v1.work_pb2 import ExtractDocument
from coderai.kit.errors import AlreadyExists, Conflict, InvalidInput, LimitReached, NotFound
from coderai.kit.identity import Identity
from coderai.services.extractor.domain.coding import deciding
from coderai.services.extractor.domain.coding.extraction import MissingReason
from coderai.services.extractor.domain.jobs.job import BudgetUsedUp, Event, EventType, Job, JobKind, TaskStatus
from coderai.services.extractor.domain.jobs.pricing import OFFLINE, Prices
from coderai.services.extractor.usecases.ports import DocumentHead, Documents, OpenStore, Projects, Store, Task

DEFAULT_SAMPLE = 10
FIRST, REST = "first", "rest"
FIRST_DOCUMENTS = 50
"""So many documents of each job are coded before the rest of all jobs: a sample never waits behind a huge job."""


class NoDocuments(Conflict):
    """The project has no documents yet: upload some first."""


class DocumentsNotRead(Conflict):
    """Some documents are still being read: wait until they are READY or FAILED."""


class NothingReadable(Conflict):
    """None of the documents could be read."""


class SampleFirst(Conflict):
    """Run a sample first, or set skip_sample to run everything at once."""


class JobActive(AlreadyExists):
    """The project has an active job: wait for it, or cancel it."""


class JobNotFound(NotFound):
    """There is no such job in this workspace."""


class UnknownDocuments(InvalidInput):
    """Some of the chosen documents are not in this project."""


class TooManyJobs(LimitReached):
    """The workspace has as many jobs as it may: wait until one ends, or cancel one."""


class QueueFull(LimitReached):
    """Too many documents are waiting to be coded: try again later."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants a job to cover."""

    project_id: UUID
    kind: JobKind
    document_ids: Sequence[UUID] = ()
    sample_size: int | None = None
    skip_sample: bool = False
    leave_out_duplicates: bool = False
    """Whether documents that repeat another are left out, unless they are chosen by id."""

    def check(self) -> None:
        """Raises InvalidInput when it makes no sense."""
        if self.sample_size is not None and self.sample_size < 1:
            raise InvalidInput("sample_size must be 1 or more", fields={"sample_size": "must be 1 or more"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The documents of a job."""

    documents: Sequence[DocumentHead]
    """In upload order."""
    duplicates_left_out: int = 0
    """Documents of the project that are not among them because they repeat another."""


@dataclass(frozen=True, slots=True)
class Admission:
    """How much may be in the queue before further jobs are refused."""

    jobs: int
    """Of one workspace, running or paused."""
    documents: int
    """Of all workspaces' running jobs."""
    waiting: Callable[[], Awaitable[int]]
    """How many documents of all workspaces' running jobs are not coded yet."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The use cases of jobs."""

    open_store: OpenStore
    projects: Projects
    documents: Documents
    prices: Prices
    admission: Admission
    window: int
    new_id: Callable[[], UUID]
    now: Callable[[], datetime]

    async def start(self, who: Identity, wanted: Wanted) -> UUID:
        """Starts a job under the project's codebook as it stands; returns its id.

        Raises:
            NotFound, NoVariables, NoDocuments, DocumentsNotRead, NothingReadable, UnknownDocuments,
            SampleFirst, JobActive, BudgetUsedUp, TooManyJobs, QueueFull
        """
        wanted.check()
        await self._admit(who)
        snapshot = await self.projects.freeze(wanted.project_id)
        chosen = await choose(self.documents, wanted)
        job = Job(
            id=self.new_id(),
            project_id=wanted.project_id,
            kind=wanted.kind,
            codebook_hash=snapshot["hash"],
            model=snapshot["model"],
            documents_total=len(chosen.documents),
            created_at=self.now(),
            token_budget=snapshot.get("token_budget", 0),
            cost=None if self.prices.of(snapshot["model"]) is None else 0.0,
        )
        async with self._store(who) as store:
            if wanted.kind is JobKind.FULL and not wanted.skip_sample and not await store.has_sample(job.project_id):
                raise SampleFirst()
            await _check_budget(store, job)
            await store.add_job(job, snapshot)
            await self._add_tasks(store, job, chosen, snapshot)
            await store.commit()
        return job.id

    async def _admit(self, who: Identity) -> None:
        waiting = await self.admission.waiting()
        if waiting >= self.admission.documents:
            raise QueueFull(f"{waiting:,} documents are waiting to be coded: try again later")
        async with self._store(who) as store:
            active = await store.active_jobs()
        if active >= self.admission.jobs:
            raise TooManyJobs(f"the workspace has {active} jobs already: wait until one ends, or cancel one")

    async def _add_tasks(self, store: Store, job: Job, chosen: Chosen, snapshot: Mapping[str, Any]) -> None:
        """Adds the tasks; those of documents that could not be read have failed from the start, and say so."""
        tasks = [
            Task(
                id=self.new_id(),
                job_id=job.id,
                document_id=head.id,
                document_name=head.name,
                status=TaskStatus.FAILED if head.status == "FAILED" else TaskStatus.PENDING,
                error=head.error,
                position=position,
            )
            for position, head in enumerate(chosen.documents)
        ]
        await store.add_tasks(tasks)
        events = [_started(job, chosen)]
        codebook = read_codebook(snapshot)
        for task in tasks:
            if task.status is not TaskStatus.FAILED:
                continue
            job, more = job.document_failed(task.document_id, task.document_name, task.error, self.now())
            events += more
            missing = [deciding.unreadable(v, MissingReason.UNREADABLE, task.error) for v in codebook.variables]
            await store.replace_extractions(job, task, missing)
        await store.save_job(job, events, self.now())
        await queue_tasks(store, job, self.window)
        announce(store, job)

    async def pause(self, who: Identity, job_id: UUID) -> None:
        """Raises JobNotFound, JobNotRunning."""
        async with self._store(who) as store:
            job, events = (await store.job(job_id)).pause("paused by a person")
            await self._save(store, job, events)

    async def resume(self, who: Identity, job_id: UUID) -> None:
        """Goes on under the project's token budget as it is now.

        Raises:
            JobNotFound, JobNotPaused, BudgetUsedUp
        """
        budget = await self._budget(who, job_id)
        async with self._store(who) as store:
            job, events = (await store.job(job_id)).resume(self.now())
            await self._go_on(store, replace(job, token_budget=budget), events)

    async def retry_failed(self, who: Identity, job_id: UUID) -> None:
        """Takes the failed documents up again, under the project's token budget as it is now.

        Raises:
            JobNotFound, NothingToRetry, JobEnded, JobActive, BudgetUsedUp
        """
        budget = await self._budget(who, job_id)
        async with self._store(who) as store:
            locked = await store.job(job_id)
            job, events = locked.retry(await store.reopen_failed(job_id), self.now())
            await self._go_on(store, replace(job, token_budget=budget), events)

    async def cancel(self, who: Identity, job_id: UUID) -> None:
        """Raises JobNotFound, JobEnded."""
        async with self._store(who) as store:
            job, events = (await store.job(job_id)).cancel(self.now())
            await store.cancel_waiting(job_id)
            await self._save(store, job, events)

    async def _budget(self, who: Identity, job_id: UUID) -> int:
        async with self._store(who) as store:
            job = await store.job(job_id)
        return await self.projects.token_budget(job.project_id)

    async def _go_on(self, store: Store, job: Job, events: Sequence[Event]) -> None:
        await _check_budget(store, job)
        await self._save(store, job, events)

    def _store(self, who: Identity) -> AbstractAsyncContextManager[Store]:
        return self.open_store(who.workspace_id)

    async def _save(self, store: Store, job: Job, events: Sequence[Event]) -> None:
        await store.save_job(job, events, self.now())
        await queue_tasks(store, job, self.window)
        announce(store, job)
        await store.commit()


async def queue_tasks(store: Store, job: Job, window: int) -> None:
    """Puts the job's next documents into the queue, until `window` of them are there; none when it does not run."""
    if not job.is_running:
        return
    for task in await store.queue_next(job.id, window):
        store.emit(subject(task.position), ExtractDocument(job_id=str(job.id), task_id=str(task.id)))


def subject(position: int) -> str:
    """The work subject of a job's document: each job's first ones go before the rest of every other job."""
    return f"work.extractor.extract.{FIRST if position < FIRST_DOCUMENTS else REST}"


def announce(store: Store, job: Job) -> None:
    """Tells the other services that the job reached another status."""
    store.emit(
        "event.extractor.job_changed",
        JobChanged(
            project_id=str(job.project_id),
            job_id=str(job.id),
            kind=JobKindNumber.Value(f"JOB_KIND_{job.kind}"),
            status=JobStatusNumber.Value(f"JOB_STATUS_{job.status}"),
        ),
    )


async def choose(documents: Documents, wanted: Wanted) -> Chosen:
    """The documents of a job; a sample takes the first that could be read.

    Raises:
        UnknownDocuments, NoDocuments, DocumentsNotRead, NothingReadable
    """
    heads = [head async for head in documents.heads(wanted.project_id, wanted.document_ids)]
    if wanted.document_ids and len(heads) < len(set(wanted.document_ids)):
        known = {head.id for head in heads}
        unknown = [str(i) for i in wanted.document_ids if i not in known]
        message = f"not in this project: {', '.join(unknown[:5])}"
        raise UnknownDocuments(message, fields={"document_ids": message})
    if not heads:
        raise NoDocuments()
    waiting = sum(head.status not in ("READY", "FAILED") for head in heads)
    if waiting:
        raise DocumentsNotRead(f"{waiting} documents are still being read: wait until they are READY or FAILED")
    readable = [head for head in heads if head.is_readable]
    if not readable:
        raise NothingReadable(f"none of the {len(heads)} documents could be read; the first: {heads[0].error}")
    if wanted.document_ids:
        return Chosen(heads)
    left_out = sum(head.repeats for head in heads) if wanted.leave_out_duplicates else 0
    chosen = readable if wanted.kind is JobKind.SAMPLE else heads
    if left_out:
        chosen = [head for head in chosen if not head.repeats]
    if wanted.kind is JobKind.SAMPLE:
        chosen = chosen[: wanted.sample_size or DEFAULT_SAMPLE]
    return Chosen(chosen, left_out)


def _started(job: Job, chosen: Chosen) -> Event:
    message, left_out = f"{job.kind} job over {len(chosen.documents)} documents", chosen.duplicates_left_out
    if left_out:
        message += f"; {left_out} that repeat another are left out"
    return Event(EventType.JOB_STARTED, message, metadata={"duplicates_left_out": left_out} if left_out else {})


async def _check_budget(store: Store, job: Job) -> None:
    if not job.token_budget or job.model == OFFLINE:
        return
    taken = await store.tokens(job.project_id)
    if taken.used >= job.token_budget:
        raise BudgetUsedUp(job.token_budget, taken.used)
