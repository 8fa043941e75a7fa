"""A dataset ready to be written: what was coded, counted and laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Self

from coderai.codebook.codebook import Codebook
from coderai.services.export.domain.choice import WHOLE, Choice
from coderai.services.export.domain.coded import Document, Job, Unit, Words, units
from coderai.services.export.domain.codes import Codes, codes_of
from coderai.services.export.domain.export import CategoriesAs, Layout, Options, file_name
from coderai.services.export.domain.long import LongTable
from coderai.services.export.domain.measured import NO_REPORT, Report
from coderai.services.export.domain.names import Names
from coderai.services.export.domain.progress import OnProgress, unwatched
from coderai.services.export.domain.provenance import Provenance
from coderai.services.export.domain.pseudonyms import pseudonyms, with_pseudonyms
from coderai.services.export.domain.remarks import remarks
from coderai.services.export.domain.survey import Survey, survey
from coderai.services.export.domain.table import Row, Table
from coderai.services.export.domain.texts import Texts
from coderai.services.export.domain.wide import WideTable


@dataclass(frozen=True, slots=True)
class Dataset:
    """Documents as a table, in upload order; they are read anew each time, so that memory stays flat."""

    project_id: str
    job: Job | None
    """None for the project's dataset."""
    codebook: Codebook
    """With the chosen variables."""
    words: Words
    options: Options
    layout: Layout
    choice: Choice
    survey: Survey
    codes: Mapping[str, Codes]
    """The codes of categories, by the names of the variables whose categories are written as codes."""
    wide: WideTable
    """For files that have the wide table, whatever the layout."""
    table: Table
    """In the layout that was asked for."""
    generated_at: datetime
    _documents: Callable[[], Iterable[Document]]
    notes: list[str] = field(default_factory=list)
    """What readers should know of it, a sentence each; writers add what their format could not hold."""
    report: Report = NO_REPORT
    """What is estimated of the project's dataset, all of it, from cells judged in drawn samples."""
    texts: Texts | None = None
    """How the documents were read; None unless the format needs it (texts.Need)."""
    provenance: Provenance | None = None
    """How the values came about; None unless the format needs it."""
    rows_in_all: int = 0
    """Of the project's dataset, whatever was chosen of it."""
    on_progress: OnProgress = unwatched
    """Told after each document how many units a pass over the dataset has given, and how many there are; some files
    take several passes.
    """

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
        layout: Layout = Layout.WIDE,
        choice: Choice = WHOLE,
        report: Report = NO_REPORT,
        on_progress: OnProgress = unwatched,
        rows_in_all: int = 0,
    ) -> Self:
        """Reads the documents once to count them; `documents` gives them from the first one on at every call.

        Raises:
            ExportInvalid: the codebook does not have a chosen variable.
        """
        chosen = choice.of_codebook(codebook)

        def found() -> Iterator[Document]:
            return choice.of_documents(documents(), chosen)

        counted = survey(chosen, found())
        codes = codes_of(chosen, counted) if options.categories_as is CategoriesAs.CODES else {}
        names = Names(variable.name for variable in codebook.variables)
        wide = WideTable(chosen, options, counted, codes, names)
        table = LongTable(chosen, options, codes) if layout is Layout.LONG else wide
        source = partial(with_pseudonyms, found, counted.reviewers) if options.pseudonyms else found
        parts = (chosen, words, options, layout, choice, counted, codes, wide, table, now, source)
        made = cls(project_id, job, *parts, report=report, rows_in_all=rows_in_all, on_progress=on_progress)
        made.notes.extend([*(names.told() if layout is Layout.WIDE else ()), *remarks(made)])
        return made

    @property
    def told_of_choice(self) -> list[tuple[str, str]]:
        """What was chosen, for readers: labels with their values; none where all is exported."""
        in_all = [("Rows to choose from", f"{self.rows_in_all:,}")] if self.choice.filter else []
        return [*self.choice.told(), *in_all]

    @property
    def name(self) -> str:
        """What it is, as a part of its files' names: dataset, full-job ..."""
        return "dataset" if self.job is None else f"{self.job.kind.lower() or 'one'}-job"

    def file_name(self, ending: str) -> str:
        """What a file of it is called, as `file_name("-codebook.md")`."""
        if self.options.name:
            return f"{self.options.name}{ending}"
        return file_name(self.codebook.project_name, self.name, self.generated_at, ending)

    @property
    def people(self) -> Sequence[str]:
        """Who reviewed, wrote prompts or drew samples, as its files call them; first those whose word stands in it."""
        names = pseudonyms(self.survey.reviewers) if self.options.pseudonyms else {}
        reviewers = [names.get(person, person) for person in self.survey.reviewers]
        return list(dict.fromkeys([*reviewers, *(self.provenance.people if self.provenance is not None else ())]))

    def units(self) -> Iterator[Unit]:
        """The rows' units."""
        given = 0
        for document in self._documents():
            for unit in units(document, self.codebook):
                given += 1
                yield unit
            self.on_progress(given, self.survey.rows)

    @property
    def row_count(self) -> int:
        """How many rows the table has."""
        return self.survey.values if self.layout is Layout.LONG else self.survey.rows

    def rows(self) -> Iterator[Row]:
        """The rows, each with a cell for every column of the table."""
        for unit in self.units():
            yield from self.table.rows(unit)

    def batches(self, size: int) -> Iterator[list[Row]]:
        """The same rows, so many at a time."""
        rows = self.rows()
        while batch := list(islice(rows, size)):
            yield batch

    def note(self, text: str) -> None:
        """Keeps a sentence for whoever takes the file: what the format could not hold, and what became of it."""
        self.notes.append(text)
