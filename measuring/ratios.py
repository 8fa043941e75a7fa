"""Proportions of a population, and ratios of its totals, from a stratified probability sample of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from coderai.measuring.estimating import Estimate, interval, more_cells

_PRIOR = 3.0
"""Cells' worth of prior knowledge in the variance of each stratum; see `ratio`."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strata:
    """The strata that judged cells were drawn from, at random within each."""

    of_cell: NDArray[np.intp]
    """Of each judged cell the number of its stratum; every stratum has a judged cell."""
    population: Floats
    """Of each stratum, how many cells its judged ones stand for."""
    scale: Floats
    """Of each stratum, what its weights are multiplied by: 1 unless several samples are combined."""
    samples: int = 1
    """How many samples are combined."""

    @property
    def judged(self) -> Floats:
        """Cells judged in each stratum."""
        return np.bincount(self.of_cell, minlength=len(self.population)).astype(float)

    @property
    def weights(self) -> Floats:
        """Of each judged cell, how many cells of the population it stands for."""
        return (self.population * self.scale / self.judged)[self.of_cell]


def proportion(hits: Sequence[bool] | Floats, strata: Strata) -> Estimate | None:
    """The proportion of the population that are hits; see `ratio`."""
    hits = np.asarray(hits, float)
    return ratio(hits, np.ones_like(hits), strata)


def ratio(part: Floats, whole: Floats, strata: Strata) -> Estimate | None:
    """The ratio of two totals of the population (`part` of `whole`, 0 <= part <= whole per cell); None when whole is 0.

    The value is Hájek's: each total is a sum over judged cells, weighted by the inverse of their probability (Särndal,
    Swensson and Wretman 1992, Model Assisted Survey Sampling, sections 5.6-5.7). Where all judged cells weigh the same,
    its interval is Wilson's. Elsewhere the variance is that of the linearised ratio in a stratified sample with finite
    population correction (same, section 5.6), and the interval Wilson's on the effective number of cells that has that
    variance: Korn and Graubard (1998), Survey Methodology 24, 193-201; Dean and Pagano (2015), Journal of Survey
    Statistics and Methodology 3, 484-503; Franco, Little, Louis and Slud (2019), same journal 7, 334-364.

    A stratum with few judged cells, or all of one kind, shows too little variance, or none. So each stratum's variance
    is averaged with what a stratum of the overall proportion would have, as if that had been seen in three cells more;
    the proportion is taken with two hits and two misses added, as in Agresti and Coull (1998), The American
    Statistician 52, 119-126. tests/unit/measuring/test_coverage.py shows what it comes to.
    """
    weights = strata.weights
    cells, total = int(np.count_nonzero(whole)), float(weights @ whole)
    if cells == 0:
        return None
    value = min(float(weights @ part) / total, 1.0)
    populations = float((strata.population / strata.judged)[strata.of_cell] @ (whole > 0))
    if np.ptp(weights) <= 1e-9 * weights.max() and np.all((whole == 0) | (whole == 1)):
        left = 1 - cells / populations
        method, effective, design_effect = "WILSON", cells / left if left > 1e-9 else inf, 1.0
    else:
        method, (effective, design_effect) = "DESIGN", _effective_cells(part, whole, value, strata)
    low, high = interval(value, effective)
    more = more_cells(value, low, high, cells, design_effect, populations / strata.samples)
    return Estimate(value, low, high, cells, method, more)


def _effective_cells(part: Floats, whole: Floats, value: float, strata: Strata) -> tuple[float, float]:
    """How many cells drawn alike would vary as much as a ratio does, and the design effect."""
    weights = strata.weights
    cells, total = int(np.count_nonzero(whole)), float(weights @ whole)
    spread = _spread(part, whole, value, strata)
    variance, of_many = float(spread @ np.clip(1 - strata.judged / strata.population, 0, 1)), float(spread.sum())
    if variance <= 1e-12 * of_many:
        return inf, 1.0
    if 0 < value < 1:
        unit = value * (1 - value)
        return unit / variance, float(cells * of_many / unit)
    # Nothing varies: the weights alone tell how many equal cells these are worth (Kish 1965, Survey Sampling, 11.7).
    worth = total**2 / float((weights * whole) @ (weights * whole))
    return worth * of_many / variance, cells / worth


def _spread(part: Floats, whole: Floats, value: float, strata: Strata) -> Floats:
    """What each stratum adds to the variance of a ratio, before the finite population correction."""
    many, judged = len(strata.population), strata.judged
    weights, cells = strata.weights, np.count_nonzero(whole)
    rest = part - value * whole
    sums = np.bincount(strata.of_cell, rest, many)
    squares = np.bincount(strata.of_cell, rest**2, many) - sums**2 / judged
    likely = (value * cells + 2) / (cells + 4)
    usual = likely * (1 - likely) * float(weights @ whole**2) / float(weights.sum())
    seen = float(weights @ rest**2) / float(weights.sum())
    variances = (np.maximum(squares, 0) + _PRIOR * max(usual, seen)) / (judged - 1 + _PRIOR)
    shares: Floats = (strata.population * strata.scale) ** 2 / judged * variances / float(weights @ whole) ** 2
    return shares
