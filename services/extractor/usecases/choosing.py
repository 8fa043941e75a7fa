"""Which documents a job covers: what the caller wants of it, and what the project has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from coderai.codebook.codebook import Codebook, Verify
from coderai.codebook.conditions import with_dependents
from coderai.kit.errors import Conflict, InvalidInput
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.domain.jobs.sampling import LARGEST_SEED, draw, length_class
from coderai.services.extractor.usecases.ports import DocumentHead, Documents

DEFAULT_SAMPLE = 10
EFFORTS = ("minimal", "low", "medium", "high")


class NoDocuments(Conflict):
    """The project has no documents yet: upload some first."""


class DocumentsNotRead(Conflict):
    """Some documents are still being read: wait until they are READY or FAILED."""


class NothingReadable(Conflict):
    """None of the documents could be read."""


class UnknownDocuments(InvalidInput):
    """Some of the chosen documents are not in this project."""


class UnknownVariables(InvalidInput):
    """Some of the named variables are not in this project."""


class NothingStale(Conflict):
    """No cell of the dataset need be asked again."""


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
    sample_seed: int | None = None
    """Draws the sample that it drew before; None for another one."""
    first_documents: bool = False
    """Whether a sample is the first documents, in place of random ones."""
    verify: Verify | None = None
    """In place of the project's."""
    reasoning_effort: str = ""
    """In place of the project's, unless it is empty."""
    variables: Sequence[str] = ()
    """Names of the only variables to ask, with those that depend on them; all when there are none."""
    leave_out_current: bool = False
    """Whether only what the dataset does not have is asked (see usecases.leaving_out)."""

    @property
    def is_drawn(self) -> bool:
        """Whether its documents are drawn at random."""
        return self.kind is JobKind.SAMPLE and not self.document_ids and not self.first_documents

    @property
    def overrides(self) -> dict[str, str]:
        """What of the codebook is another for this job."""
        given = {"verify": self.verify, "reasoning_effort": self.reasoning_effort}
        return {name: str(value) for name, value in given.items() if value}

    def check(self) -> None:
        """Raises InvalidInput when it makes no sense."""
        problems = dict(self._problems())
        if problems:
            raise InvalidInput("; ".join(f"{name} {problem}" for name, problem in problems.items()), fields=problems)

    def _problems(self) -> Iterator[tuple[str, str]]:
        if self.sample_size is not None and self.sample_size < 1:
            yield "sample_size", "must be 1 or more"
        if self.sample_seed is not None and not 0 <= self.sample_seed <= LARGEST_SEED:
            yield "sample_seed", f"must be from 0 to {LARGEST_SEED}"
        if self.reasoning_effort not in ("", *EFFORTS):
            yield "reasoning_effort", f"must be one of {', '.join(EFFORTS)}, or empty"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The documents of a job."""

    documents: Sequence[DocumentHead]
    """In upload order."""
    duplicates_left_out: int = 0
    """Documents of the project that are not among them because they repeat another."""
    not_read_left_out: int = 0
    """Those that are not among them because they have no text, or none yet."""
    current_left_out: int = 0
    """Those that are not among them because the dataset has all that would be asked of them."""
    only: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    """By the document's id, names of the only variables to ask of it; all are asked of those that are not in it."""

    def asking(self, names: tuple[str, ...]) -> Chosen:
        """The same documents, each asked these variables alone; all of them when there are none."""
        return replace(self, only={head.id: names for head in self.documents} if names else {})

    def variables(self, codebook: Codebook) -> tuple[str, ...]:
        """Names of the only variables that are asked of any, in the order of the columns; none when all are."""
        if any(head.id not in self.only for head in self.documents):
            return ()
        named = {name for names in self.only.values() for name in names}
        return tuple(variable.name for variable in codebook.variables if variable.name in named)


def to_ask(codebook: Codebook, names: Collection[str]) -> tuple[str, ...]:
    """These variables' names and those of all that depend on them, in the order of the columns.

    Raises:
        UnknownVariables
    """
    unknown = sorted(set(names) - {variable.name for variable in codebook.variables})
    if unknown:
        message = f"not in this project: {', '.join(unknown[:5])}"
        raise UnknownVariables(message, fields={"variables": message})
    return with_dependents(codebook.variables, names)


async def choose(documents: Documents, wanted: Wanted, seed: int = 0) -> Chosen:
    """The documents of a job; a sample draws from those that could be read, by format, language and length.

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
    size = wanted.sample_size or DEFAULT_SAMPLE
    if wanted.is_drawn:
        labels = _labels(heads)
        chosen = draw(chosen, size, seed, _stratum, lambda head: labels[head.id])
    elif wanted.kind is JobKind.SAMPLE:
        chosen = chosen[:size]
    return Chosen(chosen, left_out)


def _labels(heads: Sequence[DocumentHead]) -> dict[UUID, str]:
    """By which documents are drawn: by names, so that a seed draws the same ones of a corpus that is uploaded anew.

    Those that share a name are numbered in upload order.
    """
    seen = Counter[str]()
    labels = dict[UUID, str]()
    for head in heads:
        seen[head.name] += 1
        labels[head.id] = f"{head.name}/{seen[head.name]}"
    return labels


def _stratum(head: DocumentHead) -> tuple[str, str, int]:
    return head.format, head.language, length_class(head.words)
