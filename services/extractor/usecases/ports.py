"""What the use cases need of the world: a store, the documents, the projects, and an engine for a model's name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from google.protobuf.message import Message

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable
from coderai.engines.calls import Engine
from coderai.kit.audit import Fact
from coderai.kit.identity import Identity
from coderai.kit.model_replies import NOTHING_USED, Account, Usage
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Extraction, Receipt
from coderai.services.extractor.domain.dataset.units import Unit
from coderai.services.extractor.domain.jobs.job import Event, Job, TaskStatus
from coderai.services.extractor.domain.jobs.spending import Purpose, Taken
from coderai.services.extractor.domain.jobs.tried import Sample


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """A document of a project, without its text."""

    id: UUID
    name: str
    status: str
    error: str = ""
    words: int = 0
    chunks: int = 0
    repeats: bool = False
    """Whether it repeats another document of the project."""
    format: str = ""
    language: str = ""
    """ISO 639-1 code, empty when not known."""

    @property
    def is_readable(self) -> bool:
        """Whether it has a text."""
        return self.status == "READY"


@dataclass(frozen=True, slots=True)
class Task:
    """One document in one job."""

    id: UUID
    job_id: UUID
    document_id: UUID
    document_name: str
    status: TaskStatus
    attempts: int = 0
    vanished: int = 0
    """Attempts, the last ones in a row, of which nothing more was heard: the worker was killed, or told to stop."""
    error: str = ""
    position: int = 0
    reserved: int = 0
    """Tokens set aside for the calls of the attempt under way, when there is a budget."""
    used: Usage = NOTHING_USED
    """What that attempt had used when it last set tokens aside; the job does not count it yet."""
    text_version: int = 0
    """The newest of the document's texts that is known: it is coded from that, or to be."""
    variables: tuple[str, ...] | None = None
    """Names of the only variables that it asks; None when it asks all of the codebook's."""

    def asked(self, variables: Sequence[Variable]) -> list[Variable]:
        """Those of a codebook's variables that it asks."""
        return [variable for variable in variables if self.variables is None or variable.name in self.variables]


@dataclass(frozen=True, slots=True)
class Queued:
    """A task that goes into the queue."""

    id: UUID
    position: int
    document_id: UUID


@dataclass(frozen=True, slots=True)
class Measured:
    """What coding one document took."""

    document_id: UUID
    usage: Usage
    entities: int
    judge: Usage = NOTHING_USED
    deciding: Usage = NOTHING_USED
    same: Usage = NOTHING_USED
    """The parts of the usage that are counted apart, as in the receipt."""


@dataclass(frozen=True, slots=True)
class MeasuredJob:
    """A job that was completed, with what its documents took."""

    kind: str
    snapshot: Mapping[str, Any]
    documents: Sequence[Measured]
    documents_total: int = 0
    """Of the job, those that are not measured among them."""
    pace: float | None = None
    """Seconds from one finished document to the next, pauses left out; None when not known."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the dataset has of a document before a job codes it."""

    units: tuple[Unit, ...] = ()
    """In whichever state, in the order of the rows."""
    values: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    """What conditions look at in place of what a model says: by unit, then by the variable's name; None is missing."""
    identified: bool = False
    """Whether a job has looked for its entities, even if it found none."""


NOTHING_KNOWN = Known()


class Store(Protocol):
    """One transaction in one workspace; nothing is kept without commit(). Locks go task first, then job."""

    async def lock_jobs(self, project_id: UUID) -> None:
        """Lets one transaction start a job of a project at a time; none ends while it lasts. Raises JobActive."""
        ...

    async def add_job(self, job: Job, snapshot: Mapping[str, Any]) -> None:
        """Adds a job with its codebook's snapshot. Raises JobActive."""
        ...

    async def add_tasks(self, tasks: Sequence[Task]) -> None: ...

    async def job(self, job_id: UUID) -> Job:
        """The job, locked until the end of the transaction. Raises JobNotFound."""
        ...

    async def snapshot(self, job_id: UUID) -> Mapping[str, Any]:
        """The job's codebook, as kit.wire.to_plain gave it. Raises JobNotFound."""
        ...

    async def samples(self, project_id: UUID) -> Sequence[Sample]:
        """The completed samples of the project in which something was answered."""
        ...

    async def active_jobs(self) -> int:
        """How many jobs of the workspace are running or paused."""
        ...

    async def taken(self, project_id: UUID, now: datetime) -> Taken:
        """What the project and its workspace have spent on models, and set aside."""
        ...

    async def lock_spending(self) -> None:
        """Lets one transaction of the workspace reserve at a time: each sees those before it."""
        ...

    async def book(self, project_id: UUID, day: date, purpose: Purpose, model: str, used: Usage, cost: float) -> None:
        """Adds to what was spent on a day."""
        ...

    async def hold(self, project_id: UUID, tokens: int, now: datetime) -> UUID:
        """Sets tokens aside for a question that no task puts; returns the reservation's id."""
        ...

    async def release(self, reservation_id: UUID) -> bool:
        """Frees a reservation; False when there is none any more."""
        ...

    async def workspace_budget(self) -> int:
        """Tokens that the workspace may use in a month; 0 for no limit."""
        ...

    async def set_workspace_budget(self, tokens_a_month: int) -> None: ...

    async def measured(self, project_id: UUID, model: str) -> MeasuredJob | None:
        """The project's newest completed job that asked this model all variables, with some of its documents.

        None without one; trials do not count.
        """
        ...

    async def entities_known(self, project_id: UUID) -> Mapping[UUID, int]:
        """How many rows the dataset has of each of the project's documents in which it knows entities, by its id."""
        ...

    async def of_another_unit(self, project_id: UUID, codebook: Codebook) -> Collection[UUID]:
        """The project's documents whose rows were found when a row stood for something else than it does now."""
        ...

    async def rows_found_by(self, project_id: UUID) -> Mapping[UUID, str]:
        """By the id of each document of the dataset, the model that identified its rows; empty where none has."""
        ...

    async def stale_variables(
        self, project_id: UUID, codebook: Codebook, variables: Collection[str], other_model: bool
    ) -> Mapping[UUID, Sequence[str]]:
        """By the document's id, names of the variables of which it has cells that should be asked again.

        Documents without any are left out. `variables`: names of the only ones to look at; all when there are none.
        `other_model`: whether cells that another model than the codebook's answered count, too.
        """
        ...

    async def queued(self, task_id: UUID) -> tuple[Task, Job] | None:
        """A QUEUED task and its job, locked until the end of the transaction; None when it is not to be worked on."""
        ...

    async def save_task(self, task: Task, receipt: Receipt | None = None) -> None: ...

    async def resumed_since_begun(self, task: Task) -> bool:
        """Whether the job was resumed after the task's last attempt began."""
        ...

    async def reserve(self, task_id: UUID, tokens: int, used: Usage) -> None:
        """Sets tokens aside for the calls of a queued task, in place of what was set aside for it before."""
        ...

    async def queue_next(self, job_id: UUID, window: int) -> list[Queued]:
        """Marks waiting tasks QUEUED, in order, until `window` of the job's are; returns those newly marked.

        A fall below the window is mended from a quarter of it on: one step for many documents.
        """
        ...

    async def reopen_failed(self, job_id: UUID) -> int:
        """Makes the job's failed tasks wait again; returns how many."""
        ...

    async def cancel_waiting(self, job_id: UUID) -> None: ...

    async def save_job(self, job: Job, events: Sequence[Event], now: datetime) -> None:
        """Saves a job after a change and writes the events to its log, numbered on from its last one.

        Raises JobActive when it goes on while another of its project is active.
        """
        ...

    async def add_extractions(self, job: Job, found: Sequence[tuple[Task, Sequence[Extraction]]]) -> None:
        """Adds the extractions of several of the job's documents that have none yet."""
        ...

    async def replace_extractions(self, job: Job, task: Task, extractions: Sequence[Extraction]) -> None:
        """Puts these extractions in place of all that the job has of the task's document."""
        ...

    async def known(self, task: Task, variables: Sequence[Variable]) -> Known:
        """What the dataset has of a task's document: its units; people's values; of the codebook's `variables` that the
        task does not ask, all values."""
        ...

    async def enter(self, job: Job, task: Task, codebook: Codebook, coded: Coded) -> None:
        """Makes what a job's task gave the newest of the dataset: its units, if it identified them, and their cells."""
        ...

    async def enter_failed(self, job: Job, failed: Sequence[tuple[Task, Sequence[Extraction]]]) -> None:
        """Notes that documents of a job failed: values that the dataset has are stale, other cells are FAILED."""
        ...

    async def recast(self, unit_ids: Sequence[UUID]) -> None:
        """Works the cells of units out anew, from their newest extractions, people's feedback and present settings."""
        ...

    async def keep_codebook(self, project_id: UUID, plain: Mapping[str, Any], read_at: datetime) -> None:
        """Keeps a project's codebook as it stood at some time, unless a later one is kept already."""
        ...

    async def documents_behind(self, project_id: UUID) -> Sequence[UUID]:
        """The project's documents with cells that were not worked out under its codebook as it is kept, in order.

        It waits for documents that are being entered under the one kept before.
        """
        ...

    async def recast_documents(self, document_ids: Sequence[UUID]) -> None:
        """Works all cells of documents out anew (see recast)."""
        ...

    async def note_applied(self, project_id: UUID, hash: str) -> None:
        """Notes that no document of the project is behind the codebook with this hash."""
        ...

    async def outdate(self, project_id: UUID, texts: Mapping[UUID, int]) -> Mapping[UUID, int]:
        """Removes what models extracted from earlier texts of documents: `texts` has their versions by document.

        What people have corrected stays. The tasks that were DONE are FAILED, and say why; how many, by job.
        """
        ...

    async def record(self, *facts: Fact, who: Identity | None = None) -> None:
        """Adds what is done to the list of who did what; by whoever acts now, if nobody is named."""
        ...

    def emit(self, subject: str, message: Message) -> None: ...

    async def commit(self) -> None: ...


OpenStore = Callable[[UUID], AbstractAsyncContextManager[Store]]
OpenEngine = Callable[[str, Account], Awaitable[Engine]]
"""The engine for a model's name, as provider:name or "offline", at the cost of an account; it raises ModelError.

Raises ModelUnusable.
"""


class Projects(Protocol):
    """The projects service."""

    async def freeze(self, project_id: UUID) -> Mapping[str, Any]:
        """A project's codebook, frozen as it stands. Raises NotFound, Conflict when it has no variables."""
        ...

    async def must_exist(self, project_id: UUID) -> None:
        """Raises NotFound when the caller's workspace has no such project."""
        ...

    async def token_budget(self, project_id: UUID) -> int:
        """Most tokens that the project's jobs may use together; 0 for no limit. Raises NotFound."""
        ...


class Documents(Protocol):
    """The ingest service."""

    def heads(self, project_id: UUID, document_ids: Sequence[UUID]) -> AsyncIterator[DocumentHead]:
        """The project's documents in upload order; only the named ones, when any are."""
        ...

    async def text(self, document_id: UUID) -> Document:
        """A document's text with pages and chunks. Raises NotFound, Conflict when it is not READY."""
        ...
