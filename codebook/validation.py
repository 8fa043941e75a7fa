"""Checks a coerced value against its variable's rules, in words for a person."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from coderai.codebook.pattern import PatternInvalid, compile_pattern, matches
from coderai.codebook.variable import Variable


def prepare(variables: Iterable[Variable]) -> None:
    """Compiles the variables' patterns, so that checking values takes no long time. Not for the event loop."""
    for variable in variables:
        with suppress(PatternInvalid):
            compile_pattern(variable.validation_rules.pattern)


def violations(variable: Variable, value: Any) -> list[str]:
    """What is wrong with a value (one of several, when there are several); nothing when it satisfies every rule."""
    rules, found = variable.validation_rules, []
    if rules.min is not None and _before(value, rules.min):
        found.append(f"{value} is less than {rules.min}")
    if rules.max is not None and _before(rules.max, value):
        found.append(f"{value} is more than {rules.max}")
    if rules.pattern:
        found += _mismatch(rules.pattern, value)
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


def _mismatch(pattern: str, value: Any) -> list[str]:
    try:
        return [] if matches(pattern, str(value)) else [f"{value!r} does not match {pattern}"]
    except PatternInvalid as error:  # it was saved when other patterns could be
        return [f"{value!r} was not checked, as the variable's pattern {error}"]
