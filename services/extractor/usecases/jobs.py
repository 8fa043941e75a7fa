"""Starts, pauses, resumes, retries and cancels jobs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.codebook.codebook import Codebook, read_codebook
from coderai.kit.audit import Changes, Fact
from coderai.kit.errors import AlreadyExists, Conflict, LimitReached, NotFound
from coderai.kit.identity import Identity
from coderai.kit.models import OFFLINE, ModelList
from coderai.services.extractor.domain.coding.extraction import Extraction, MissingReason
from coderai.services.extractor.domain.coding.missing import unreadable_document
from coderai.services.extractor.domain.jobs.job import Event, EventType, Job, JobKind, Level, TaskStatus
from coderai.services.extractor.domain.jobs.pricing import Prices
from coderai.services.extractor.domain.jobs.sampling import seed_of
from coderai.services.extractor.domain.jobs.spending import NO_CAPS, Caps, Limits
from coderai.services.extractor.domain.jobs.tried import Sample, untried
from coderai.services.extractor.usecases.choosing import Chosen, Wanted
from coderai.services.extractor.usecases.leaving_out import cover, without_current
from coderai.services.extractor.usecases.ports import Documents, OpenStore, Projects, Store, Task
from coderai.services.extractor.usecases.queueing import announce, queue_tasks


class SampleFirst(Conflict):
    """Run a sample first, or set skip_sample to run everything at once."""


class JobActive(AlreadyExists):
    """The project has an active job: wait for it, or cancel it."""


class JobNotFound(NotFound):
    """There is no such job in this workspace."""


class TooManyJobs(LimitReached):
    """The workspace has as many jobs as it may: wait until one ends, or cancel one."""


class QueueFull(LimitReached):
    """Too many documents are waiting to be coded: try again later."""


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
class Order:
    """What a job is to do."""

    job_id: UUID
    project_id: UUID
    kind: JobKind
    snapshot: Mapping[str, Any]
    """The codebook that it asks under."""
    chosen: Chosen
    frozen_at: datetime | None = None
    """When the codebook was read, if it is the project's as it stood; None of a trial."""
    sample_seed: int | None = None
    """What its documents were drawn with."""
    tried: Collection[str] | None = None
    """Names of the variables that a sample must have tried before; where there are none, some sample must have been.
    None: it needs no sample.
    """
    leaves_out_current: bool = False
    """Whether only what the dataset does not have of the documents is asked."""


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
    models: ModelList
    """Those that the operator allows."""
    caps: Caps = NO_CAPS

    async def start(self, who: Identity, wanted: Wanted) -> UUID:
        """Starts a job under the project's codebook as it stands; returns its id.

        Raises:
            NotFound, NoVariables, NoDocuments, DocumentsNotRead, NothingReadable, UnknownDocuments,
            UnknownVariables, NothingStale, ModelNotAllowed, SampleFirst, JobActive, BudgetUsedUp, TooManyJobs,
            QueueFull
        """
        wanted.check()
        await self.admit(who)
        frozen_at = self.now()
        snapshot = {**await self.projects.freeze(wanted.project_id), **wanted.overrides}
        job_id = self.new_id()
        seed = seed_of(job_id) if wanted.sample_seed is None else wanted.sample_seed
        order = Order(
            job_id=job_id,
            project_id=wanted.project_id,
            kind=wanted.kind,
            snapshot=snapshot,
            chosen=await cover(self.documents, wanted, read_codebook(snapshot), seed),
            frozen_at=frozen_at,
            sample_seed=seed if wanted.is_drawn else None,
            tried=wanted.variables if wanted.kind is JobKind.FULL and not wanted.skip_sample else None,
            leaves_out_current=wanted.leave_out_current,
        )
        await self.begin(who, order)
        return job_id

    async def begin(self, who: Identity, order: Order) -> None:
        """Starts a job that is known in full.

        Raises:
            ModelNotAllowed, NothingStale, SampleFirst, JobActive, BudgetUsedUp
        """
        codebook = read_codebook(order.snapshot)
        self.models.must_allow(order.snapshot["model"])
        async with self._store(who) as store:
            await store.lock_jobs(order.project_id)
            if order.leaves_out_current:
                # Here, where no other job can end meanwhile: what it has coded would be asked again.
                chosen = await without_current(store, order.project_id, codebook, order.chosen)
                order = replace(order, chosen=chosen)
            job = self._job(order, codebook)
            samples = await store.samples(job.project_id) if job.kind is JobKind.FULL else ()
            not_tried = untried(codebook, samples) if job.kind is JobKind.FULL else []
            if order.tried is not None:
                _check_tried(samples, [name for name in not_tried if name in order.tried])
            await _check_budget(store, job, self.caps, self.now())
            await store.add_job(job, order.snapshot)
            await store.record(_told_started(job), who=who)
            if order.frozen_at is not None:
                await store.keep_codebook(job.project_id, order.snapshot, order.frozen_at)
            await self._add_tasks(store, job, order.chosen, codebook, not_tried)
            await store.commit()

    def _job(self, order: Order, codebook: Codebook) -> Job:
        snapshot = order.snapshot
        return Job(
            id=order.job_id,
            project_id=order.project_id,
            kind=order.kind,
            codebook_hash=snapshot["hash"],
            model=snapshot["model"],
            documents_total=len(order.chosen.documents),
            created_at=self.now(),
            token_budget=snapshot.get("token_budget", 0),
            cost=None if self.prices.of(snapshot["model"]) is None else 0.0,
            sample_seed=order.sample_seed,
            variables=order.chosen.variables(codebook),
        )

    async def admit(self, who: Identity) -> None:
        """Raises QueueFull, TooManyJobs."""
        waiting = await self.admission.waiting()
        if waiting >= self.admission.documents:
            raise QueueFull(f"{waiting:,} documents are waiting to be coded: try again later")
        async with self._store(who) as store:
            active = await store.active_jobs()
        if active >= self.admission.jobs:
            raise TooManyJobs(f"the workspace has {active} jobs already: wait until one ends, or cancel one")

    async def _add_tasks(
        self, store: Store, job: Job, chosen: Chosen, codebook: Codebook, not_tried: Sequence[str]
    ) -> None:
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
                variables=chosen.only.get(head.id),
            )
            for position, head in enumerate(chosen.documents)
        ]
        await store.add_tasks(tasks)
        asked = [name for name in not_tried if not job.variables or name in job.variables]
        events = [_started(job, chosen, asked)]
        unread: list[tuple[Task, Sequence[Extraction]]] = []
        for task in tasks:
            if task.status is not TaskStatus.FAILED:
                continue
            job, more = job.document_failed(
                task.document_id, task.document_name, task.error, self.now(), is_unreadable=True
            )
            events += more
            asked_of, reason = task.asked(codebook.variables), MissingReason.UNREADABLE
            unread.append((task, unreadable_document(asked_of, task.document_id, reason, task.error)))
        await store.add_extractions(job, unread)
        await store.save_job(job, events, self.now())
        if job.kind is not JobKind.TRIAL:
            await store.enter_failed(job, unread)
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
            before = await store.job(job_id)
            job, events = before.cancel(self.now())
            await store.cancel_waiting(job_id)
            changes = {"status": (before.status, job.status)}
            fact = Fact(audit.AUDIT_KIND_JOB_CANCELLED, job.project_id, job.id, job.kind, changes)
            await store.record(fact, who=who)
            await self._save(store, job, events)

    async def _budget(self, who: Identity, job_id: UUID) -> int:
        async with self._store(who) as store:
            job = await store.job(job_id)
        return await self.projects.token_budget(job.project_id)

    async def _go_on(self, store: Store, job: Job, events: Sequence[Event]) -> None:
        await _check_budget(store, job, self.caps, self.now())
        await self._save(store, job, events)

    def _store(self, who: Identity) -> AbstractAsyncContextManager[Store]:
        return self.open_store(who.workspace_id)

    async def _save(self, store: Store, job: Job, events: Sequence[Event]) -> None:
        await store.save_job(job, events, self.now())
        await queue_tasks(store, job, self.window)
        announce(store, job)
        await store.commit()


def _told_started(job: Job) -> Fact:
    changes: Changes = {"model": (None, job.model), "documents": (None, job.documents_total)}
    if job.variables:
        changes = {**changes, "variables": (None, list(job.variables))}
    return Fact(audit.AUDIT_KIND_JOB_STARTED, job.project_id, job.id, job.kind, changes)


def _started(job: Job, chosen: Chosen, not_tried: Sequence[str]) -> Event:
    """The first event of a job: what it covers, and of what a person should know."""
    message, metadata = f"{job.kind} job over {len(chosen.documents)} documents", dict[str, Any]()
    if job.sample_seed is not None:
        message += f" drawn at random (sample_seed {job.sample_seed})"
        metadata["sample_seed"] = job.sample_seed
    if job.variables:
        message += f", asking only {', '.join(job.variables)}"
        metadata["variables"] = list(job.variables)
    if chosen.not_read_left_out:
        message += f"; {chosen.not_read_left_out} that are not READY are left out"
        metadata["not_read_left_out"] = chosen.not_read_left_out
    if chosen.duplicates_left_out:
        message += f"; {chosen.duplicates_left_out} that repeat another are left out"
        metadata["duplicates_left_out"] = chosen.duplicates_left_out
    if chosen.current_left_out:
        message += f"; {chosen.current_left_out} of which the dataset has all that would be asked are left out"
        metadata["current_left_out"] = chosen.current_left_out
    if not_tried:
        message += f"; no sample has tried {', '.join(not_tried)}"
        metadata["untried_variables"] = list(not_tried)
    return Event(EventType.JOB_STARTED, message, Level.WARNING if not_tried else Level.INFO, metadata=metadata)


def _check_tried(samples: Sequence[Sample], not_tried: Sequence[str]) -> None:
    """Raises SampleFirst."""
    if not samples:
        raise SampleFirst()
    if not_tried:
        names = ", ".join(not_tried)
        raise SampleFirst(f"no sample has tried {names}: run one over them first, or set skip_sample")


async def _check_budget(store: Store, job: Job, caps: Caps, now: datetime) -> None:
    limits = Limits(job.token_budget, await store.workspace_budget(), caps)
    if limits.any and job.model != OFFLINE:
        limits.check(await store.taken(job.project_id, now))
