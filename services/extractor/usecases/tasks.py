"""Codes the document of one task and saves the outcome; may run twice, and be killed at any point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.kit.errors import CoderAIError, Conflict, NotFound
from coderai.kit.model_replies import NOTHING_USED, ModelReplyInvalid, ModelUnusable, Usage
from coderai.services.extractor.domain.coding import deciding
from coderai.services.extractor.domain.coding.extraction import Coded, Extraction, MissingReason
from coderai.services.extractor.domain.jobs.estimating import Count, call_tokens
from coderai.services.extractor.domain.jobs.job import ENDED, BudgetUsedUp, Event, Job, JobStatus, TaskStatus
from coderai.services.extractor.domain.jobs.pricing import OFFLINE, Prices
from coderai.services.extractor.usecases.code_document import code_document
from coderai.services.extractor.usecases.jobs import announce, queue_tasks
from coderai.services.extractor.usecases.metering import Meter
from coderai.services.extractor.usecases.ports import Documents, OpenEngine, OpenStore, Store, Task

MOST_VANISHED = 5
"""Attempts in a row of which nothing more is heard before a document is taken to be what ends its workers."""
_CODEBOOKS_KEPT = 64


class EndsItsWorkers(CoderAIError):
    """Worker after worker ended while it coded this document."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that this worker has begun, with what it needs of its job."""

    task: Task
    model: str
    codebook: Codebook
    token_budget: int


@dataclass(frozen=True, slots=True)
class Tasks:
    """The use cases of a worker."""

    open_store: OpenStore
    documents: Documents
    open_engine: OpenEngine
    prices: Prices
    counter_for: Callable[[str], Count]
    """Counts tokens as a model does, by its name."""
    window: int
    now: Callable[[], datetime]
    _codebooks: dict[UUID, Codebook] = field(default_factory=dict)

    async def run(self, workspace_id: UUID, task_id: UUID) -> None:
        """Codes a task's document and saves it whole; a task that is done or whose job stopped is left alone.

        Where nothing can be coded until a person acts (no key, the budget used up), the task waits and its job is
        paused; where only this document cannot be coded, its failure is recorded.

        Raises:
            Exception: run again later: a passing fault, or the model's replies made no sense for the first time.
        """
        claim = await self._claim(workspace_id, task_id)
        if claim is None:
            return
        used = NOTHING_USED
        try:
            if claim.task.vanished >= MOST_VANISHED:
                raise EndsItsWorkers(f"{MOST_VANISHED} workers in a row ended while they coded this document")
            document = await self.documents.text(claim.task.document_id)
            meter = await self._meter(workspace_id, claim)
            try:
                coded = await code_document(meter, claim.codebook, document)
            finally:
                used = meter.usage
        except (ModelUnusable, BudgetUsedUp) as error:
            await self._put_back(workspace_id, task_id, f"{error.message}; then resume the job, or cancel it", used)
        except Exception as error:
            if _may_go_well_later(error, claim.task):
                await self._note(workspace_id, task_id, error, used)
                raise
            await self._fail(workspace_id, task_id, error, used)
        else:
            await self._save(workspace_id, task_id, coded, used)

    async def give_up(self, workspace_id: UUID, task_id: UUID, error: Exception) -> None:
        """Ends a task that failed again and again: something that is away pauses the job, other errors are recorded."""
        if isinstance(error, CoderAIError) and error.retryable:
            reason = f"{error.message}; that lasts for some time now. Resume the job when it is over, or cancel it"
            await self._put_back(workspace_id, task_id, reason, NOTHING_USED)
        else:
            await self._fail(workspace_id, task_id, error, NOTHING_USED)

    async def _meter(self, workspace_id: UUID, claim: Claim) -> Meter:
        engine = await self.open_engine(claim.model)
        budgeted = claim.token_budget and claim.model != OFFLINE
        reserve = partial(self._reserve, workspace_id, claim.task) if budgeted else None
        return Meter(engine, partial(call_tokens, count=self.counter_for(claim.model)), reserve)

    async def _reserve(self, workspace_id: UUID, task: Task, tokens: int, used: Usage) -> None:
        async with self.open_store(workspace_id) as store:
            await store.reserve(task.id, tokens, used)
            # Its lock makes reservations come one after the other: each sees those before it.
            job = await store.job(task.job_id)
            taken = await store.tokens(job.project_id)
            if job.token_budget and taken.used + taken.reserved > job.token_budget:
                raise BudgetUsedUp(job.token_budget, taken.used + taken.reserved - tokens, tokens)
            await store.commit()

    async def _claim(self, workspace_id: UUID, task_id: UUID) -> Claim | None:
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return None
            task, job = found
            if not job.is_running:
                await store.save_task(_waiting(task, job))
                await store.commit()
                return None
            codebook = await self._codebook(store, job.id)
            await store.save_task(replace(_settled(task), attempts=task.attempts + 1, vanished=task.vanished + 1))
            # What a worker that was killed had used is counted by whoever comes after it.
            started, events = self._spent(job, task.used).document_started(
                task.document_id, task.document_name, task.error, self.now()
            )
            await store.save_job(started, events, self.now())
            if job.status is JobStatus.PENDING:
                announce(store, started)
            await store.commit()
            return Claim(task, job.model, codebook, job.token_budget)

    async def _save(self, workspace_id: UUID, task_id: UUID, coded: Coded, used: Usage) -> None:
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            await store.save_task(replace(_settled(task), status=TaskStatus.DONE, error=""), coded.receipt)
            await self._finish(store, task, coded.extractions, job, self._done(job, task, coded, used))

    async def _fail(self, workspace_id: UUID, task_id: UUID, error: Exception, used: Usage) -> None:
        """Records that a task's document cannot be coded; every variable is missing with the reason."""
        text = _text(error)
        unreadable = isinstance(error, NotFound | Conflict)
        reason = MissingReason.UNREADABLE if unreadable else MissingReason.MODEL_FAILED
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            codebook = await self._codebook(store, task.job_id)
            missing = [deciding.unreadable(variable, reason, text) for variable in codebook.variables]
            await store.save_task(replace(_settled(task), status=TaskStatus.FAILED, error=text))
            await self._finish(store, task, missing, job, self._failed(job, task, text, used))

    async def _finish(
        self,
        store: Store,
        task: Task,
        extractions: Sequence[Extraction],
        before: Job,
        change: tuple[Job, list[Event]],
    ) -> None:
        """Saves a document's extractions and its job's change, and queues the next ones, all in one transaction."""
        after, events = change
        await store.replace_extractions(after, task, extractions)
        await store.save_job(after, events, self.now())
        await queue_tasks(store, after, self.window)
        if after.status is not before.status:
            announce(store, after)
        await store.commit()

    async def _put_back(self, workspace_id: UUID, task_id: UUID, reason: str, used: Usage) -> None:
        """Lets a task wait, and pauses its job, as the next one would fare no better.

        If a person resumed the job in the meantime, that may be mended: the task is simply begun again.
        """
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            await store.save_task(_waiting(task, job))
            after, events = self._spent(job, used), list[Event]()
            if job.is_running and not await store.resumed_since_begun(task):
                after, events = after.pause(reason)
            await store.save_job(after, events, self.now())
            await queue_tasks(store, after, self.window)
            if events:
                announce(store, after)
            await store.commit()

    async def _note(self, workspace_id: UUID, task_id: UUID, error: Exception, used: Usage) -> None:
        """Keeps why an attempt failed that will be made again, and counts what it took."""
        async with self.open_store(workspace_id) as store:
            found = await store.queued(task_id)
            if found is None:
                return
            task, job = found
            await store.save_task(replace(_settled(task), error=_text(error)))
            if used != NOTHING_USED:
                await store.save_job(self._spent(job, used), [], self.now())
            await store.commit()

    def _done(self, job: Job, task: Task, coded: Coded, used: Usage) -> tuple[Job, list[Event]]:
        receipt = coded.receipt
        metadata = {"variables_answered": receipt.variables_answered, "entities_found": receipt.entities_found}
        return self._spent(job, used).document_done(task.document_id, task.document_name, metadata, self.now())

    def _failed(self, job: Job, task: Task, error: str, used: Usage) -> tuple[Job, list[Event]]:
        return self._spent(job, used).document_failed(task.document_id, task.document_name, error, self.now())

    def _spent(self, job: Job, used: Usage) -> Job:
        return job.spent(used, self.prices.of(job.model))

    async def _codebook(self, store: Store, job_id: UUID) -> Codebook:
        """The job's codebook, read once per process."""
        if job_id not in self._codebooks:
            while len(self._codebooks) >= _CODEBOOKS_KEPT:
                del self._codebooks[next(iter(self._codebooks))]
            self._codebooks[job_id] = read_codebook(await store.snapshot(job_id))
        return self._codebooks[job_id]


def _may_go_well_later(error: Exception, task: Task) -> bool:
    if isinstance(error, ModelReplyInvalid):
        return task.attempts == 0
    return not isinstance(error, CoderAIError) or error.retryable


def _text(error: Exception) -> str:
    return error.message if isinstance(error, CoderAIError) else f"{type(error).__name__}: {error}"


def _settled(task: Task) -> Task:
    return replace(task, vanished=0, reserved=0, used=NOTHING_USED)


def _waiting(task: Task, job: Job) -> Task:
    """The task of a job that does not run, or stops now: it waits until the job goes on, for ever if that has ended."""
    return replace(_settled(task), status=TaskStatus.CANCELLED if job.status in ENDED else TaskStatus.PENDING)
