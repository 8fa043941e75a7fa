"""Says which proposed variable is one that a person chose: by what it is called, or by the values that it gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from coderai.client.models import Extraction, Variable
from coderai.client.truth import TruthRow, is_right
from coderai.engines.offline.reading import PLAIN
from coderai.engines.offline.words import stems

RULE = (
    "The same is: of the same type (TEXT and CATEGORY count as one), and either all the words of the person's "
    "name that say which value it is are among the proposed one's, or, for dates, numbers and texts, at least two and "
    "half of the values that the person found stated in the sample are among those that it gave for these documents."
)
_KINDS = {"CATEGORY": "TEXT"}
_BY_VALUES = ("DATE", "NUMBER", "TEXT")
_LEAST_CELLS, _LEAST_SHARE = 2, 0.5


class Chosen(Protocol):
    """A variable as a project file has it."""

    name: str
    display_name: str
    type: Any


@dataclass(frozen=True, slots=True)
class Match:
    """A variable that a person chose, with the proposed one that is the same."""

    chosen: str
    type: str
    proposed: Variable | None
    how: str
    """How the two are known to be the same; empty when there is none."""


class _Likeness(NamedTuple):
    """How like two variables are; the greater the liker."""

    named: bool
    right: int
    """Stated values that were given too."""
    stated: int

    @property
    def is_same(self) -> bool:
        return self.named or (self.right >= _LEAST_CELLS and self.right >= _LEAST_SHARE * self.stated)

    @property
    def told(self) -> str:
        given = f"{self.right} of {self.stated} stated values" if self.stated else "no value stated in the sample"
        return f"by name; {given}" if self.named else f"by values: {given}"


def matches(
    chosen: Sequence[Chosen], proposed: Sequence[Variable], truth: Sequence[TruthRow], cells: Iterable[Extraction]
) -> list[Match]:
    """For each chosen variable the proposed one that is the same by RULE, each at most once, the likest first.

    `truth` are the rows that the person coded, `cells` the values that the proposed variables gave.
    """
    given = _given(cells)
    pairs = [
        (likeness, one.name, other)
        for one in chosen
        for other in proposed
        if _kind(one) == _kind(other) and (likeness := _likeness(one, other, truth, given)).is_same
    ]
    found: dict[str, tuple[Variable, str]] = {}
    taken: set[str] = set()
    for likeness, name, other in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if name not in found and other.name not in taken:
            found[name] = other, likeness.told
            taken.add(other.name)
    return [Match(one.name, str(one.type), *found.get(one.name, (None, ""))) for one in chosen]


_Given = Mapping[tuple[str, str], Sequence[Any]]
"""Values by document and variable."""


def _given(cells: Iterable[Extraction]) -> _Given:
    """With every document that was coded, also those without a value."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for cell in cells:
        values = cell.value if isinstance(cell.value, list) else [cell.value]
        found[cell.document_name, cell.variable].extend(value for value in values if value is not None)
    return found


def _likeness(one: Chosen, other: Variable, truth: Sequence[TruthRow], given: _Given) -> _Likeness:
    named = _is_named_alike(one, other)
    if _kind(one) not in _BY_VALUES:
        return _Likeness(named, 0, 0)
    right, stated = 0, 0
    values = {document: list(found) for (document, variable), found in given.items() if variable == other.name}
    for document, alternatives in _stated(one.name, truth):
        if document in values:
            stated += 1
            same = next((value for value in values[document] if is_right(str(one.type), value, alternatives)), None)
            if same is not None:
                right += 1
                values[document].remove(same)
    return _Likeness(named, right, stated)


def _stated(name: str, truth: Sequence[TruthRow]) -> Iterator[tuple[str, Sequence[str]]]:
    return ((row.document, row.cells[name]) for row in truth if row.cells.get(name))


def _is_named_alike(one: Chosen, other: Variable) -> bool:
    for first in (one.name, one.display_name):
        for second in (other.name, other.display_name):
            words, others = _telling(first), _telling(second)
            if words and words <= others:
                return True
    return False


def _telling(name: str) -> frozenset[str]:
    """The stems of a name that say which value it is, rather than of which kind."""
    return frozenset(stems(name.replace("_", " "))) - PLAIN


def _kind(variable: Chosen | Variable) -> str:
    return _KINDS.get(str(variable.type), str(variable.type))
