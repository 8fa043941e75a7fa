"""How a probability sample of cells is drawn: its strata, how many cells of each, and the order to show them in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from coderai.kit.errors import Conflict, InvalidInput

BANDS = (0.5, 0.7, 0.9)
"""Confidences at which another band begins."""
FLOOR = 3
"""Cells that are drawn of each stratum at least, or all of them: with fewer, nothing is seen of how they vary."""
MOST_CELLS = 10_000
"""Of a sample."""


class SampleDesign(StrEnum):
    """How a sample is drawn."""

    UNIFORM = "UNIFORM"
    STRATIFIED = "STRATIFIED"


class NothingToDraw(Conflict):
    """The dataset has no cells to draw from yet: run a job first."""


class SampleTooSmall(InvalidInput):
    """A stratified sample needs a cell of each variable at least: draw more, or name fewer variables."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a cell before it is drawn, as far as it matters for the draw."""

    variable_id: UUID
    band: int
    """Of its confidence, from 0, where it has a value; else 0."""
    reason: str
    """Why its value is missing; empty where it has one."""


@dataclass(frozen=True, slots=True)
class DrawnStratum:
    """A stratum of one variable in a drawn sample, as it was at the draw."""

    name: str
    """Of no other of the sample."""
    variable_id: UUID
    population: int
    drawn: int
    inclusion_probability: float
    """Of each of its cells, at the draw."""
    has_value: bool | None = None
    """Whether its cells had a value; None where both are in it."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Cells of one variable among which each is drawn with the same probability."""

    name: str
    variable_id: UUID
    kinds: tuple[Kind, ...]
    take: int
    """How many are drawn."""
    has_value: bool | None = None
    """Whether its cells have a value; None where both are in it."""

    def drawn(self, population: int, drawn: int) -> DrawnStratum:
        """The stratum as it was drawn."""
        return DrawnStratum(self.name, self.variable_id, population, drawn, drawn / population, self.has_value)


_Split = Callable[[Kind], tuple[int, str]]


def _finest(kind: Kind) -> tuple[int, str]:
    if kind.reason:
        return len(BANDS) + 1, f"missing: {kind.reason}"
    ends = (0.0, *BANDS, 1.0)
    return kind.band, f"confidence {ends[kind.band]:g} to {ends[kind.band + 1]:g}"


def _finer(kind: Kind) -> tuple[int, str]:
    if kind.reason:
        return len(BANDS) + 1, "missing"
    return (1, f"confidence below {BANDS[1]:g}") if kind.band < 2 else (2, f"confidence from {BANDS[1]:g}")


def _coarse(kind: Kind) -> tuple[int, str]:
    return (len(BANDS) + 1, "missing") if kind.reason else (0, "value")


def _none(kind: Kind) -> tuple[int, str]:
    return 0, ""


_SPLITS: Sequence[_Split] = (_finest, _finer, _coarse, _none)
"""How a variable's cells are split into strata, the finest first: each is a union of the one before."""


def stratify(counts: Mapping[Kind, int], names: Mapping[UUID, str], size: int) -> list[Stratum]:
    """The strata of a sample of `size` cells, in the order of `names` (the variables'), and what is drawn of each.

    The finest strata are taken whose floors need no more than half of the sample: by variable, and within it by
    confidence and missing reason, as far as that goes. What the floors leave is shared out in proportion.

    Raises:
        NothingToDraw, SampleTooSmall
    """
    size = min(size, sum(counts.values()))
    if size == 0:
        raise NothingToDraw()
    floor = FLOOR
    for split in _SPLITS:
        groups = _group(counts, names, split)
        populations = {key: sum(counts[kind] for kind in kinds) for key, kinds in groups.items()}
        if sum(min(FLOOR, population) for population in populations.values()) * 2 <= size:
            break
    else:
        floor = min(FLOOR, size // len(groups))
        if floor == 0:
            raise SampleTooSmall(fields={"size": f"must be {len(groups)} or more"})
    taken = allocate(populations, size, floor)
    return [_stratum(names, key, groups[key], taken[key]) for key in groups]


def allocate(populations: Mapping[tuple[int, int, str], int], size: int, floor: int) -> dict[tuple[int, int, str], int]:
    """How many of `size` cells each stratum gives: its share, but `floor` at least, and never more than it has.

    Strata whose share is below the floor are set to it until none is; the rest is shared in proportion, rounded by
    largest remainders (Hamilton's method). `size` is at most all cells, and at least the sum of the floors.
    """
    fixed = dict[tuple[int, int, str], int]()
    while True:
        free = {key: many for key, many in populations.items() if key not in fixed}
        left, total = size - sum(fixed.values()), sum(free.values())
        below = {key: min(floor, many) for key, many in free.items() if left * many < min(floor, many) * total}
        if not below:
            break
        fixed |= below
    quotas = {key: left * many // total for key, many in free.items()}
    for key in sorted(free, key=lambda key: -(left * free[key] % total))[: left - sum(quotas.values())]:
        quotas[key] += 1
    return fixed | quotas


def position_keys(drawn: Sequence[Hashable], seed: int) -> list[float]:
    """Keys that sort drawn cells, given the strata that they are from, into the order in which they are shown.

    Cells of a stratum must come in random order. Each stratum is spread evenly over the whole order, with chance
    inside its steps, so that the first part of any length has about its share of each stratum, and a random part.
    """
    sizes, ranks, keys = defaultdict[Hashable, int](int), defaultdict[Hashable, int](int), list[float]()
    for stratum in drawn:
        sizes[stratum] += 1
    for number, stratum in enumerate(drawn):
        keys.append((ranks[stratum] + _chance(seed, number)) / sizes[stratum])
        ranks[stratum] += 1
    return keys


def _chance(seed: int, number: int) -> float:
    """A number from 0 to 1, the same on every machine and in every version, unlike `random`."""
    return int.from_bytes(blake2b(f"{seed}:{number}".encode(), digest_size=7).digest()) / 2**56


def _group(
    counts: Mapping[Kind, int], names: Mapping[UUID, str], split: _Split
) -> dict[tuple[int, int, str], list[Kind]]:
    """The kinds of cells by stratum, in order."""
    order = {variable_id: index for index, variable_id in enumerate(names)}
    groups: dict[tuple[int, int, str], list[Kind]] = {}
    for kind in counts:
        groups.setdefault((order[kind.variable_id], *split(kind)), []).append(kind)
    return dict(sorted(groups.items()))


def _stratum(names: Mapping[UUID, str], key: tuple[int, int, str], kinds: Sequence[Kind], take: int) -> Stratum:
    variable_id = kinds[0].variable_id
    name = ", ".join(part for part in (names[variable_id], key[2]) if part)
    has_value = {not kind.reason for kind in kinds}
    return Stratum(name, variable_id, tuple(kinds), take, has_value.pop() if len(has_value) == 1 else None)
