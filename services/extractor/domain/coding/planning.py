"""Plans calls for cost: all variables that can be asked together go in one, to the passages that matter alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from coderai.codebook.codebook import Codebook
from coderai.codebook.conditions import rounds
from coderai.codebook.variable import Variable
from coderai.engines.calls import Call, CallKind, Entity, Passage
from coderai.services.extractor.domain.coding.document import Document

MOST_TOGETHER = 50
"""Variables in one call: providers refuse larger schemas, and replies grow beyond what models answer well."""


def groups(codebook: Codebook, variables: Sequence[Variable]) -> list[tuple[Variable, ...]]:
    """The variables in groups that one call each asks; evenly sized, in the order of the columns."""
    size = 1 if codebook.ask_per_variable else MOST_TOGETHER
    calls = -(-len(variables) // size)
    bounds = [len(variables) * number // calls for number in range(calls + 1)] if calls else [0]
    return [tuple(variables[start:end]) for start, end in pairwise(bounds)]


def identify_calls(codebook: Codebook, passages: Sequence[Passage], earlier: tuple[str, ...] = ()) -> list[Call]:
    """The calls that ask which entities the passages speak of; `earlier` names those of passages before."""
    return [Call(CallKind.IDENTIFY, codebook, passage, earlier=earlier) for passage in passages]


def waves(passages: Sequence[Passage]) -> list[Sequence[Passage]]:
    """The passages in groups, each asked when those before are answered: 1, 2, 4, 8 ... of them.

    Later passages are so told what earlier ones named, and a long document takes few rounds (31 passages: five).
    """
    found, start = [], 0
    while start < len(passages):
        found.append(passages[start : 2 * start + 1])
        start = 2 * start + 1
    return found


def extract_calls(
    codebook: Codebook, passages: Sequence[Passage], variables: Sequence[Variable], entity: Entity | None = None
) -> list[Call]:
    """The calls that ask the variables of the passages, of the document itself or of one entity in it."""
    return [
        Call(CallKind.EXTRACT, codebook, passage, group, entity)
        for passage in passages
        for group in groups(codebook, variables)
    ]


def first_calls(codebook: Codebook, document: Document) -> list[Call]:
    """The calls with which coding a document begins, as `prompting.messages` shows them in a preview.

    What follows depends on the answers: an entity's calls on the entities found, later rounds on conditions met.
    """
    passages = document.passages()
    if codebook.unit.multiple:
        return identify_calls(codebook, passages)
    return extract_calls(codebook, passages, rounds(codebook.variables)[0])
