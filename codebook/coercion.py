"""Coerces a model's value to the type of its variable."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process, utils

from coderai.codebook.codebook import Variable, VariableType
from coderai.language.booleans import parse_boolean
from coderai.language.dates import parse_date
from coderai.language.numbers import parse_number

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
    if variable.type is VariableType.CATEGORY:
        return _category(variable, str(raw))
    value = _READERS[variable.type](raw, language)
    if value is None:
        shown = str(raw)[:80]
        return Coerced(problem=f"{shown!r} is not {_SPOKEN[variable.type]}")
    return Coerced(value)


def _text(raw: Any, language: str) -> str | None:
    return " ".join(str(raw).split()) or None


def _number(raw: Any, language: str) -> int | float | None:
    if isinstance(raw, bool):
        return None
    value = raw if isinstance(raw, int | float) else parse_number(str(raw), language)
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _date(raw: Any, language: str) -> str | None:
    return parse_date(str(raw), language)


def _boolean(raw: Any, language: str) -> bool | None:
    return raw if isinstance(raw, bool) else parse_boolean(str(raw))


_READERS = {
    VariableType.TEXT: _text,
    VariableType.NUMBER: _number,
    VariableType.DATE: _date,
    VariableType.BOOLEAN: _boolean,
}
_SPOKEN = {
    VariableType.TEXT: "a text",
    VariableType.NUMBER: "a number",
    VariableType.DATE: "a date",
    VariableType.BOOLEAN: "true or false",
}


def _category(variable: Variable, raw: str) -> Coerced:
    values = [category.value for category in variable.categories]
    if raw in values:
        return Coerced(raw)
    same = [value for value in values if value.casefold() == raw.strip().casefold()]
    if same:
        return Coerced(same[0])
    near = process.extract(raw, values, scorer=fuzz.ratio, processor=utils.default_process, limit=2)
    close = [value for value, score, _ in near if score >= NEAR_MISS]
    if len(close) == 1 or (close and near[0][1] > near[1][1]):
        return Coerced(close[0], mapped=True)
    return Coerced(problem=f"{raw[:80]!r} is none of: {', '.join(values)}")
