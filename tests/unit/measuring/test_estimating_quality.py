"""Estimates and their intervals, by hand, against SciPy, and by their properties."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from coderai.measuring.calibration import calibration
from coderai.measuring.design import DrawnStratum
from coderai.measuring.estimating import WANTED, Estimate, wilson
from coderai.measuring.ratios import Strata, proportion, ratio
from coderai.measuring.weighting import weigh

SAMPLE, VARIABLE = UUID(int=1), UUID(int=2)


def _strata(of_cell: list[int], population: list[float]) -> Strata:
    return Strata(np.array(of_cell), np.array(population, float), np.ones(len(population)))


def _known(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_scipys(counts: tuple[int, int]) -> None:
    right, cells = counts
    found, scipys = wilson(right, cells), binomtest(right, cells).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((scipys.low, scipys.high), abs=1e-9)
    assert found.low <= found.value <= found.high


def test_of_no_cells_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    assert ratio(np.zeros(3), np.zeros(3), _strata([0, 0, 0], [9.0])) is None


def test_a_stratum_counts_by_the_cells_that_it_stands_for() -> None:
    """Half of 900 cells right, all of 100: 0.55, whatever was judged of each."""
    found = _known(proportion([True, False, True, True, True, True], _strata([0, 0, 1, 1, 1, 1], [900, 100])))
    assert found.value == pytest.approx(0.55)
    assert (found.method, found.cells) == ("DESIGN", 6)


def test_equal_weights_give_wilsons_interval_on_the_cells_that_are_meant() -> None:
    """Two strata in proportion weigh the same; of many cells, there is hardly a finite population correction."""
    part, whole = np.array([1, 0, 0, 1, 0, 0.0]), np.array([1, 1, 0, 1, 1, 1.0])
    found = _known(ratio(part, whole, _strata([0, 0, 1, 1, 1, 1], [2e9, 4e9])))
    assert found.method == "WILSON"
    assert (found.low, found.high) == pytest.approx((wilson(2, 5).low, wilson(2, 5).high), abs=1e-6)


def test_a_population_that_was_judged_whole_is_known() -> None:
    uniform = _known(proportion([True, False, True, True], _strata([0] * 4, [4])))
    assert (uniform.low, uniform.value, uniform.high, uniform.more_cells) == (0.75, 0.75, 0.75, 0)
    whole, part = np.array([1, 1, 2, 1.0]), np.array([0, 0, 2, 1.0])
    designed = _known(ratio(part, whole, _strata([0, 0, 1, 1], [2, 2])))
    assert (designed.low, designed.value, designed.high) == pytest.approx((0.6, 0.6, 0.6))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), min_size=1, max_size=80),
    st.tuples(*[st.integers(0, 5000)] * 4),
)
def test_an_interval_holds_its_value_and_stays_between_0_and_1(
    judged: list[tuple[int, bool, bool]], unjudged: tuple[int, ...]
) -> None:
    numbers = {stratum: number for number, stratum in enumerate(sorted({stratum for stratum, _, _ in judged}))}
    of_cell = [numbers[stratum] for stratum, _, _ in judged]
    population = [of_cell.count(number) + unjudged[stratum] for stratum, number in numbers.items()]
    whole = np.array([is_meant for _, is_meant, _ in judged], float)
    found = ratio(whole * np.array([is_hit for _, _, is_hit in judged]), whole, _strata(of_cell, population))
    assert (found is None) == (not whole.any())
    if found is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert found.more_cells >= 0
        assert (found.more_cells == 0) == (found.high - found.low <= 2 * WANTED)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9])
def test_with_as_many_more_cells_as_it_says_the_interval_is_narrow_enough(share: float) -> None:
    def judged(cells: int) -> Estimate:
        return _known(proportion(np.arange(cells) < round(share * cells), _strata([0] * cells, [5000])))

    more = judged(20).more_cells
    enough = judged(20 + more)
    assert more > 0
    assert (enough.high - enough.low) / 2 == pytest.approx(WANTED, abs=0.002)


def _drawn(name: str, population: int, drawn: int, has_value: bool = True) -> DrawnStratum:
    return DrawnStratum(name, VARIABLE, population, drawn, drawn / population, has_value)


def test_judged_cells_stand_for_all_of_their_stratum_less_what_is_gone() -> None:
    """Of the 10 drawn of 1,000, two are no longer in the dataset: 800 are left, for which 4 judged ones stand."""
    strata = weigh({SAMPLE: [_drawn("a", 1000, 10)]}, [(SAMPLE, "a")] * 8, [(SAMPLE, "a")] * 4)
    assert strata is not None
    assert strata.weights.tolist() == [200.0] * 4


def test_a_stratum_of_which_nothing_was_judged_is_joined_to_its_neighbour_of_the_same_kind() -> None:
    samples = {SAMPLE: [_drawn("a", 100, 5), _drawn("b", 50, 5), _drawn("missing", 30, 5, has_value=False)]}
    places = [(SAMPLE, name) for name in ("a", "b", "missing") for _ in range(5)]
    strata = weigh(samples, places, [(SAMPLE, "a"), (SAMPLE, "missing")])
    assert strata is not None
    assert strata.weights.tolist() == [150.0, 30.0]


def test_nothing_judged_weighs_nothing() -> None:
    assert weigh({SAMPLE: [_drawn("a", 100, 5)]}, [(SAMPLE, "a")] * 5, []) is None


def test_the_reliability_table_and_its_error_are_weighted() -> None:
    """Confidence 0.95 of 900 cells of which half are right, 0.15 of 100 that are all wrong: 0.9 * 0.45 + 0.1 * 0.15."""
    strata = _strata([0, 0, 1, 1, 1], [900, 100])
    found = calibration([0.95, 0.95, 0.15, 0.15, 1.0], [True] * 4 + [False], [True, False, False, False, True], strata)
    assert found is not None
    assert [(one.low, one.cells, one.accuracy.value) for one in found.bins] == [(0.1, 2, 0.0), (0.9, 2, 0.5)]
    weight = 100 * 2 / 3
    assert found.expected_error == pytest.approx((900 * 0.45 + weight * 0.15) / (900 + weight))
    assert calibration([0.5], [False], [True], _strata([0], [1])) is None
