"""Values with two ends: what a text states as "400 to 500", "more than 60" or "3-5 March 2021", as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

End = int | float | str | None
"""A number, an ISO 8601 date (perhaps partial), or None where there is no end."""


def make_range(low: End, high: End, *, low_closed: bool = True, high_closed: bool = True) -> dict[str, Any]:
    """A range as a cell holds it; an end that is closed belongs to it."""
    return {
        "low": low,
        "high": high,
        "low_closed": low is not None and low_closed,
        "high_closed": high is not None and high_closed,
    }


def is_range(value: Any) -> bool:
    """Whether a cell's value has two ends."""
    return isinstance(value, Mapping) and "low" in value and "high" in value


def ends(value: Any) -> tuple[End, End]:
    """The two ends of a value: of a single one, itself twice; of what is no number or date, none."""
    if is_range(value):
        return value["low"], value["high"]
    single = value if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    return single, single


def shown(value: Mapping[str, Any]) -> str:
    """A range in words for a person."""
    low, high = value["low"], value["high"]
    if low is None:
        return f"{'up to' if value['high_closed'] else 'less than'} {high}"
    if high is None:
        return f"{'at least' if value['low_closed'] else 'more than'} {low}"
    return f"{low} to {high}"


def is_vague(value: Any) -> bool:
    """Whether a range stands for words that give no exact number, such as "dozens"."""
    return is_range(value) and value.get("vague") is True
