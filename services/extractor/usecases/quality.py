"""How good the dataset is, per variable, from what was judged in drawn samples alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable
from coderai.kit.identity import Identity
from coderai.measuring.design import DrawnStratum, SampleDesign
from coderai.measuring.feedback import Feedback
from coderai.measuring.judging import Drawn
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.ports import Projects
from coderai.services.extractor.usecases.quality_notes import notes_on
from coderai.services.extractor.usecases.reviewing import variables_named

if TYPE_CHECKING:
    from coderai.measuring.reporting import Quality


@dataclass(frozen=True, slots=True)
class KnownSample:
    """A sample that was drawn."""

    id: UUID
    design: SampleDesign
    strata: Sequence[DrawnStratum]
    """Of all its variables."""


@dataclass(frozen=True, slots=True)
class Population:
    """A variable's cells in the dataset."""

    cells: int = 0
    """Those of which a model says something."""
    not_covered: int = 0
    """Of these, those that came after the newest sample of the variable; 0 without any."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the dataset has to estimate from."""

    samples: Sequence[KnownSample]
    """Of the project, the oldest first."""
    populations: Mapping[UUID, Population]
    """By variable."""
    drawn: Sequence[Drawn]
    """The cells of the samples that are rows of the dataset still."""
    gone: int
    """How many drawn cells are no rows any more."""
    of_people: Mapping[UUID, Sequence[Sequence[Feedback]]]
    """By variable, what was said of each cell of which two people or more have said something."""


class QualityStore(Protocol):
    """One transaction in one workspace, which only reads."""

    async def measured(self, project_id: UUID, variables: Sequence[Variable]) -> Measured: ...


@dataclass(frozen=True, slots=True)
class VariableQuality:
    """How good a variable's cells are."""

    variable: Variable
    population: Population
    quality: Quality


@dataclass(frozen=True, slots=True)
class Measuring:
    """The use case of estimating quality."""

    open_store: Callable[[UUID], AbstractAsyncContextManager[QualityStore]]
    projects: Projects

    async def quality(
        self, who: Identity, project_id: UUID, names: Sequence[str]
    ) -> tuple[list[VariableQuality], list[str]]:
        """The named variables (all, without names) in the order of the columns, and what the figures rest on.

        Raises NotFound, InvalidInput.
        """
        codebook: Codebook = await codebook_now(self.projects, project_id)
        ids = variables_named(codebook, names)
        variables = [variable for variable in codebook.variables if UUID(variable.id) in ids]
        async with self.open_store(who.workspace_id) as store:
            measured = await store.measured(project_id, variables)
        # It computes, and may import SciPy and NLTK first: other calls are not to wait for that.
        found = await asyncio.to_thread(_qualities, variables, measured)
        return found, notes_on(measured, found)

    async def weights(self, who: Identity, project_id: UUID, codebook: Codebook) -> dict[tuple[UUID, str], float]:
        """How many cells each cell stands for that was judged in a drawn sample, by unit and variable's name."""
        async with self.open_store(who.workspace_id) as store:
            measured = await store.measured(project_id, codebook.variables)
        return await asyncio.to_thread(_weights, codebook.variables, measured)


def _qualities(variables: Sequence[Variable], measured: Measured) -> list[VariableQuality]:
    drawn = _by_variable(measured)
    return [_of_variable(variable, measured, drawn.get(UUID(variable.id), [])) for variable in variables]


def _weights(variables: Sequence[Variable], measured: Measured) -> dict[tuple[UUID, str], float]:
    from coderai.measuring.reporting import cell_weights

    drawn, found = _by_variable(measured), dict[tuple[UUID, str], float]()
    for variable in variables:
        of = UUID(variable.id)
        weights = cell_weights(variable, _strata(measured, of), drawn.get(of, []))
        found |= {(unit_id, variable.name): weight for unit_id, weight in weights.items()}
    return found


def _by_variable(measured: Measured) -> dict[UUID, list[Drawn]]:
    drawn = dict[UUID, list[Drawn]]()
    for cell in measured.drawn:
        drawn.setdefault(cell.variable_id, []).append(cell)
    return drawn


def _strata(measured: Measured, variable_id: UUID) -> dict[UUID, list[DrawnStratum]]:
    """The strata of a variable, by sample."""
    return {sample.id: [one for one in sample.strata if one.variable_id == variable_id] for sample in measured.samples}


def _of_variable(variable: Variable, measured: Measured, drawn: Sequence[Drawn]) -> VariableQuality:
    # Imported here, as the workers, wired in the same place, have no use for it.
    from coderai.measuring.reporting import quality

    of = UUID(variable.id)
    found = quality(variable, _strata(measured, of), drawn, measured.of_people.get(of, ()))
    return VariableQuality(variable, measured.populations.get(of, Population()), found)
