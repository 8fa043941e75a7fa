"""Samples are drawn at random within strata, in proportion, and the same again from their seed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.extractor.domain.jobs.sampling import LARGEST_SEED, draw, length_class

Item = tuple[str, str]
"""A stratum, and a name within the sample's frame."""

items = st.lists(st.sampled_from(["pdf", "html", "txt", "docx"]), max_size=60).map(
    lambda strata: [(stratum, f"d{n}") for n, stratum in enumerate(strata)]
)
seeds = st.integers(0, LARGEST_SEED)


def sample(frame: list[Item], size: int, seed: int) -> list[Item]:
    return draw(frame, size, seed, lambda item: item[0], lambda item: item[1])


@given(items, st.integers(1, 70), seeds)
def test_a_sample_has_its_size_its_strata_in_proportion_and_each_item_once(
    frame: list[Item], size: int, seed: int
) -> None:
    drawn = sample(frame, size, seed)
    assert len(drawn) == min(size, len(frame)) == len(set(drawn))
    assert drawn == [item for item in frame if item in drawn]
    counts, every = Counter(stratum for stratum, _ in drawn), Counter(stratum for stratum, _ in frame)
    for stratum, many in every.items():
        share = len(drawn) * many / len(frame)
        assert int(share) <= counts[stratum] <= int(share) + (share % 1 > 0)


@given(items, st.integers(1, 70), seeds, st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_in_whichever_order_the_items_come(
    frame: list[Item], size: int, seed: int, random: object
) -> None:
    shuffled = list(frame)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(sample(shuffled, size, seed)) == set(sample(frame, size, seed))


def test_every_item_is_drawn_about_as_often_as_any_other() -> None:
    frame = [("pdf" if n % 3 else "html", f"d{n}") for n in range(30)]
    drawn = Counter(name for seed in range(600) for _, name in sample(frame, 10, seed))
    assert len(drawn) == 30
    assert min(drawn.values()) > 140 and max(drawn.values()) < 260, "200 on average"


def test_strata_too_small_for_a_share_have_their_turns() -> None:
    frame = [(f"language {n}", f"d{n}") for n in range(20)]
    assert len({item for seed in range(100) for item in sample(frame, 3, seed)}) == 20


def test_documents_are_short_up_to_half_a_page_and_long_from_where_they_are_cut() -> None:
    assert [length_class(words) for words in (0, 299, 300, 999, 1_000, 4_999, 5_000)] == [0, 0, 1, 1, 2, 2, 3]
