"""Which documents a job covers: what the caller wants of it, and what the project has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from coderai.kit.errors import Conflict, InvalidInput
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.ports import DocumentHead, Documents

DEFAULT_SAMPLE = 10


class NoDocuments(Conflict):
    """The project has no documents yet: upload some first."""


class DocumentsNotRead(Conflict):
    """Some documents are still being read: wait until they are READY or FAILED."""


class NothingReadable(Conflict):
    """None of the documents could be read."""


class UnknownDocuments(InvalidInput):
    """Some of the chosen documents are not in this project."""


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
