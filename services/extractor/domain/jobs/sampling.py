"""Draws a sample of documents: at random within strata, each stratum in proportion; the same again from its seed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

LARGEST_SEED = 2**31 - 1
LENGTHS = (300, 1_000, 5_000)
"""Words from which on documents count as longer: half a page, two pages, what is cut into chunks."""


def length_class(words: int) -> int:
    """How long a document is, from 0 to 3."""
    return sum(words >= bound for bound in LENGTHS)


def seed_of(job_id: UUID) -> int:
    """A seed for a job: the last bits of its id, which are random."""
    return job_id.int & LARGEST_SEED


def draw(
    items: Sequence[T], size: int, seed: int, stratum: Callable[[T], Hashable], name: Callable[[T], str]
) -> list[T]:
    """`size` of the items, or all if there are fewer, in their order.

    Each stratum gives its share, rounded by largest remainders; what is drawn depends on the seed and on the items'
    names, not on their order.
    """
    strata: dict[Hashable, list[T]] = {}
    for item in items:
        strata.setdefault(stratum(item), []).append(item)
    quotas = _quotas({key: len(members) for key, members in strata.items()}, min(size, len(items)), seed)
    drawn = {
        name(item)
        for key, members in strata.items()
        for item in sorted(members, key=lambda member: _lot(seed, name(member)))[: quotas[key]]
    }
    return [item for item in items if name(item) in drawn]


def _quotas(sizes: Mapping[Hashable, int], size: int, seed: int) -> dict[Hashable, int]:
    """How many of each stratum: its share rounded down, and one more for the largest remainders (Hamilton's method)."""
    total = sum(sizes.values())
    quotas = {key: size * many // total for key, many in sizes.items()}
    # Lots decide between equal remainders, so that no kind of stratum is left out each time.
    by_remainder = sorted(sizes, key=lambda key: (-(size * sizes[key] % total), _lot(seed, repr(key))))
    for key in by_remainder[: size - sum(quotas.values())]:
        quotas[key] += 1
    return quotas


def _lot(seed: int, name: str) -> bytes:
    """What decides the order of drawing: the same on every machine and in every version, unlike `random`."""
    return blake2b(f"{seed}:{name}".encode(), digest_size=16).digest()
