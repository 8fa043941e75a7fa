"""How a sample is drawn: strata, floors, probabilities, and the order in which its cells are shown."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.measuring.design import (
    FLOOR,
    Kind,
    NothingToDraw,
    SampleTooSmall,
    allocate,
    position_keys,
    stratify,
)

ONE, TWO = UUID(int=1), UUID(int=2)
NAMES = {ONE: "date", TWO: "place"}
COUNTS = {Kind(variable, band, ""): 100 for variable in NAMES for band in range(4)} | {
    Kind(variable, 0, reason): 50 for variable in NAMES for reason in ("NOT_STATED", "VAGUE")
}


def test_a_large_sample_is_stratified_by_variable_confidence_and_missing_reason() -> None:
    strata = stratify(COUNTS, NAMES, 200)
    assert [stratum.name for stratum in strata[:6]] == [
        "date, confidence 0 to 0.5",
        "date, confidence 0.5 to 0.7",
        "date, confidence 0.7 to 0.9",
        "date, confidence 0.9 to 1",
        "date, missing: NOT_STATED",
        "date, missing: VAGUE",
    ]
    assert sum(stratum.take for stratum in strata) == 200
    assert [stratum.has_value for stratum in strata[:6]] == [True] * 4 + [False] * 2


@pytest.mark.parametrize(("size", "strata"), [(72, 12), (71, 6), (35, 4), (23, 2), (4, 2), (2, 2)])
def test_a_small_sample_has_fewer_strata_so_that_floors_take_no_more_than_half_of_it(size: int, strata: int) -> None:
    found = stratify(COUNTS, NAMES, size)
    assert len(found) == strata
    assert sum(stratum.take for stratum in found) == size
    assert min(stratum.take for stratum in found) >= min(FLOOR, size // 2)


def test_a_sample_that_is_larger_than_the_dataset_is_all_of_it() -> None:
    assert {stratum.name: stratum.take for stratum in stratify(COUNTS, NAMES, 5000)} == {
        stratum.name: sum(COUNTS[kind] for kind in stratum.kinds) for stratum in stratify(COUNTS, NAMES, 5000)
    }


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(NothingToDraw):
        stratify({}, NAMES, 100)
    with pytest.raises(SampleTooSmall):
        stratify(COUNTS, NAMES, 1)


POPULATIONS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.just("")), st.integers(1, 5000), min_size=1
)


@given(POPULATIONS, st.integers(0, 5), st.integers(0, 20_000))
def test_each_stratum_gives_its_share_but_its_floor_at_least(
    populations: dict[tuple[int, int, str], int], floor: int, more: int
) -> None:
    least = sum(min(floor, many) for many in populations.values())
    size = min(least + more, sum(populations.values()))
    taken = allocate(populations, size, floor)
    assert sum(taken.values()) == size
    assert all(min(floor, populations[key]) <= take <= populations[key] for key, take in taken.items())
    above = {key: take for key, take in taken.items() if take > min(floor, populations[key])}
    rates = [take / populations[key] for key, take in above.items()]
    slack = max((1 / populations[key] for key in above), default=0)
    assert not rates or max(rates) - min(rates) <= 2 * slack, "those above their floors are drawn at one rate"


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 60), min_size=1), st.integers(0, 2**31 - 1))
def test_the_first_part_of_any_length_has_about_its_share_of_each_stratum(sizes: dict[str, int], seed: int) -> None:
    drawn = [name for name, many in sizes.items() for _ in range(many)]
    keys = position_keys(drawn, seed)
    assert keys == position_keys(drawn, seed)
    shown = [name for _, name in sorted(zip(keys, drawn, strict=True))]
    for length in range(len(shown) + 1):
        for name, many in sizes.items():
            assert abs(shown[:length].count(name) - many * length / len(shown)) <= len(sizes) + 1


def test_another_seed_shows_them_in_another_order() -> None:
    drawn = ["a"] * 20 + ["b"] * 20
    order = [sorted(range(40), key=position_keys(drawn, seed).__getitem__) for seed in (1, 2)]
    assert order[0] != order[1]
