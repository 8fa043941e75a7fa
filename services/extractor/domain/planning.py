"""Plans calls for cost: all variables that can be asked together go in one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.extractor.domain.codebook import Codebook, Variable

MOST_TOGETHER = 50
"""Variables in one call: providers refuse larger schemas, and replies grow beyond what models answer well."""


def groups(codebook: Codebook, variables: Sequence[Variable]) -> list[tuple[Variable, ...]]:
    """The variables in groups that one call each asks; evenly sized, in the order of the columns."""
    size = 1 if codebook.ask_per_variable else MOST_TOGETHER
    calls = -(-len(variables) // size)
    bounds = [len(variables) * number // calls for number in range(calls + 1)] if calls else [0]
    return [tuple(variables[start:end]) for start, end in pairwise(bounds)]
