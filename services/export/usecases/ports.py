"""What the use cases need of the world: a store of exports, the extractor's rows, and files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from google.protobuf.message import Message

from coderai.codebook.codebook import Codebook
from coderai.kit.audit import Fact
from coderai.services.export.domain.coded import Document, Job, Words
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Export, ExportFile, Written
from coderai.services.export.domain.measured import Report
from coderai.services.export.domain.provenance import Provenance
from coderai.services.export.domain.stages import Stages
from coderai.services.export.domain.texts import Need, Texts


class Store(Protocol):
    """One transaction; nothing is kept without commit()."""

    async def add_export(self, export: Export) -> None: ...

    async def export(self, export_id: UUID) -> Export | None:
        """The export, locked until the end of the transaction; None when there is none (any more)."""
        ...

    async def pending(self) -> int:
        """How many exports of the workspace are not written yet; no other is added until the transaction ends."""
        ...

    async def note_sent(self, export_id: UUID) -> None:
        """Notes that the export was sent to be written now."""
        ...

    async def note_progress(self, export_id: UUID, percent: float) -> bool:
        """Notes how much of a pending export is written, if more than before; returns whether it is still pending."""
        ...

    async def complete(self, written: Written) -> None:
        """Makes an export COMPLETE, with what its file holds."""
        ...

    async def fail(self, export_id: UUID, error: str, now: datetime) -> None: ...

    async def cancel(self, export_id: UUID, now: datetime) -> None: ...

    async def expire(self, export_id: UUID) -> None: ...

    async def note_files_removed(self, export_id: UUID) -> None:
        """Notes that an export that has ended has no files any more."""
        ...

    async def remove(self, export_id: UUID) -> None: ...

    async def project_exports(self, project_id: UUID) -> list[Export]:
        """A project's exports, locked until the end of the transaction."""
        ...

    async def remove_project(self, project_id: UUID) -> None: ...

    async def record(self, *facts: Fact) -> None:
        """Adds what is done to the list of who did what."""
        ...

    def emit(self, subject: str, message: Message) -> None: ...

    async def commit(self) -> None: ...


class OpenStore(Protocol):
    """Opens transactions in the workspace of whoever acts."""

    def __call__(self) -> AbstractAsyncContextManager[Store]: ...


class Jobs(Protocol):
    """The jobs of projects."""

    async def job(self, job_id: str) -> Job:
        """Raises kit.errors.NotFound."""
        ...

    def jobs(self, project_id: UUID) -> AsyncIterator[Job]:
        """A project's jobs, newest first. Raises kit.errors.NotFound when there is no such project."""
        ...

    async def codebook(self, project_id: UUID, job_id: UUID | None, filter: Sequence[str] = ()) -> Codebook:
        """That of a job; that of the project's dataset where it is None.

        Raises kit.errors.NotFound, and kit.errors.InvalidInput where the filter makes no sense with it.
        """
        ...


class Rows(Protocol):
    """The rows of the dataset or a job, kept on local disk as they come: those of a document are of one coding."""

    job: Job | None
    """None for the dataset."""
    codebook: Codebook
    words: Words
    document_count: int
    """How many documents there were when the reading began."""
    rows_in_all: int
    """Of the dataset: how many rows it had then, whatever the filter."""

    def documents(self) -> Iterator[Document]:
        """The documents in upload order, from the first one on at every call; a thread waits here for those to come.

        Raises kit.errors.NotFound and what else the extractor says, and domain.stages.Stopped.
        """
        ...

    def stop(self) -> None:
        """Has whoever waits for documents get Stopped."""
        ...


class RowSource(Protocol):
    """Where rows come from."""

    def rows(
        self, project_id: UUID, job_id: UUID | None, *, weights: bool = False, filter: Sequence[str] = ()
    ) -> AbstractAsyncContextManager[Rows]:
        """Reads all rows of a job; of the project's dataset where it is None, with its cells' weights if wanted.

        `filter`: of the dataset, what must hold of a row, else its document comes without it.

        Raises kit.errors.NotFound and what else the extractor says.
        """
        ...


class Reports(Protocol):
    """Where estimates of quality come from."""

    async def report(self, project_id: UUID) -> Report:
        """What is estimated of a project's dataset now, from cells that people judged in drawn samples.

        Raises kit.errors.NotFound and what else the extractor says.
        """
        ...


class TextSource(Protocol):
    """Where documents come from as they were read."""

    def texts(
        self, project_id: UUID, document_ids: Sequence[str] = (), *, with_text: bool
    ) -> AbstractAsyncContextManager[Texts]:
        """Reads the project's documents, or those named, with their texts if wanted.

        Raises what ingest says.
        """
        ...


class ProvenanceSource(Protocol):
    """Where it is known how values came about."""

    def provenance(self, project_id: UUID, job_id: UUID | None) -> AbstractAsyncContextManager[Provenance]:
        """Reads how a job's values came about; of the project's dataset where it is None.

        Raises what the extractor says.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """All that an export is made of, by where it comes from."""

    rows: RowSource
    reports: Reports
    texts: TextSource
    provenance: ProvenanceSource


class Files(Protocol):
    """The exports' files."""

    def needs(self, export: Export) -> Collection[Need]:
        """What its format takes beside the rows."""
        ...

    async def store(self, export: Export, dataset: Dataset, stages: Stages) -> tuple[ExportFile, ...]:
        """Writes an export's files, beside those that another attempt at it may have stored; the dataset comes first.

        An attempt that does not come to its end removes what it has stored, as far as that can be reached.

        Raises:
            TooLargeForSheet, TooLargeForStatistics: the format cannot hold so much.
        """
        ...

    async def keep_only(self, export: Export, files: Sequence[ExportFile]) -> None:
        """Removes what other attempts have stored; what cannot be reached now stays until the export is removed."""
        ...

    async def discard(self, files: Sequence[ExportFile]) -> None:
        """Removes these files."""
        ...

    async def remove(self, project_id: UUID, export_id: UUID) -> None:
        """Removes all files of an export; absent ones are no error."""
        ...
