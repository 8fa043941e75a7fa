"""Numbers as files have them whose numbers are doubles."""

from __future__ import annotations


def as_double(value: float) -> float:
    """The nearest double: infinite of a whole number that is larger than any; compare it to see whether it is exact."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
