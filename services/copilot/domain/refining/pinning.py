"""Golden examples made of corrections: the sentence that a person's quote is in, with the value that is right there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

from coderai.codebook.ranges import is_range
from coderai.codebook.types import spec
from coderai.codebook.variable import GoldenExample, Variable
from coderai.services.copilot.domain.refining.feedback import Cell
from coderai.services.copilot.domain.refining.grouping import Group
from coderai.services.copilot.domain.refining.task import Pinned, Task

MOST = 4
"""New ones of an option: each costs tokens with every call."""
MOST_OF_VARIABLE = 30
"""As the contract of Variable says."""
LONGEST = 1_000
"""Code points of a sentence."""
_LONGEST_NAME = 200


def room(task: Task) -> int:
    """How many may be new: half of the DEV documents at most, as an option is tried on the others."""
    left = MOST_OF_VARIABLE - len(task.variable.golden_examples)
    return max(0, min(MOST, left, max(1, len(task.document_ids) // 2)))


def pins(task: Task) -> tuple[Pinned, ...]:
    """The examples to pin: of each group in turn, of each document one, no sentence twice."""
    return distinct(task, in_turn(task.groups))[: room(task)]


def distinct(task: Task, cells: Iterable[Cell]) -> tuple[Pinned, ...]:
    """What the cells give, of each document and of each sentence one; none that the variable has already."""
    taken = {_folded(one.text) for one in task.variable.golden_examples}
    found: dict[str, Pinned] = {}
    for cell in cells:
        example = pinned(task.variable, cell)
        if example is not None and example.document_id not in found and _folded(example.example.text) not in taken:
            taken.add(_folded(example.example.text))
            found[example.document_id] = example
    return tuple(found.values())


def pinned(variable: Variable, cell: Cell) -> Pinned | None:
    """The example that a wrong cell gives; None where its right value, or its sentence, is not known."""
    if cell.right is None or cell.is_disputed or not 0 < len(cell.sentence) <= LONGEST:
        return None
    value = cell.right.value
    if is_range(value):  # as the text has it: a model gives values in the text's words
        value = cell.place.quote if spec(variable).read(variable, cell.place.quote, "") == value else None
        if value is None:
            return None
    if isinstance(value, list | tuple) and not variable.keeps_several:
        return None
    entity = cell.feedback.entity_text
    note = f"for {entity[:_LONGEST_NAME]}" if entity else ""
    return Pinned(GoldenExample(cell.sentence, _kept(value), note), cell.feedback.document_id)


def in_turn(groups: Sequence[Group]) -> Iterator[Cell]:
    """The first cell of each group, then the second of each, and so on."""
    turns = zip_longest(*(group.cells for group in groups))
    return (cell for cell in chain.from_iterable(turns) if cell is not None)


def _kept(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
