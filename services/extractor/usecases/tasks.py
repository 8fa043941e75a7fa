"""Codes the document of one task; may run twice, and be killed at any point."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from coderai.codebook import validation
from coderai.kit.errors import CoderAIError, Conflict, NotFound
from coderai.kit.model_replies import NOTHING_USED, ModelError, ModelReplyInvalid, ModelUnavailable, ModelUnusable
from coderai.services.extractor.domain.jobs.estimating import Count
from coderai.services.extractor.domain.jobs.fitting import as_sent
from coderai.services.extractor.domain.jobs.spending import BudgetUsedUp
from coderai.services.extractor.usecases.code_document import code_document
from coderai.services.extractor.usecases.metering import Meter
from coderai.services.extractor.usecases.ports import Documents, OpenEngine, Task
from coderai.services.extractor.usecases.recording import Claim, TaskRecords

MOST_VANISHED = 5
"""Attempts in a row of which nothing more is heard before a document is taken to be what ends its workers."""
_ADVICE = "mend that on the extractor's workers, or use another model (offline needs none)"


class EndsItsWorkers(CoderAIError):
    """Worker after worker ended while it coded this document."""


@dataclass(frozen=True, slots=True)
class Tasks:
    """The use cases of a worker."""

    records: TaskRecords
    documents: Documents
    open_engine: OpenEngine
    counter_for: Callable[[str], Count]
    """Counts tokens as a model does, by its name."""
    context_of: Callable[[str], int]
    """Tokens that a model takes at once, by its name."""

    async def run(self, workspace_id: UUID, task_id: UUID) -> None:
        """Codes a task's document and saves it whole; a task that is done or whose job stopped is left alone.

        Where nothing can be coded until a person acts (no key, the budget used up), the task waits and its job is
        paused; where only this document cannot be coded, its failure is recorded.

        Raises:
            Exception: run again later: a passing fault, or the model's replies made no sense for the first time.
        """
        claim = await self.records.begin(workspace_id, task_id)
        if claim is None:
            return
        used = NOTHING_USED
        try:
            if claim.task.vanished >= MOST_VANISHED:
                raise EndsItsWorkers(f"{MOST_VANISHED} workers in a row ended while they coded this document")
            document = as_sent(
                await self.documents.text(claim.task.document_id),
                claim.codebook,
                self.context_of(claim.model),
                self.counter_for(claim.model),
            )
            meter = self._meter(workspace_id, claim)
            engine = await self.open_engine(claim.model, meter)
            await asyncio.to_thread(validation.prepare, claim.codebook.variables)
            try:
                task = claim.task
                coded = await code_document(
                    engine, claim.codebook, document, claim.known, task.variables, task.document_id
                )
            finally:
                used = meter.usage
        except (ModelUnusable, BudgetUsedUp) as error:
            advice = f": {_ADVICE}" if isinstance(error, ModelUnusable) else ""
            reason = f"{error.message}{advice}; then resume the job, or cancel it"
            await self.records.put_back(workspace_id, task_id, reason, used)
        except Exception as error:
            if _may_go_well_later(error, claim.task):
                if isinstance(error, ModelUnavailable):
                    await self.records.model_waiting(workspace_id, claim.task, error.message)
                await self.records.tried(workspace_id, task_id, error, used)
                raise
            unreadable = _is_unreadable(error)
            await self.records.failed(workspace_id, task_id, error, used, is_unreadable=unreadable)
        else:
            await self.records.done(workspace_id, task_id, coded, used, document.text_version)

    async def give_up(self, workspace_id: UUID, task_id: UUID, error: Exception) -> None:
        """Ends a task that failed again and again: something that is away pauses the job, other errors are recorded."""
        if isinstance(error, CoderAIError) and error.retryable:
            reason = f"{error.message}; that lasts for some time now. Resume the job when it is over, or cancel it"
            await self.records.put_back(workspace_id, task_id, reason, NOTHING_USED)
        else:
            unreadable = _is_unreadable(error)
            await self.records.failed(workspace_id, task_id, error, NOTHING_USED, is_unreadable=unreadable)

    def _meter(self, workspace_id: UUID, claim: Claim) -> Meter:
        reserve = partial(self.records.reserve, workspace_id, claim.task) if claim.is_limited else None
        return Meter(partial(self.records.model_waiting, workspace_id, claim.task), reserve)


def _may_go_well_later(error: Exception, task: Task) -> bool:
    if isinstance(error, ModelReplyInvalid):
        return task.attempts == 0
    return not isinstance(error, CoderAIError) or error.retryable


def _is_unreadable(error: Exception) -> bool:
    """Whether the document has no text (any more), as ingest says; the model is not to blame."""
    return isinstance(error, NotFound | Conflict) and not isinstance(error, ModelError)
