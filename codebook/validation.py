"""Checks a coerced value against its variable's rules, in words for a person."""

from __future__ import annotations

from typing import Any

import regex

from coderai.codebook.variable import Variable

PATTERN_SECONDS = 0.5
"""A user's expression that takes longer on one value counts as not matched."""


def violations(variable: Variable, value: Any) -> list[str]:
    """What is wrong with a value (one of several, when there are several); nothing when it satisfies every rule."""
    rules, found = variable.validation_rules, []
    if rules.min is not None and _before(value, rules.min):
        found.append(f"{value} is less than {rules.min}")
    if rules.max is not None and _before(rules.max, value):
        found.append(f"{value} is more than {rules.max}")
    if rules.pattern and not _matches(rules.pattern, str(value)):
        found.append(f"{value!r} does not match {rules.pattern}")
    if rules.allowed_values and value not in rules.allowed_values:
        allowed = ", ".join(str(v) for v in rules.allowed_values)
        found.append(f"{value!r} is none of the allowed values: {allowed}")
    return found


def _before(left: Any, right: Any) -> bool:
    """left < right; partial dates are compared as far as both are stated."""
    if isinstance(left, str) and isinstance(right, str):
        length = min(len(left), len(right))
        return bool(left[:length] < right[:length])
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left < right
    return False


def _matches(pattern: str, value: str) -> bool:
    try:
        return regex.fullmatch(pattern, value, timeout=PATTERN_SECONDS) is not None
    except (regex.error, TimeoutError):
        return False
