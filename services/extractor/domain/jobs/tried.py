"""Which variables no sample has tried as a job asks them: one that is asked otherwise since is another question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coderai.codebook.codebook import Codebook
from coderai.codebook.types import reading
from coderai.codebook.variable import Variable


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was completed, and in which something was answered."""

    codebook: Codebook
    """As it asked."""
    answered: frozenset[str]
    """The ids of the variables that it asked of some document, and that were answered there, if only as not stated."""


def untried(codebook: Codebook, samples: Iterable[Sample]) -> list[str]:
    """The names of the variables that no sample has asked in the way in which this codebook asks them."""
    tried = [
        _asked(sample.codebook, variable)
        for sample in samples
        for variable in sample.codebook.variables
        if variable.id in sample.answered
    ]
    return [variable.name for variable in codebook.variables if _asked(codebook, variable) not in tried]


def _asked(codebook: Codebook, variable: Variable) -> tuple[object, ...]:
    """What is asked, of what, and of whom; what becomes of the answer (thresholds, defaults, ranges) is not asked."""
    of_whom = codebook.model, codebook.reasoning_effort, codebook.unit
    values = variable.type, variable.categories, reading(variable), variable.keeps_several
    return variable.id, *of_whom, variable.active_prompt, variable.instructions, *values, variable.depends_on
