"""Figures that stand in a text: how each is written, where statistics have it, and which number of the text it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

NUMBER = re.compile(r"(?:(?<!\w)-)?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
"""A number as texts have it: 1,234 and -0.95 are one each, 2026-11-26 is three."""


class How(StrEnum):
    """How a figure is written."""

    COUNT = "count"
    """1234 is 1,234."""
    PERCENT = "percent"
    """Of a share: 0.912 is 91.2."""
    ROUNDED = "rounded"
    """To two decimals: 0.8149 is 0.81."""
    COST = "cost"
    """To two decimals, and to four below 1."""


class Figure(NamedTuple):
    """A number of a text that statistics have."""

    place: int
    """Which number of the text it is, from 1."""
    path: str
    """Where the statistics have it: "variables.injured.counts.answered"; of a list each by name, or number from 0."""
    how: How


def shown(value: Any, how: How) -> str:
    """A figure as texts write it.

    Raises:
        TypeError, ValueError: it is no number.
    """
    match how:
        case How.COUNT:
            return f"{value:,d}"
        case How.PERCENT:
            return f"{100 * value:.1f}"
        case How.ROUNDED:
            return f"{value:.2f}"
        case How.COST:
            return f"{value:,.2f}" if value >= 1 else f"{value:.4f}"


def figure_at(statistics: Mapping[str, Any], path: str) -> Any:
    """What the statistics have there; None where they have nothing."""
    found: Any = statistics
    for step in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, Sequence) and not isinstance(found, str):
            found = next((one for number, one in enumerate(found) if step in (*_names(one), str(number))), None)
        else:
            return None
    return found


def _names(one: Any) -> tuple[Any, ...]:
    return (one.get("variable"), one.get("between")) if isinstance(one, Mapping) else ()
