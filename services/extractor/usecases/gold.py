"""Takes known answers, and holds the dataset, a job or a trial against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.codebook.variable import Variable
from coderai.kit.errors import Conflict, InvalidInput
from coderai.kit.identity import Identity
from coderai.measuring.estimating import Estimate, wilson
from coderai.measuring.feedback import Answer, Feedback, decide, standing
from coderai.services.extractor.domain.jobs.job import Job, JobKind
from coderai.services.extractor.domain.quality.gold import Line, Outcome, Problem, Source, outcome, read_csv
from coderai.services.extractor.domain.quality.naming import named
from coderai.services.extractor.domain.quality.splits import Split
from coderai.services.extractor.domain.quality.trials import Comparison, Tried, compare
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.feedback import author_of
from coderai.services.extractor.usecases.ports import Documents, Projects

ON_GOLD = (
    "on gold: known answers for chosen documents; nobody drew these at random, so that this is not the accuracy of the"
    " dataset"
)
LOOKED = "TEST was looked at {} times; each look at which something is changed makes its figures a little too good"


class GoldAmbiguous(InvalidInput):
    """Give either a CSV or from_review."""


class NoGold(Conflict):
    """There are no known answers in this part yet: import some first."""


class NotATrial(InvalidInput):
    """The job is no trial."""


@dataclass(frozen=True, slots=True)
class KnownCell:
    """A known answer to one cell."""

    document_id: UUID
    document_name: str
    variable_id: UUID
    right: tuple[Any, ...]
    """Values that are all right; none when there is no value."""
    source: Source
    unit_id: UUID | None = None
    entity_texts: tuple[str, ...] = ()
    """In place of the unit, names of its entity that are all right; neither where the unit is the document."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import."""

    cells: int
    documents: int
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said of one cell."""

    unit_id: UUID | None
    document_id: UUID
    entity_text: str
    answer: Answer
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How one variable fares on gold."""

    variable: str
    accuracy: Estimate
    right: int
    wrong: int
    missed: int
    invented: int


@dataclass(frozen=True, slots=True)
class Scores:
    """How the variables fare on gold."""

    items: Sequence[Score]
    looks_at_test: int
    units_not_found: int
    notes: Sequence[str]


class GoldStore(Protocol):
    """One transaction in one workspace."""

    async def job(self, job_id: UUID) -> Job: ...

    async def snapshot(self, job_id: UUID) -> Mapping[str, Any]: ...

    async def replace_gold(
        self, project_id: UUID, cells: Sequence[KnownCell], author: UUID, *, of_review: bool
    ) -> None:
        """Puts cells in place of all that came from review, or else of those that a CSV gave for the same documents and
        variables."""
        ...

    async def gold_of(self, project_id: UUID, split: Split) -> list[KnownCell]: ...

    async def feedback_of(self, project_id: UUID, variable_ids: Sequence[UUID] = ()) -> list[tuple[str, Feedback]]:
        """All feedback that was not taken back, with its document's name; of some variables, when any are named."""
        ...

    async def assign_splits(self, project_id: UUID, documents: Mapping[UUID, str], split: Split | None) -> None:
        """Puts documents, given with their names, that are in no part yet into one, by halves when none is named."""
        ...

    async def splits_of(self, document_ids: Collection[UUID]) -> dict[UUID, Split]: ...

    async def said_in_dataset(
        self, project_id: UUID, variables: Sequence[Variable], document_ids: Collection[UUID]
    ) -> dict[UUID, list[Said]]:
        """By variable, what models say of the dataset's cells of some documents, whatever people say of them."""
        ...

    async def said_in_job(self, job_id: UUID, variables: Sequence[Variable]) -> dict[UUID, list[Said]]: ...

    async def note_look(self, project_id: UUID, split: Split, job_id: UUID | None, author: UUID) -> None: ...

    async def looks_at_test(self, project_id: UUID) -> int: ...

    async def commit(self) -> None: ...


OpenGoldStore = Callable[[UUID], AbstractAsyncContextManager[GoldStore]]


@dataclass(frozen=True, slots=True)
class Gold:
    """The use cases of known answers."""

    open_store: OpenGoldStore
    projects: Projects
    documents: Documents

    async def take_csv(self, who: Identity, project_id: UUID, text: str, split: Split | None) -> Imported:
        """Takes the known answers of a CSV; what is wrong in it is told by line.

        Raises:
            NotFound, GoldUnreadable
        """
        codebook = read_codebook(await self.projects.freeze(project_id))
        lines, problems = read_csv(text, codebook.variables, multiple=codebook.unit.multiple)
        ids = dict[str, list[UUID]]()
        async for head in self.documents.heads(project_id, ()):
            ids.setdefault(head.name, []).append(head.id)
        known, unknown = _located(lines, ids)
        problems += unknown
        by_name = {variable.name: variable for variable in codebook.variables}
        cells = [
            KnownCell(document_id, line.document, UUID(by_name[name].id), right, Source.CSV, entity_texts=line.entity)
            for line, document_id in known
            for name, right in line.cells.items()
        ]
        await self._keep(who, project_id, cells, split, of_review=False)
        return _imported(cells, sorted(problems, key=lambda one: (one.line, one.column)))

    async def take_from_review(self, who: Identity, project_id: UUID, split: Split | None) -> Imported:
        """Takes the cells on which two people or more agree, or that were adjudicated."""
        await self.projects.must_exist(project_id)
        async with self.open_store(who.workspace_id) as store:
            said = await store.feedback_of(project_id)
        cells = list(_agreed(said))
        await self._keep(who, project_id, cells, split, of_review=True)
        return _imported(cells)

    async def names(self, project_id: UUID) -> dict[UUID, str]:
        """The names of a project's variables by id. Raises NotFound."""
        codebook = await codebook_now(self.projects, project_id)
        return {UUID(variable.id): variable.name for variable in codebook.variables}

    async def score(self, who: Identity, project_id: UUID, split: Split, job_id: UUID | None) -> Scores:
        """Holds the dataset's model values, or a job's, against the gold of one part; a look at TEST is counted.

        Raises:
            NotFound, NoGold
        """
        codebook = read_codebook(await self.projects.freeze(project_id))
        by_id = {UUID(variable.id): variable for variable in codebook.variables}
        async with self.open_store(who.workspace_id) as store:
            if job_id is not None and (await store.job(job_id)).project_id != project_id:
                raise InvalidInput("this job is of another project", fields={"job_id": "is of another project"})
            known = [cell for cell in await store.gold_of(project_id, split) if cell.variable_id in by_id]
            if not known:
                raise NoGold()
            variables = [by_id[variable_id] for variable_id in {cell.variable_id for cell in known}]
            if job_id is None:
                documents = {cell.document_id for cell in known}
                said = await store.said_in_dataset(project_id, variables, documents)
            else:
                said = await store.said_in_job(job_id, variables)
            if split is Split.TEST:
                await store.note_look(project_id, split, job_id, author_of(who))
            looks = await store.looks_at_test(project_id)
            await store.commit()
        return _scored(codebook, known, said, looks, split)

    async def compare_trial(self, who: Identity, job_id: UUID) -> tuple[Job, Comparison]:
        """What a trial mends and breaks among the known cells of its documents, as far as it has come.

        Raises:
            JobNotFound, NotATrial
        """
        async with self.open_store(who.workspace_id) as store:
            job = await store.job(job_id)
            if job.kind is not JobKind.TRIAL:
                raise NotATrial()
            variable = _tried(read_codebook(await store.snapshot(job_id)), job)
            variable_id = UUID(variable.id)
            after = (await store.said_in_job(job_id, [variable])).get(variable_id, [])
            documents = {one.document_id for one in after}
            said_before = await store.said_in_dataset(job.project_id, [variable], documents)
            gold = [cell for cell in await store.gold_of(job.project_id, Split.DEV) if cell.variable_id == variable_id]
            said = await store.feedback_of(job.project_id, [variable_id])
            splits = await store.splits_of(documents)
        reviewed = [cell for cell in _known(said) if splits.get(cell.document_id) is Split.DEV]
        return job, compare(variable, _pairs(after, said_before.get(variable_id, []), [*gold, *reviewed]))

    async def _keep(
        self, who: Identity, project_id: UUID, cells: Sequence[KnownCell], split: Split | None, *, of_review: bool
    ) -> None:
        async with self.open_store(who.workspace_id) as store:
            await store.assign_splits(project_id, {cell.document_id: cell.document_name for cell in cells}, split)
            await store.replace_gold(project_id, cells, author_of(who), of_review=of_review)
            await store.commit()


def _imported(cells: Sequence[KnownCell], problems: Sequence[Problem] = ()) -> Imported:
    return Imported(len(cells), len({cell.document_id for cell in cells}), problems)


def _located(lines: Sequence[Line], ids: Mapping[str, Sequence[UUID]]) -> tuple[list[tuple[Line, UUID]], list[Problem]]:
    """The lines with their documents, and a problem for each whose document is not known."""
    located, problems = list[tuple[Line, UUID]](), list[Problem]()
    for line in lines:
        found = ids.get(line.document, ())
        if len(found) == 1:
            located.append((line, found[0]))
        else:
            why = "no document has this name" if not found else f"{len(found)} documents have this name"
            problems.append(Problem(line.number, "document", why))
    return located, problems


def _agreed(said: Iterable[tuple[str, Feedback]]) -> Iterable[KnownCell]:
    """The cells on which two people or more agree, or that were adjudicated."""
    for name, of_cell in _by_cell(said):
        decision = decide(of_cell)
        if decision is None or decision.is_disputed or decision.by.right is None:
            continue
        agree = len([one for one in standing(of_cell) if one.right == decision.by.right])
        if decision.by.is_final or agree > 1:
            yield _cell(name, decision.by, Source.ADJUDICATED if decision.by.is_final else Source.AGREED)


def _known(said: Iterable[tuple[str, Feedback]]) -> Iterable[KnownCell]:
    """The cells of which people know what is right, and do not differ."""
    for name, of_cell in _by_cell(said):
        decision = decide(of_cell)
        if decision is not None and not decision.is_disputed and decision.by.right is not None:
            yield _cell(name, decision.by, Source.AGREED)


def _by_cell(said: Iterable[tuple[str, Feedback]]) -> Iterable[tuple[str, list[Feedback]]]:
    cells = dict[tuple[UUID, UUID], tuple[str, list[Feedback]]]()
    for name, one in said:
        cells.setdefault((one.unit_id, one.variable_id), (name, []))[1].append(one)
    return cells.values()


def _cell(name: str, one: Feedback, source: Source) -> KnownCell:
    assert one.right is not None
    right = () if one.right.value is None else (one.right.value,)
    return KnownCell(one.document_id, name, one.variable_id, right, source, one.unit_id)


def _tried(codebook: Codebook, job: Job) -> Variable:
    return next(variable for variable in codebook.variables if variable.name in job.variables)


class _Cells:
    """What a model said of a variable's cells, to be found by what gold knows of the unit."""

    def __init__(self, said: Sequence[Said]) -> None:
        self._by_unit = {one.unit_id: one for one in said if one.unit_id is not None}
        self._by_document = dict[UUID, list[Said]]()
        for one in said:
            self._by_document.setdefault(one.document_id, []).append(one)

    def of(self, cell: KnownCell) -> Said | None:
        if cell.unit_id is not None and cell.unit_id in self._by_unit:
            return self._by_unit[cell.unit_id]
        in_document = self._by_document.get(cell.document_id, [])
        if cell.entity_texts:
            return named(cell.entity_texts, in_document, lambda one: one.entity_text)
        return next((one for one in in_document if not one.entity_text), None)


def _scored(
    codebook: Codebook, known: Sequence[KnownCell], said: Mapping[UUID, Sequence[Said]], looks: int, split: Split
) -> Scores:
    counts, lost = dict[UUID, Counter[Outcome]](), set[object]()
    variables = {UUID(variable.id): variable for variable in codebook.variables}
    cells = {variable_id: _Cells(said.get(variable_id, ())) for variable_id in variables}
    for cell in known:
        found = cells[cell.variable_id].of(cell)
        if found is None:
            lost.add((cell.document_id, cell.unit_id, cell.entity_texts))
        says = found.answer if found else Answer()
        of_cell = outcome(variables[cell.variable_id], says, cell.right)
        # A unit that was not found earns nothing for what it leaves empty.
        if found is None and of_cell is Outcome.RIGHT:
            of_cell = Outcome.MISSED
        counts.setdefault(cell.variable_id, Counter())[of_cell] += 1
    items = [_score(variable, counts[i]) for i, variable in variables.items() if i in counts]
    notes = [ON_GOLD]
    if split is Split.TEST:
        notes.append(LOOKED.format(looks))
    return Scores(items, looks, len(lost), notes)


def _score(variable: Variable, counts: Counter[Outcome]) -> Score:
    right = counts[Outcome.RIGHT]
    return Score(
        variable.name,
        wilson(right, counts.total()),
        right,
        counts[Outcome.WRONG],
        counts[Outcome.MISSED],
        counts[Outcome.INVENTED],
    )


def _pairs(after: Sequence[Said], before: Sequence[Said], known: Sequence[KnownCell]) -> list[Tried]:
    """The known cells of which the trial has an answer; what people said last counts before an imported answer."""
    trial, dataset = _Cells(after), _Cells(before)
    tried = dict[tuple[UUID, UUID | None, str], Tried]()
    for cell in known:
        now, then = trial.of(cell), dataset.of(cell)
        if now is not None:
            then = then or replace(now, answer=Answer(), quote="")
            name, unit_id = cell.document_name, now.unit_id
            tried[now.document_id, unit_id, now.entity_text] = Tried(
                now.document_id, name, unit_id, now.entity_text, cell.right, then.answer, now.answer, now.quote
            )
    return list(tried.values())
