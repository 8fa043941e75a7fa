"""McNemar's test against published figures, and how many more cells would tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.extractor.domain.quality.mcnemar import LEVEL, MOST_CELLS, chi_square, exact_p, more_cells


def test_agrestis_approval_ratings() -> None:
    """Of 1,600 people 794 approved twice and 570 never; 150 only at first, 86 only later.

    Agresti (2013), Categorical Data Analysis, 3rd ed., table 11.1: z = -4.17, chi-square 17.36, p < 0.001.
    """
    assert chi_square(86, 150) == pytest.approx(17.36, abs=0.005)
    assert exact_p(86, 150) < 0.0001


def test_the_exact_p_of_small_tables() -> None:
    assert exact_p(0, 0) == 1.0
    assert exact_p(5, 5) == 1.0
    assert exact_p(0, 5) == pytest.approx(2 / 2**5)
    assert exact_p(1, 5) == exact_p(5, 1) == pytest.approx(2 * (1 + 6) / 2**6)


def test_how_many_more_cells_would_tell() -> None:
    """15 % only fixed, 5 % only broken: 155 cells at power 0.8 (Connor's formula, by hand), of which 40 are there."""
    assert more_cells(6, 2, 40) == 155 - 40
    assert more_cells(60, 20, 400) == 0
    assert more_cells(3, 3, 40) == more_cells(0, 0, 40) == MOST_CELLS


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 200))
def test_more_cells_are_wanted_exactly_where_it_does_not_tell(fixed: int, broken: int, same: int) -> None:
    more = more_cells(fixed, broken, fixed + broken + same)
    assert (more == 0) == (exact_p(fixed, broken) < LEVEL)
    assert 0 <= more <= MOST_CELLS
