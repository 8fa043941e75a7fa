"""Proportions with intervals of 95 %, and how many more cells would make them narrow."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, sqrt

Z = 1.959963984540054
"""The 0.975 quantile of the normal distribution."""
WANTED = 0.05
"""Half the width of an interval that is narrow enough."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A proportion with its interval of 95 %."""

    value: float
    low: float
    high: float
    cells: int
    """That it rests on."""
    method: str
    """How the interval was made: WILSON, DESIGN or BOOTSTRAP."""
    more_cells: int = 0
    """How many more cells would make the interval ±5 points; 0 when it is as narrow."""


def wilson(right: int, cells: int) -> Estimate:
    """The proportion of `right` among `cells` drawn uniformly from many, with Wilson's interval; 0..1 of none.

    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if cells == 0:
        return Estimate(0.0, 0.0, 1.0, 0, "WILSON", more_cells=_needed(0.5))
    return simple(right / cells, cells)


def simple(value: float, cells: int) -> Estimate:
    """A proportion of cells, one or more, that were drawn uniformly from many, with Wilson's interval."""
    low, high = interval(value, cells)
    return Estimate(value, low, high, cells, "WILSON", more_cells(value, low, high, cells, 1.0, inf))


def interval(value: float, cells: float) -> tuple[float, float]:
    """Wilson's interval for a proportion on an effective number of cells, which may be infinite."""
    inverse = Z * Z / cells
    middle = (value + inverse / 2) / (1 + inverse)
    half = sqrt(max(value * (1 - value), 0.0) * inverse + inverse**2 / 4) / (1 + inverse)
    # At 0 and 1 rounding would leave the value just outside.
    return min(max(middle - half, 0.0), value), max(min(middle + half, 1.0), value)


def more_cells(value: float, low: float, high: float, cells: int, design_effect: float, population: float) -> int:
    """How many more cells like these would make the interval as narrow as is wanted; at most what is left."""
    if high - low <= 2 * WANTED:
        return 0
    needed = _needed(value) * design_effect
    if population < inf:
        # Cochran (1977), Sampling Techniques, 3rd ed., section 4.4: of a finite population fewer are needed.
        needed = needed / (1 + needed / population)
    return max(ceil(min(needed, population)) - cells, 1)


def _needed(value: float) -> int:
    """The least number of equally likely cells whose Wilson interval is as narrow as is wanted."""
    least, enough = 1, 1000
    while least < enough:
        middle = (least + enough) // 2
        low, high = interval(value, middle)
        least, enough = (least, middle) if high - low <= 2 * WANTED else (middle + 1, enough)
    return least
