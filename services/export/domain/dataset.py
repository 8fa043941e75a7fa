"""A dataset ready to be written: what was coded, counted and laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Self

from coderai.codebook.codebook import Codebook
from coderai.services.export.domain.coded import Document, Job, Unit, Words, units
from coderai.services.export.domain.export import Options, file_name
from coderai.services.export.domain.survey import Survey, survey
from coderai.services.export.domain.table import Row
from coderai.services.export.domain.wide import WideTable

BATCH = 1_000
"""Rows that writers of columns take at a time."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Documents as a table, in upload order; they are read anew each time, so that memory stays flat."""

    project_id: str
    job: Job | None
    """None for the project's dataset."""
    codebook: Codebook
    words: Words
    options: Options
    survey: Survey
    table: WideTable
    generated_at: datetime
    _documents: Callable[[], Iterable[Document]]
    notes: list[str] = field(default_factory=list)
    """What writers tell of it, a sentence each."""

    @classmethod
    def of(
        cls,
        project_id: str,
        job: Job | None,
        codebook: Codebook,
        words: Words,
        documents: Callable[[], Iterable[Document]],
        options: Options,
        now: datetime,
    ) -> Self:
        """Reads the documents once to count them; `documents` gives them from the first one on at every call."""
        counted = survey(codebook, documents())
        table = WideTable(codebook, options, counted.most_values, counted.ranged)
        return cls(project_id, job, codebook, words, options, counted, table, now, documents)

    @property
    def name(self) -> str:
        """What it is, as a part of its files' names: dataset, full-job ..."""
        return "dataset" if self.job is None else f"{self.job.kind.lower() or 'one'}-job"

    def file_name(self, ending: str) -> str:
        """What a file of it is called, as `file_name("-codebook.md")`."""
        return file_name(self.codebook.project_name, self.name, self.generated_at, ending)

    def units(self) -> Iterator[Unit]:
        """The rows' units."""
        for document in self._documents():
            yield from units(document, self.codebook)

    def rows(self) -> Iterator[Row]:
        """The rows, each with a cell for every column of the table."""
        for unit in self.units():
            yield from self.table.rows(unit)

    def batches(self, size: int = BATCH) -> Iterator[list[Row]]:
        """The same rows, so many at a time."""
        rows = self.rows()
        while batch := list(islice(rows, size)):
            yield batch

    def note(self, text: str) -> None:
        """Keeps a sentence for whoever takes the file: what the format could not hold, and what became of it."""
        self.notes.append(text)
