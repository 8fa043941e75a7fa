"""Values with two ends ("400 to 500", "3-5 March 2021"): what the one column of their variable holds of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from coderai.codebook.ranges import End, ends, is_vague
from coderai.codebook.variable import IfRange

Scalar = str | int | float | bool
_FULL_DATE = len("2021-03-05")


def in_column(value: Scalar | dict[str, Any], if_range: IfRange) -> Scalar | None:
    """The value itself; of one with two ends the end or the middle that the variable wants, None if it is not known."""
    if not isinstance(value, dict):
        return value
    if is_vague(value):
        return None
    low, high = ends(value)
    match if_range:
        case IfRange.LOW:
            return low
        case IfRange.HIGH:
            return high
        case IfRange.MIDDLE:
            return _middle(low, high)
    return None


def _middle(low: End, high: End) -> Scalar | None:
    """Half way between two numbers or two full dates; of an even number of days the earlier middle one."""
    if isinstance(low, str) and isinstance(high, str):
        return _day_between(low, high)
    if isinstance(low, int | float) and isinstance(high, int | float):
        middle = low / 2 + high / 2
        return int(middle) if middle.is_integer() and abs(middle) < 2**53 else middle
    return None


def _day_between(first: str, last: str) -> str | None:
    if len(first) != _FULL_DATE or len(last) != _FULL_DATE:
        return None
    days = date.fromisoformat(first).toordinal() + date.fromisoformat(last).toordinal()
    return date.fromordinal(days // 2).isoformat()
