"""Values as a document states them, of which some have two ends ("400 to 500", "3-5 March 2021")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Scalar = str | int | float | bool
Stated = Scalar | dict[str, Any]
"""A value as a document states it: a range where that has two ends (codebook.ranges)."""


def any_with_ends(stated: Iterable[Stated]) -> bool:
    """Whether any of the values has two ends."""
    return dict in map(type, stated)
