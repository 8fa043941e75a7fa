"""1,000 draws from a known population of cells: how often intervals hold the truth, and which verdicts may enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import numpy as np
import pytest

from coderai.measuring.design import BANDS, DrawnStratum, Kind, Stratum, position_keys, stratify
from coderai.measuring.estimating import Estimate
from coderai.measuring.ratios import proportion, ratio
from coderai.measuring.weighting import weigh

DRAWS = 1000
SAMPLE = UUID(int=7)
OTHER = UUID(int=8)
VARIABLE = UUID(int=1)


@dataclass(frozen=True)
class Population:
    """Cells of one variable: a fifth without a value; the surer the model, the more often it is right."""

    confidence: np.ndarray
    found: np.ndarray
    right: np.ndarray
    kind: np.ndarray
    kinds: list[Kind]

    @property
    def truths(self) -> dict[str, float]:
        wrong = ~self.right
        return {
            "accuracy": float(self.right.mean()),
            "false values": float(wrong[self.found].mean()),
            "missed values": float(wrong[~self.found].mean()),
        }


@cache
def _population() -> Population:
    random = np.random.default_rng(3)
    many = 6000
    confidence = random.beta(5, 1.6, many)
    found = random.random(many) > 0.25
    vague = random.random(many) < 0.3
    chance = np.where(found, 1 / (1 + np.exp(-(1.6 + 7 * (confidence - 0.8)))), np.where(vague, 0.65, 0.85))
    kinds = [Kind(VARIABLE, band, "") for band in range(len(BANDS) + 1)]
    kinds += [Kind(VARIABLE, 0, "NOT_STATED"), Kind(VARIABLE, 0, "VAGUE")]
    kind = np.where(found, np.digitize(confidence, BANDS), np.where(vague, 5, 4))
    return Population(confidence, found, random.random(many) < chance, kind, kinds)


def _counts(population: Population) -> dict[Kind, int]:
    return {kind: int((population.kind == number).sum()) for number, kind in enumerate(population.kinds)}


def _strata(design: str, size: int) -> list[Stratum]:
    population = _population()
    if design == "UNIFORM":
        return [Stratum("v", VARIABLE, tuple(population.kinds), size)]
    return stratify(_counts(population), {VARIABLE: "v"}, size)


@dataclass(frozen=True)
class Drawn:
    """A sample: its cells in the order in which they are shown, and where each is from."""

    cells: np.ndarray
    stratum: np.ndarray
    strata: list[DrawnStratum]

    def places(self, sample: UUID, many: int) -> list[tuple[UUID, str]]:
        return [(sample, self.strata[number].name) for number in self.stratum[:many]]


def _draws(design: str, size: int, seed: int = 0) -> Iterator[Drawn]:
    population, strata = _population(), _strata(design, size)
    number_of = {kind: number for number, stratum in enumerate(strata) for kind in stratum.kinds}
    of_cell = np.array([number_of[kind] for kind in population.kinds])[population.kind]
    members = [np.flatnonzero(of_cell == number) for number in range(len(strata))]
    drawn = [stratum.drawn(len(of), stratum.take) for stratum, of in zip(strata, members, strict=True)]
    stratum = np.repeat(np.arange(len(strata)), [one.take for one in strata])
    random = np.random.default_rng(seed)
    for number in range(DRAWS):
        cells = np.concatenate(
            [random.choice(of, one.take, replace=False) for one, of in zip(strata, members, strict=True)]
        )
        order = np.argsort(position_keys(stratum.tolist(), number)) if design == "STRATIFIED" else np.arange(size)
        yield Drawn(cells[order], stratum[order], drawn)


def _estimates(drawn: Drawn, judged: int) -> dict[str, Estimate]:
    places = drawn.places(SAMPLE, len(drawn.cells))
    strata = weigh({SAMPLE: drawn.strata}, places, places[:judged])
    assert strata is not None
    cells, population = drawn.cells[:judged], _population()
    right, found = population.right[cells].astype(float), population.found[cells].astype(float)
    estimates = {
        "accuracy": proportion(right, strata),
        "false values": ratio(found * (1 - right), found, strata),
        "missed values": ratio((1 - found) * (1 - right), 1 - found, strata),
    }
    return {name: estimate for name, estimate in estimates.items() if estimate is not None}


def _coverage(design: str, size: int, judged: int) -> dict[str, float]:
    truths, held = _population().truths, dict[str, list[bool]]()
    for drawn in _draws(design, size):
        for name, estimate in _estimates(drawn, judged).items():
            held.setdefault(name, []).append(estimate.low <= truths[name] <= estimate.high)
    return {name: sum(of) / len(of) for name, of in held.items()}


@pytest.mark.parametrize(
    ("design", "size", "judged"),
    [
        ("UNIFORM", 200, 200),
        ("UNIFORM", 200, 80),
        ("STRATIFIED", 200, 200),
        ("STRATIFIED", 200, 100),
        ("STRATIFIED", 60, 60),
    ],
)
def test_intervals_hold_the_truth_as_often_as_they_say(design: str, size: int, judged: int) -> None:
    coverage = _coverage(design, size, judged)
    assert len(coverage) == 3
    assert all(0.93 <= covered <= 0.97 for covered in coverage.values()), coverage


def test_the_intervals_of_two_samples_together_hold_it_as_often_and_are_narrower() -> None:
    truth, held, widths = _population().truths["accuracy"], list[bool](), list[tuple[float, float]]()
    for one, other in zip(_draws("UNIFORM", 100), _draws("STRATIFIED", 200, seed=1), strict=True):
        places = [*one.places(SAMPLE, 100), *other.places(OTHER, 200)]
        strata = weigh({SAMPLE: one.strata, OTHER: other.strata}, places, places)
        assert strata is not None
        both = proportion(_population().right[np.concatenate([one.cells, other.cells])].astype(float), strata)
        alone = _estimates(other, 200)["accuracy"]
        assert both is not None
        held.append(both.low <= truth <= both.high)
        widths.append((both.high - both.low, alone.high - alone.low))
    assert 0.93 <= sum(held) / DRAWS <= 0.97
    assert np.mean([both for both, _ in widths]) < np.mean([alone for _, alone in widths])


def _least_certain(many: int) -> np.ndarray:
    """What the repair queue shows first."""
    population = _population()
    return np.flatnonzero(population.found)[np.argsort(population.confidence[population.found])][:many]


def test_verdicts_of_the_repair_queue_are_far_off_and_their_interval_never_holds_the_truth() -> None:
    """Why they may not enter, and that the tests above can fail: the same estimator with such cells mixed in."""
    population = _population()
    repaired = _least_certain(1000)
    truth, values, held = population.truths["false values"], list[float](), list[bool]()
    for drawn in _draws("UNIFORM", 200):
        mixed = np.concatenate([drawn.cells, repaired])
        places = [(SAMPLE, drawn.strata[0].name)] * len(mixed)
        strata = weigh({SAMPLE: drawn.strata}, places, places)
        assert strata is not None
        found, wrong = population.found[mixed].astype(float), (~population.right[mixed]).astype(float)
        estimate = ratio(found * wrong, found, strata)
        assert estimate is not None
        values.append(estimate.value)
        held.append(estimate.low <= truth <= estimate.high)
    assert np.mean(values) - truth > 0.2
    assert not any(held)
