"""Dates that are whole, among those that may be partial."""

from __future__ import annotations

from datetime import date
from typing import Any


def full_date(value: Any) -> str | None:
    """The value where it is a full date in ISO 8601, "2021-03-05"; else None, as of "2021-03" and "2021"."""
    if not isinstance(value, str) or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        date.fromisoformat(value)
    except ValueError:
        return None
    return value
