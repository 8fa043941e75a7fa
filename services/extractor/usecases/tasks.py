"""Codes the document of one task and saves the outcome; may run twice, and be killed at any point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from kit.errors import CoderAIError, Conflict, NotFound
from services.extractor.domain import deciding
from services.extractor.domain.codebook import Codebook, read_codebook
from services.extractor.domain.extraction import Coded, Extraction, MissingReason
from services.extractor.domain.job import ENDED, Event, Job, JobStatus, TaskStatus
from services.extractor.usecases.code_document import code_document
from services.extractor.usecases.jobs import announce, queue_tasks
from services.extractor.usecases.ports import Documents, OpenEngine, OpenStore, Store, Task

_CODEBOOKS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that this worker has begun, with what it needs of its job."""

    task: Task
    model: str
    codebook: Codebook


@dataclass(frozen=True, slots=True)
class Tasks:
    """The use cases of a worker."""

    open_store: OpenStore
    documents: Documents
    open_engine: OpenEngine
    window: int
    now: Callable[[], datetime]
    _codebooks: dict[UUID, Codebook] = field(default_factory=dict)

    async def run(self, workspace_id: UUID, task_id: UUID) -> None:
        """Codes a task's document and saves it whole; a task that is done or whose job stopped is left alone.

        Raises:
            CoderAIError: a passing fault: run again later. Lasting ones are recorded instead.
        """
        claim = await self._claim(workspace_id, task_id)
        if claim is None:
            return
        try:
            document = await self.documents.text(claim.task.document_id)
            coded = await code_document(self.open_engine(claim.model), claim.codebook, document)
        except CoderAIError as error:
            if error.retryable:
                raise
            await self.fail(workspace_id, task_id, error)
            return
        await self._save(workspace_id, task_id, coded)

    async def fail(self, workspace_id: UUID, task_id: UUID, error: Exception) -> None:
        """Records that a task's document cannot be coded; every variable is missing with the reason."""
        text = error.message if isinstance(error, CoderAIError) else f"{type(error).__name__}: {error}"
        unreadable = isinstance(error, NotFound | Conflict)
        reason = MissingReason.UNREADABLE if unreadable else MissingReason.MODEL_FAILED
        async with self.open_store(workspace_id) as store:
            task = await store.task(task_id)
            if task is None or task.status is not TaskStatus.QUEUED:
                return
            codebook = await self._codebook(store, task.job_id)
            missing = [deciding.unreadable(variable, reason, text) for variable in codebook.variables]
            await store.save_task(replace(task, status=TaskStatus.FAILED, error=text))
            await self._finish(store, task, missing, lambda job: self._failed(job, task, text))

    async def _claim(self, workspace_id: UUID, task_id: UUID) -> Claim | None:
        async with self.open_store(workspace_id) as store:
            task = await store.task(task_id)
            if task is None or task.status is not TaskStatus.QUEUED:
                return None
            job = await store.job(task.job_id)
            if not job.is_running:
                status = TaskStatus.CANCELLED if job.status in ENDED else TaskStatus.PENDING
                await store.save_task(replace(task, status=status))
                await store.commit()
                return None
            codebook = await self._codebook(store, job.id)
            await store.save_task(replace(task, attempts=task.attempts + 1))
            started, events = job.document_started(task.document_id, task.document_name, self.now())
            await store.save_job(started, events, self.now())
            if job.status is JobStatus.PENDING:
                announce(store, started)
            await store.commit()
            return Claim(task, job.model, codebook)

    async def _save(self, workspace_id: UUID, task_id: UUID, coded: Coded) -> None:
        async with self.open_store(workspace_id) as store:
            task = await store.task(task_id)
            if task is None or task.status is not TaskStatus.QUEUED:
                return
            await store.save_task(replace(task, status=TaskStatus.DONE, error=""), coded.receipt)
            await self._finish(store, task, coded.extractions, lambda job: self._done(job, task, coded))

    async def _finish(
        self,
        store: Store,
        task: Task,
        extractions: Sequence[Extraction],
        change: Callable[[Job], tuple[Job, list[Event]]],
    ) -> None:
        """Saves a document's extractions, counts it in its job, and queues the next one, all in one transaction."""
        await store.replace_extractions(task, extractions)
        before = await store.job(task.job_id)
        after, events = change(before)
        await store.save_job(after, events, self.now())
        await queue_tasks(store, after, self.window)
        if after.status is not before.status:
            announce(store, after)
        await store.commit()

    def _done(self, job: Job, task: Task, coded: Coded) -> tuple[Job, list[Event]]:
        receipt = coded.receipt
        metadata = {"variables_answered": receipt.variables_answered, "entities_found": receipt.entities_found}
        return job.document_done(task.document_id, task.document_name, receipt.usage, metadata, self.now())

    def _failed(self, job: Job, task: Task, error: str) -> tuple[Job, list[Event]]:
        return job.document_failed(task.document_id, task.document_name, error, self.now())

    async def _codebook(self, store: Store, job_id: UUID) -> Codebook:
        codebook = self._codebooks.get(job_id)
        if codebook is None:
            codebook = read_codebook(await store.snapshot(job_id))
            while len(self._codebooks) >= _CODEBOOKS_KEPT:
                self._codebooks.pop(next(iter(self._codebooks)))
            self._codebooks[job_id] = codebook
        return codebook
