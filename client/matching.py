"""Says which proposed variable is one that a person chose: by its name, its categories, or what it finds stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from coderai.client.models import Extraction, Proposal, Variable
from coderai.client.truth import TruthRow, is_right, same_text
from coderai.engines.offline.reading import PLAIN
from coderai.engines.offline.words import stems
from coderai.language.dates import find_dates
from coderai.language.numbers import find_numbers

RULE = (
    "The same is: of the same type (TEXT and CATEGORY count as one), and one of these. By name: the words of the "
    "person's name that say which value it is are among the proposed one's. By categories: it has half of the "
    "person's. By what it finds (dates, numbers, texts): of the values that the person found stated in documents from "
    "which it has a value in the sample, or which it quotes, it has or quotes half, and two at least. By type: both "
    "lists have one date alone."
)
_KINDS = {"CATEGORY": "TEXT"}
_BY_VALUES = ("DATE", "NUMBER", "TEXT")
_LEAST_CELLS, _LEAST_SHARE = 2, 0.5


class Chosen(Protocol):
    """A variable as a project file has it."""

    @property
    def name(self) -> str: ...

    @property
    def display_name(self) -> str: ...

    @property
    def type(self) -> Any: ...

    @property
    def categories(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Match:
    """A variable that a person chose, with the proposed one that is the same."""

    chosen: str
    type: str
    proposed: Variable | None
    how: str
    """How the two are known to be the same; empty when there is none."""


@dataclass(slots=True)
class Seen:
    """What a proposed variable has of one document."""

    values: list[Any] = field(default_factory=list)
    quotes: list[str] = field(default_factory=list)


Found = Mapping[str, Mapping[str, Seen]]
"""By proposed variable's name and document."""


class _Likeness(NamedTuple):
    """How like two variables are; the greater the liker."""

    named: bool
    categories: bool
    only_date: bool
    right: int
    """Stated values that it has or quotes."""
    stated: int

    @property
    def is_same(self) -> bool:
        by_values = self.right >= _LEAST_CELLS and self.right >= _LEAST_SHARE * self.stated
        return self.named or self.categories or self.only_date or by_values

    @property
    def told(self) -> str:
        ways = (("by name", self.named), ("by categories", self.categories), ("by type", self.only_date))
        how = next((way for way, holds in ways if holds), "by what it finds")
        return f"{how}; {self.right} of {self.stated} values" if self.stated else how


def seen(variables: Iterable[Variable], cells: Iterable[Extraction], proposals: Iterable[Proposal]) -> Found:
    """What the variables have of each document: values of the sample, and the quotes on which their proposals rest."""
    found: dict[str, dict[str, Seen]] = {}
    for cell in cells:
        values = cell.value if isinstance(cell.value, list) else [cell.value]
        for value in (one for one in values if one is not None):
            found.setdefault(cell.variable, {}).setdefault(cell.document_name, Seen()).values.append(value)
    names = {variable.id: variable.name for variable in variables}
    for proposal in proposals:
        for name in (names[id_] for id_ in proposal.variable_ids if id_ in names):
            for quote in proposal.quotes:
                found.setdefault(name, {}).setdefault(quote.document_name, Seen()).quotes.append(quote.quote)
    return found


def matches(
    chosen: Sequence[Chosen], proposed: Sequence[Variable], truth: Sequence[TruthRow], found: Found
) -> list[Match]:
    """For each chosen variable the proposed one that is the same by RULE, each at most once, the likest first."""
    dates = [sum(str(one.type) == "DATE" for one in some) for some in (chosen, proposed)] == [1, 1]
    pairs = [
        (likeness, one.name, other)
        for one in chosen
        for other in proposed
        if _kind(one) == _kind(other)
        and (likeness := _likeness(one, other, truth, found.get(other.name, {}), only_dates=dates)).is_same
    ]
    same: dict[str, tuple[Variable, str]] = {}
    taken: set[str] = set()
    for likeness, name, other in sorted(pairs, key=lambda pair: pair[0], reverse=True):
        if name not in same and other.name not in taken:
            same[name] = other, likeness.told
            taken.add(other.name)
    return [Match(one.name, str(one.type), *same.get(one.name, (None, ""))) for one in chosen]


def _likeness(
    one: Chosen, other: Variable, truth: Sequence[TruthRow], found: Mapping[str, Seen], *, only_dates: bool
) -> _Likeness:
    type_ = str(one.type)
    alike = _is_named_alike(one, other), _has_half(one.categories, other.categories), only_dates and type_ == "DATE"
    if type_ not in _BY_VALUES:
        return _Likeness(*alike, 0, 0)
    cells = [(found[document], right) for document, right in _stated(one.name, truth) if document in found]
    return _Likeness(*alike, sum(_is_found(type_, *cell) for cell in cells), len(cells))


def _stated(name: str, truth: Sequence[TruthRow]) -> Iterator[tuple[str, Sequence[str]]]:
    return ((row.document, row.cells[name]) for row in truth if row.cells.get(name))


def _is_found(type_: str, seen: Seen, right: Sequence[str]) -> bool:
    """Whether one of the values is right, or one of the quotes says a right one."""
    said = (value for quote in seen.quotes for value in _said(type_, quote))
    if any(is_right(type_, value, right) for value in (*seen.values, *said)):
        return True
    return type_ == "TEXT" and any(same_text(quote, value) for quote in seen.quotes for value in right)


def _said(type_: str, quote: str) -> Iterator[Any]:
    """The numbers or dates that words say."""
    if type_ == "NUMBER":
        yield from (number.value for number in find_numbers(quote))
    elif type_ == "DATE":
        yield from (date.iso for date in find_dates(quote))


def _has_half(categories: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether half of the categories are among the others, whatever stands between their words."""
    values, given = ({_bare(one.value) for one in some} for some in (categories, others))
    return bool(values) and len(values & given) >= len(values) / 2


def _bare(value: str) -> str:
    return "".join(filter(str.isalnum, value.casefold()))


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
