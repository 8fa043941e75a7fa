"""The type of values that stand by themselves, as in the fields of a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from coderai.codebook.variable import VariableType
from coderai.language.booleans import parse_boolean
from coderai.language.dates import find_dates
from coderai.language.numbers import find_numbers

_MOST_FIT = 0.8
"""Share of the values that must be of a type."""
_LONGEST_BOOLEAN, _LONGEST_CATEGORY = 5, 40
_LEAST_VALUES = 3
"""From which on a few different ones are categories."""
_MOST_DISTINCT = 8
_BESIDE_DATE, _BESIDE_NUMBER = 12, 12
"""Characters that may stand beside a date; letters beside a number."""
_FITS: Mapping[VariableType, Callable[[str], bool]] = {
    VariableType.BOOLEAN: lambda value: len(value) <= _LONGEST_BOOLEAN and parse_boolean(value) is not None,
    VariableType.DATE: lambda value: any(
        len(value) - (one.end - one.start) <= _BESIDE_DATE for one in find_dates(value)
    ),
    VariableType.NUMBER: lambda value: (
        len(find_numbers(value)) == 1 and sum(map(str.isalpha, value)) <= _BESIDE_NUMBER and not _is_code(value)
    ),
}


def type_of(values: Sequence[str]) -> VariableType:
    """The type that four fifths of the values are of; CATEGORY where a few short ones come again and again."""
    for type, is_of in _FITS.items():
        if sum(map(is_of, values)) >= _MOST_FIT * len(values):
            return type
    distinct, coded = {value.casefold() for value in values}, sum(map(_has_digits, values))
    few = 2 <= len(distinct) <= min(_MOST_DISTINCT, 2 * len(values) // 3)
    short = max(map(len, values)) <= _LONGEST_CATEGORY and coded <= (1 - _MOST_FIT) * len(values)
    return VariableType.CATEGORY if len(values) >= _LEAST_VALUES and few and short else VariableType.TEXT


def _is_code(value: str) -> bool:
    """Whether digits name something, in place of counting it: a leading nought, many digits, letters among them."""
    digits = value.strip().removeprefix("#")
    return bool(digits) and digits.isdigit() and (len(digits) >= 7 or (len(digits) > 1 and digits[0] == "0"))


def _has_digits(value: str) -> bool:
    return sum(map(str.isdigit, value)) > 1
