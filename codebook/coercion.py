"""Coerces a model's value to the type of its variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process, utils

from coderai.codebook.reply import LONGEST_VALUE
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable, VariableType

NEAR_MISS = 85.0
"""Least similarity, in per cent, at which a wording is mapped to a listed category."""


@dataclass(frozen=True, slots=True)
class Coerced:
    """A value of the variable's type, or the problem why there is none."""

    value: Any = None
    problem: str = ""
    mapped: bool = False
    """Whether another wording was mapped to the nearest listed category."""


def coerce(variable: Variable, raw: Any, language: str) -> Coerced:
    """Reads `raw` as a value of the variable's type; dates become ISO 8601, partial ones stay partial."""
    if isinstance(raw, str) and len(raw) > LONGEST_VALUE:
        return Coerced(problem=f"the value is longer than {LONGEST_VALUE:,} characters: {raw[:80]!r}…")
    value = spec(variable).read(variable, raw, language)
    if value is not None:
        return Coerced(value)
    if variable.type is VariableType.CATEGORY:
        return _near_category(variable, str(raw))
    return Coerced(problem=f"{str(raw)[:80]!r} is not {spec(variable).described}")


def _near_category(variable: Variable, raw: str) -> Coerced:
    values = [category.value for category in variable.categories]
    near = process.extract(raw, values, scorer=fuzz.ratio, processor=utils.default_process, limit=2)
    close = [value for value, score, _ in near if score >= NEAR_MISS]
    if len(close) == 1 or (close and near[0][1] > near[1][1]):
        return Coerced(close[0], mapped=True)
    return Coerced(problem=f"{raw[:80]!r} is none of: {', '.join(values)}")
