"""McNemar's test: whether of two codings of the same cells one is right more often than the other."""

from __future__ import annotations

from math import ceil, sqrt

LEVEL = 0.05
"""Below it a test tells."""
_Z_LEVEL, _Z_POWER = 1.959963984540054, 0.8416212335729143
"""Quantiles of the normal distribution: 0.975, as the test is two-sided, and 0.8, the power."""
MOST_CELLS = 100_000
"""What is said where no number of cells would tell, as the two are right equally often."""


def exact_p(fixed: int, broken: int) -> float:
    """The exact two-sided p: of cells that only one of two codings has right, are as many `fixed` as `broken`?

    1.0 without any. McNemar (1947), Psychometrika 12, 153-157; exact, as a sign test: Agresti (2013), Categorical Data
    Analysis, 3rd ed., section 11.1.
    """
    # SciPy takes a second to import, and 90 MB: whoever never compares need not have it.
    from scipy.stats import binomtest

    return float(binomtest(fixed, fixed + broken).pvalue) if fixed + broken else 1.0


def chi_square(fixed: int, broken: int) -> float:
    """McNemar's statistic without continuity correction, chi-square with one degree of freedom; 0 without any cell."""
    return (fixed - broken) ** 2 / (fixed + broken) if fixed + broken else 0.0


def more_cells(fixed: int, broken: int, cells: int) -> int:
    """How many more known cells would tell with power 0.8, at the rates seen in `cells` of them; 0 when these tell.

    MOST_CELLS where the rates are equal or nothing changed. The number for a power: Miettinen (1968), Biometrics 24,
    339-352; Connor (1987), Biometrics 43, 207-211.
    """
    if exact_p(fixed, broken) < LEVEL:
        return 0
    if fixed == broken:
        return MOST_CELLS
    differing, difference = (fixed + broken) / cells, abs(fixed - broken) / cells
    root = _Z_LEVEL * sqrt(differing) + _Z_POWER * sqrt(differing - difference**2)
    return min(max(ceil(root**2 / difference**2) - cells, 1), MOST_CELLS)
