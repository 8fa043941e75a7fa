"""Reads what a person says is right as a value of its variable, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.coercion import coerce
from coderai.codebook.ranges import is_range, is_vague, make_range, shown
from coderai.codebook.types import spec
from coderai.codebook.validation import violations
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType
from coderai.kit.errors import InvalidInput
from coderai.measuring.feedback import Answer
from coderai.services.extractor.domain.coding.deciding import JOINER
from coderai.services.extractor.domain.coding.extraction import MissingReason

REASONS = (MissingReason.NOT_STATED, MissingReason.NOT_APPLICABLE, MissingReason.AMBIGUOUS, MissingReason.VAGUE)
"""Why a person may say that a value is missing; the others are about what a model did."""
_ENDS = {"low", "high", "low_closed", "high_closed"}


class CorrectionInvalid(InvalidInput):
    """What was given as right is no value that the variable can have."""


def read_correction(variable: Variable, raw: Any, reason: str, language: str) -> Answer | None:
    """What a person says is right: `raw`, coerced and validated like a model's value, or the reason why there is none.

    `language` is the document's (ISO 639-1, or empty). None where the person says neither. A list is for variables that
    keep several values, and stands as a model's several values do; {low, high} is for numbers and dates.

    Raises:
        CorrectionInvalid: says what is wrong, in words for a person.
    """
    if raw is None:
        if reason and reason not in list(REASONS):
            allowed = f"must be one of {', '.join(REASONS)}"
            raise CorrectionInvalid(f"missing_reason {allowed}", fields={"missing_reason": allowed})
        return Answer(missing_reason=MissingReason(reason)) if reason else None
    if reason:
        raise _invalid(variable, "it is either a value or missing, not both")
    several = _several(variable, raw)
    if several is None:
        return Answer(_one(variable, raw, language))
    values = [_one(variable, part, language) for part in several]
    if len(values) == 1:
        return Answer(values[0])
    if variable.if_multiple_values is IfMultipleValues.CONCATENATE:
        return Answer(JOINER.join(shown(value) if is_range(value) else str(value) for value in values))
    return Answer(values)


def _several(variable: Variable, raw: Any) -> Sequence[Any] | None:
    """The parts of what stands for several values; None of what is one."""
    keeps_several = variable.keeps_several and variable.type is not VariableType.BOOLEAN
    joined = variable.if_multiple_values is IfMultipleValues.CONCATENATE
    if joined and keeps_several and isinstance(raw, str) and JOINER in raw:
        raw = raw.split(JOINER)
    if not isinstance(raw, list | tuple):
        return None
    if not keeps_several:
        raise _invalid(variable, "is one value, not a list: the variable keeps one")
    if not 1 <= len(raw) <= variable.max_values:
        raise _invalid(variable, f"must have 1 to {variable.max_values} values, and has {len(raw)}")
    return raw


def _one(variable: Variable, raw: Any, language: str) -> Any:
    """One value of the variable."""
    if isinstance(raw, Mapping):
        return _two_ends(variable, raw, language)
    if raw is None or isinstance(raw, list | tuple):
        raise _invalid(variable, f"{raw!r:.80} is not {spec(variable).described}")
    coerced = coerce(variable, raw, language)
    if coerced.value is None:
        raise _invalid(variable, coerced.problem)
    if is_range(coerced.value):
        return _two_ends(variable, coerced.value, language)
    return _valid(variable, coerced.value)


def _two_ends(variable: Variable, raw: Mapping[str, Any], language: str) -> Any:
    """A value with two ends, each one of the variable's values or null; the value itself where both are the same."""
    if is_vague(raw):
        raise _invalid(variable, "the words give no exact value: say that it is missing, with the reason VAGUE")
    if not spec(variable).ordered or not is_range(raw) or not raw.keys() <= _ENDS:
        raise _invalid(variable, f"{dict(raw)!r:.80} is not {spec(variable).described}")
    low, high = (None if raw[end] is None else _end(variable, raw[end], language) for end in ("low", "high"))
    if low is None and high is None:
        raise _invalid(variable, "a value with two ends needs one of them at least")
    if low is not None and low == high:
        return low
    if low is not None and high is not None and _is_after(low, high):
        raise _invalid(variable, f"the low end {low} is above the high end {high}")
    closed = {name: raw.get(name, True) is not False for name in ("low_closed", "high_closed")}
    return make_range(low, high, **closed)


def _is_after(low: Any, high: Any) -> bool:
    """Whether low > high; partial dates are compared as far as both are stated."""
    if isinstance(low, str):
        length = min(len(low), len(high))
        return bool(low[:length] > high[:length])
    return bool(low > high)


def _end(variable: Variable, raw: Any, language: str) -> Any:
    coerced = coerce(variable, raw, language) if isinstance(raw, str | int | float) else None
    if coerced is None or coerced.value is None or is_range(coerced.value):
        raise _invalid(variable, f"the end {raw!r:.80} is not {spec(variable).described}")
    return _valid(variable, coerced.value)


def _valid(variable: Variable, value: Any) -> Any:
    if not spec(variable).is_value(variable, value):
        raise _invalid(variable, f"{value!r:.80} is not {spec(variable).described}")
    broken = violations(variable, value)
    if broken:
        raise _invalid(variable, "; ".join(broken))
    return value


def _invalid(variable: Variable, problem: str) -> CorrectionInvalid:
    return CorrectionInvalid(f"{variable.name}: {problem}", fields={"corrected_value": problem})
