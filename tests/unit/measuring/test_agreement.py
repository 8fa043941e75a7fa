"""Agreement against published tables, and where it is not defined."""

from __future__ import annotations

import numpy as np
import pytest

from coderai.measuring.agreement import Level, Said, _alphas, _distances, agreement

_ = None
KRIPPENDORFF = {
    "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    "C": [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
}
"""Krippendorff (2011), Computing Krippendorff's alpha-reliability, part C: four observers, twelve units."""


def _said(table: dict[str, list[int | None]]) -> list[Said]:
    return [Said(c, u, label) for c, labels in table.items() for u, label in enumerate(labels) if label is not None]


@pytest.mark.parametrize(
    ("level", "published"), [(Level.NOMINAL, 0.743), (Level.INTERVAL, 0.849), (Level.ORDINAL, 0.815)]
)
def test_krippendorffs_worked_example(level: Level, published: float) -> None:
    found = agreement(_said(KRIPPENDORFF), level)
    assert found is not None
    assert found.krippendorff_alpha is not None
    assert found.krippendorff_alpha.value == pytest.approx(published, abs=0.0005)
    assert found.units == 11, "the unit that one observer coded tells nothing"
    assert found.krippendorff_alpha.low < published < found.krippendorff_alpha.high


@pytest.mark.parametrize("level", list(Level))
def test_resamples_are_measured_as_nltk_measures(level: Level) -> None:
    """Each unit once is the sample itself."""
    labels = [1, 2, 3, 4, 5]
    rows = [[column[unit] for column in KRIPPENDORFF.values()] for unit in range(12)]
    counts = np.array([[row.count(label) for label in labels] for row in rows if len(row) - row.count(None) > 1], float)
    distances = _distances(labels, counts.sum(axis=0), level)
    (alone,) = _alphas(np.ones((1, len(counts))), counts, distances)
    found = agreement(_said(KRIPPENDORFF), level)
    assert found is not None and found.krippendorff_alpha is not None
    assert alone == pytest.approx(found.krippendorff_alpha.value, abs=1e-12)


def test_cohens_kappa_as_in_the_literature() -> None:
    """Of 50 grant applications two readers: yes/yes 20, yes/no 5, no/yes 10, no/no 15; kappa is 0.4."""
    table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    said = [Said(coder, unit, pair[at]) for unit, pair in enumerate(table) for at, coder in enumerate("AB")]
    found = agreement(said)
    assert found is not None
    assert found.cohen_kappa == pytest.approx(0.4)
    assert found.percent.value == pytest.approx(0.7)


def test_the_kappa_of_three_is_the_mean_over_pairs_weighted_by_common_units() -> None:
    ab = [Said(c, u, label) for u in range(8) for c, label in (("A", u % 2), ("B", u % 2))]
    ac = [
        Said(c, 100 + u, label) for u in range(8) for c, label in (("A", u % 2), ("C", u % 2 if u < 4 else 1 - u % 2))
    ]
    found = agreement(ab + ac)
    assert found is not None
    assert found.cohen_kappa == pytest.approx((1.0 + 0.0) / 2)


def test_where_nothing_varies_no_coefficient_is_defined() -> None:
    found = agreement([Said(coder, unit, "yes") for unit in range(5) for coder in "AB"])
    assert found is not None
    assert (found.percent.value, found.cohen_kappa, found.krippendorff_alpha) == (1.0, None, None)


def test_without_a_unit_that_two_have_coded_there_is_no_agreement() -> None:
    assert agreement([Said("A", 1, "x"), Said("B", 2, "x")]) is None


def test_the_same_judgements_give_the_same_interval() -> None:
    assert agreement(_said(KRIPPENDORFF)) == agreement(_said(KRIPPENDORFF))


def test_of_very_many_units_a_random_part_makes_the_coefficients() -> None:
    said = [
        Said(coder, unit, unit % 3 if coder == "A" else (unit + (unit % 10 == 0)) % 3)
        for unit in range(3000)
        for coder in "AB"
    ]
    found = agreement(said)
    assert found is not None
    assert found.krippendorff_alpha is not None
    assert (found.units, found.krippendorff_alpha.cells) == (3000, 1000)
    assert found.krippendorff_alpha.low < 0.85 < found.krippendorff_alpha.high
