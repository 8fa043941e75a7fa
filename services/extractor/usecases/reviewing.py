"""Draws probability samples of the dataset's cells, for people to judge what the model says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.identity import Identity
from coderai.measuring.design import (
    MOST_CELLS,
    DrawnStratum,
    Kind,
    NothingToDraw,
    SampleDesign,
    Stratum,
    position_keys,
    stratify,
)
from coderai.services.extractor.domain.jobs.sampling import LARGEST_SEED, seed_of
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.feedback import author_of
from coderai.services.extractor.usecases.ports import Projects

USUAL_SIZE = 100


class SampleNotFound(NotFound):
    """There is no such sample in this project: draw one first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The sample that somebody wants."""

    project_id: UUID
    size: int | None = None
    design: SampleDesign = SampleDesign.STRATIFIED
    variables: tuple[str, ...] = ()
    """Names; all when empty."""
    blind: bool = False
    seed: int | None = None

    def check(self) -> None:
        """Raises InvalidInput when the size or the seed is none."""
        if self.size is not None and not 1 <= self.size <= MOST_CELLS:
            message = f"must be 1 to {MOST_CELLS:,}"
            raise InvalidInput(f"size {message}", fields={"size": message})
        if self.seed is not None and not 0 <= self.seed <= LARGEST_SEED:
            message = f"must be 0 to {LARGEST_SEED}"
            raise InvalidInput(f"seed {message}", fields={"seed": message})


@dataclass(frozen=True, slots=True)
class Picked:
    """A cell that was drawn."""

    unit_id: UUID
    variable_id: UUID
    stratum: int
    """Its stratum's number in the plan; 0 of a uniform draw."""
    population: int
    """Of the stratum, when it was drawn."""
    of_variable: int
    """Cells of its variable that could be drawn."""


@dataclass(frozen=True, slots=True)
class SampleCell:
    """A cell of a sample."""

    unit_id: UUID
    variable_id: UUID
    stratum: str
    inclusion_probability: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample, as it was drawn."""

    id: UUID
    project_id: UUID
    design: SampleDesign
    blind: bool
    seed: int
    population: int
    variable_ids: tuple[UUID, ...]
    strata: Sequence[DrawnStratum]
    cells: Sequence[SampleCell]
    """In the order in which they are shown."""
    author: UUID


class SampleStore(Protocol):
    """One transaction in one workspace; nothing is kept without commit()."""

    async def count_kinds(self, project_id: UUID, variable_ids: Sequence[UUID]) -> Mapping[Kind, int]:
        """How many cells of each kind can be drawn."""
        ...

    async def pick(
        self, project_id: UUID, variable_ids: Sequence[UUID], size: int, seed: int, strata: Sequence[Stratum]
    ) -> Sequence[Picked]:
        """Draws cells, each stratum's in random order: what each stratum takes, or `size` of all without strata.

        The same from the same seed, as long as the dataset is the same.
        """
        ...

    async def add_sample(self, sample: Sample) -> None: ...

    async def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sampling:
    """The use case of drawing samples."""

    open_store: Callable[[UUID], AbstractAsyncContextManager[SampleStore]]
    projects: Projects
    new_id: Callable[[], UUID]

    async def draw(self, who: Identity, wanted: Wanted) -> UUID:
        """Draws a sample; returns its id.

        Raises:
            InvalidInput, NotFound, Forbidden, NothingToDraw, SampleTooSmall
        """
        wanted.check()
        author = author_of(who)
        names = variables_named(await codebook_now(self.projects, wanted.project_id), wanted.variables)
        sample_id, ids = self.new_id(), tuple(names)
        seed = seed_of(sample_id) if wanted.seed is None else wanted.seed
        size = USUAL_SIZE if wanted.size is None else wanted.size
        async with self.open_store(who.workspace_id) as store:
            counts = await store.count_kinds(wanted.project_id, ids)
            if not counts:
                raise NothingToDraw()
            uniform = wanted.design is SampleDesign.UNIFORM
            plan = [] if uniform else stratify(counts, names, size)
            picked = await store.pick(wanted.project_id, ids, size, seed, plan)
            strata, cells = _uniform(picked, counts, names) if uniform else _stratified(picked, plan, seed)
            population = picked[0].population if uniform else sum(stratum.population for stratum in strata)
            sample = Sample(
                id=sample_id,
                project_id=wanted.project_id,
                design=wanted.design,
                blind=wanted.blind,
                seed=seed,
                population=population,
                variable_ids=ids,
                strata=strata,
                cells=cells,
                author=author,
            )
            await store.add_sample(sample)
            await store.commit()
        return sample_id


def variables_named(codebook: Codebook, wanted: Sequence[str]) -> dict[UUID, str]:
    """The names of the wanted variables by their ids, in the order of the columns; of all when none is wanted.

    Raises InvalidInput when one is none of the codebook's.
    """
    known = {variable.name for variable in codebook.variables}
    for name in wanted:
        if name not in known:
            problem = f"{name!r} is no variable of the project"
            raise InvalidInput(problem, fields={"variables": problem})
    return {UUID(v.id): v.name for v in codebook.variables if not wanted or v.name in wanted}


def _stratified(
    picked: Sequence[Picked], plan: Sequence[Stratum], seed: int
) -> tuple[list[DrawnStratum], list[SampleCell]]:
    """A stratified sample's strata and cells. Cells may have come or gone since they were counted: what counts is how
    many there were when they were drawn.
    """
    taken = Counter(one.stratum for one in picked)
    populations = {one.stratum: one.population for one in picked}
    drawn = {number: plan[number].drawn(populations[number], many) for number, many in sorted(taken.items())}
    keys = position_keys([one.stratum for one in picked], seed)
    shown = [one for _, one in sorted(zip(keys, picked, strict=True), key=lambda pair: pair[0])]
    return list(drawn.values()), [_cell(one, drawn[one.stratum]) for one in shown]


def _uniform(
    picked: Sequence[Picked], counts: Mapping[Kind, int], names: Mapping[UUID, str]
) -> tuple[list[DrawnStratum], list[SampleCell]]:
    """A uniform sample's variables as strata, though chance alone says how many cells each has; and its cells.

    Given how many cells of a variable were drawn, they are a uniform draw of its cells, which is what estimates of
    one variable rest on (post-stratification: Särndal, Swensson and Wretman 1992, section 7.6).
    """
    probability = len(picked) / picked[0].population if picked else 0.0
    taken = Counter(one.variable_id for one in picked)
    counted = Counter[UUID]()
    for kind, many in counts.items():
        counted[kind.variable_id] += many
    populations = dict(counted) | {one.variable_id: one.of_variable for one in picked}
    drawn = {
        variable_id: DrawnStratum(name, variable_id, populations[variable_id], taken[variable_id], probability)
        for variable_id, name in names.items()
        if variable_id in populations
    }
    return list(drawn.values()), [_cell(one, drawn[one.variable_id]) for one in picked]


def _cell(one: Picked, stratum: DrawnStratum) -> SampleCell:
    return SampleCell(one.unit_id, one.variable_id, stratum.name, stratum.inclusion_probability)
