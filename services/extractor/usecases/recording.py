"""Records what becomes of a task: one transaction a step, together with its job's counters, log and queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.kit.errors import CoderAIError, NotFound
from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.kit.models import OFFLINE
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.extraction import Extraction, MissingReason, Receipt
from coderai.services.extractor.domain.coding.missing import unreadable_document
from coderai.services.extractor.domain.jobs.job import ENDED, Event, Job, JobKind, JobStatus, TaskStatus
from coderai.services.extractor.domain.jobs.pricing import Prices
from coderai.services.extractor.domain.jobs.spending import NO_CAPS, Caps, Limits, Purpose
from coderai.services.extractor.usecases.ports import Known, OpenStore, Store, Task
from coderai.services.extractor.usecases.queueing import announce, queue_tasks
from coderai.services.extractor.usecases.spending import book

_CODEBOOKS_KEPT = 64
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
TELL_EVERY = timedelta(seconds=10)
"""Between two lines of one job's log that say that its model does not answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that this worker has begun, with what it needs of its job."""

    task: Task
    model: str
    codebook: Codebook
    is_limited: bool
    """Whether tokens have to be set aside before each question."""
    known: Known
    """What the dataset has of its document."""


@dataclass(frozen=True, slots=True)
class TaskRecords:
    """What workers write; a task that is not QUEUED any more is left alone."""

    open_store: OpenStore
    prices: Prices
    window: int
    now: Callable[[], datetime]
    caps: Caps = NO_CAPS
    _codebooks: dict[UUID, Codebook] = field(default_factory=dict)
    _told: dict[UUID, datetime] = field(default_factory=dict)

    async def begin(self, workspace_id: UUID, task_id: UUID) -> Claim | None:
        """Begins a task; None when it is not to be worked on."""
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return None
            task, job = found
            if not job.is_running:
                await store.save_task(_waiting(task, job))
                await store.commit()
                return None
            codebook, budget = await self._codebook(store, job.id), await store.workspace_budget()
            known = await store.known(task, codebook.variables)
            await store.save_task(replace(_settled(task), attempts=task.attempts + 1, vanished=task.vanished + 1))
            # What a worker that was killed had used is counted by whoever comes after it.
            started, events = (await self._spent(store, job, task.used)).document_started(
                task.document_id, task.document_name, task.error, self.now()
            )
            await store.save_job(started, events, self.now())
            if job.status is JobStatus.PENDING:
                announce(store, started)
            await store.commit()
            limits = Limits(job.token_budget, budget, self.caps)
            return Claim(task, job.model, codebook, limits.any and job.model != OFFLINE, known)

    async def reserve(self, workspace_id: UUID, task: Task, tokens: int, used: Usage) -> None:
        """Sets tokens aside for a task's questions under way. Raises BudgetUsedUp."""
        async with self.open_store(workspace_id) as store:
            await store.lock_spending()
            await store.reserve(task.id, tokens, used)
            job = await store.job(task.job_id)
            limits = Limits(job.token_budget, await store.workspace_budget(), self.caps)
            limits.check(await store.taken(job.project_id, self.now()), tokens)
            await store.commit()

    async def model_waiting(self, workspace_id: UUID, task: Task, problem: str) -> None:
        """Tells who watches the task's job that its model does not answer for now: once in a while, not each time."""
        now = self.now()
        if now < self._told.get(task.job_id, _LONG_AGO) + TELL_EVERY:
            return
        for job_id in [job_id for job_id, told in self._told.items() if told + TELL_EVERY <= now]:
            del self._told[job_id]
        self._told[task.job_id] = now
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task.id)
            if found is not None and found[1].is_running:
                job, events = found[1].model_waiting(task.document_id, problem)
                await store.save_job(job, events, now)
                await store.commit()

    async def done(self, workspace_id: UUID, task_id: UUID, coded: Coded, used: Usage, text_version: int) -> None:
        """Saves a document's extractions with its receipt; `text_version`: which of its texts they are from.

        If it has a newer one by now, the document waits to be coded from that.
        """
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            if text_version < task.text_version:
                await store.save_task(_waiting(task, job))
                after = await self._spent(store, job, used)
                await store.save_job(after, [], self.now())
                await queue_tasks(store, after, self.window)
                await store.commit()
                return
            task = replace(task, text_version=text_version)
            if job.kind is JobKind.TRIAL:
                coded = coded.beside_the_dataset()
            receipt = coded.receipt
            metadata = {"variables_answered": receipt.variables_answered, "entities_found": receipt.entities_found}
            await store.save_task(replace(_settled(task), status=TaskStatus.DONE, error=""), receipt)
            change = (await self._spent(store, job, used)).document_done(
                task.document_id, task.document_name, metadata, self.now()
            )
            after = await self._save(store, task, coded.extractions, change)
            if job.kind is not JobKind.TRIAL:
                await store.enter(job, task, await self._codebook(store, job.id), coded)
            await self._finish(store, job, after)

    async def failed(
        self, workspace_id: UUID, task_id: UUID, error: Exception, used: Usage, *, is_unreadable: bool
    ) -> None:
        """Records that a document cannot be coded: every variable is missing with the reason, and what it took."""
        reason = MissingReason.UNREADABLE if is_unreadable else MissingReason.MODEL_FAILED
        text = _text(error)
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            codebook = await self._codebook(store, task.job_id)
            asked = task.asked(codebook.variables)
            missing = unreadable_document(asked, task.document_id, reason, text)
            paid = Receipt(usage=used, unanswered={variable.name: reason for variable in asked})
            await store.save_task(replace(_settled(task), status=TaskStatus.FAILED, error=text), paid)
            change = (await self._spent(store, job, used)).document_failed(
                task.document_id, task.document_name, text, self.now(), is_unreadable=is_unreadable
            )
            after = await self._save(store, task, missing, change)
            if job.kind is not JobKind.TRIAL and not isinstance(error, NotFound):
                await store.enter_failed(job, [(replace(task, error=text), missing)])
            await self._finish(store, job, after)

    async def put_back(self, workspace_id: UUID, task_id: UUID, reason: str, used: Usage) -> None:
        """Lets a task wait, and pauses its job, as the next one would fare no better.

        If a person resumed the job in the meantime, that may be mended: the task is simply begun again.
        """
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            await store.save_task(_waiting(task, job))
            after, events = await self._spent(store, job, used), list[Event]()
            if job.is_running and not await store.resumed_since_begun(task):
                after, events = after.pause(reason)
            await store.save_job(after, events, self.now())
            await queue_tasks(store, after, self.window)
            if events:
                announce(store, after)
            await store.commit()

    async def tried(self, workspace_id: UUID, task_id: UUID, error: Exception, used: Usage) -> None:
        """Keeps why an attempt failed that will be made again, and counts what it took."""
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            await store.save_task(replace(_settled(task), error=_text(error)))
            if used != NOTHING_USED:
                await store.save_job(await self._spent(store, job, used), [], self.now())
            await store.commit()

    async def _save(
        self, store: Store, task: Task, extractions: Sequence[Extraction], change: tuple[Job, list[Event]]
    ) -> Job:
        """Saves a document's extractions and its job's change; the job after it."""
        after, events = change
        await store.replace_extractions(after, task, extractions)
        await store.save_job(after, events, self.now())
        return after

    async def _finish(self, store: Store, before: Job, after: Job) -> None:
        """Queues the job's next tasks and commits all that was saved."""
        await queue_tasks(store, after, self.window)
        if after.status is not before.status:
            announce(store, after)
        await store.commit()

    async def _spent(self, store: Store, job: Job, used: Usage) -> Job:
        """The job after what was used for it, which is booked."""
        await book(store, self.prices, job.project_id, Purpose.EXTRACTION, job.model, used, self.now())
        return job.spent(used, self.prices.of(job.model))

    async def _codebook(self, store: Store, job_id: UUID) -> Codebook:
        """The job's codebook, read once per process."""
        if job_id not in self._codebooks:
            while len(self._codebooks) >= _CODEBOOKS_KEPT:
                del self._codebooks[next(iter(self._codebooks))]
            self._codebooks[job_id] = read_codebook(await store.snapshot(job_id))
        return self._codebooks[job_id]


def _text(error: Exception) -> str:
    return error.message if isinstance(error, CoderAIError) else f"{type(error).__name__}: {error}"


def _settled(task: Task) -> Task:
    return replace(task, vanished=0, reserved=0, used=NOTHING_USED)


def _waiting(task: Task, job: Job) -> Task:
    """The task of a job that does not run, or stops now: it waits until the job goes on, for ever if that has ended."""
    return replace(_settled(task), status=TaskStatus.CANCELLED if job.status in ENDED else TaskStatus.PENDING)
