"""Whether confidences mean what they say: of cells with confidence 0.8, are 80 % right?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coderai.measuring.estimating import Estimate
from coderai.measuring.ratios import Floats, Strata, ratio

BINS = 10
"""Of equal width."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Cells whose confidence lies from `low` to less than `high`; the last holds 1, too."""

    low: float
    high: float
    cells: int
    mean_confidence: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Calibration:
    """A reliability table, and what it comes to."""

    bins: Sequence[Bin]
    """Those with a cell, in order."""
    expected_error: float
    """0..1: how far accuracy is from confidence, on the mean over cells; see `calibration`."""


def calibration(
    confidences: Sequence[float], counted: Sequence[float] | Floats, right: Sequence[float] | Floats, strata: Strata
) -> Calibration | None:
    """The reliability table of judged cells, those that are `counted` (1; 0 without a value); None without any.

    The expected calibration error is the mean over bins of |accuracy - mean confidence|, each bin weighted by the cells
    that it stands for: Naeini, Cooper and Hauskrecht (2015), Proceedings of AAAI 29; Guo et al. (2017), Proceedings of
    Machine Learning Research 70, 1321-1330. Few cells make it too large, as chance counts as error.
    """
    sure, hits, weights = np.asarray(confidences, float), np.asarray(right, float), strata.weights
    of_bin = np.where(np.asarray(counted) > 0, np.minimum((sure * BINS).astype(int), BINS - 1), -1)
    bins, error, total = list[Bin](), 0.0, 0.0
    for number in range(BINS):
        inside = (of_bin == number).astype(float)
        accuracy = ratio(hits * inside, inside, strata)
        if accuracy is None:
            continue
        weight = float(weights @ inside)
        mean = float(weights @ (inside * sure)) / weight
        bins.append(Bin(number / BINS, (number + 1) / BINS, accuracy.cells, mean, accuracy))
        error += weight * abs(accuracy.value - mean)
        total += weight
    return Calibration(bins, error / total) if bins else None
