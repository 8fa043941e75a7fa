"""Whether what a model says of a cell is right, given a right answer: equal but for how it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from typing import Any

import regex

from coderai.codebook.ranges import ends
from coderai.codebook.variable import Variable, VariableType
from coderai.measuring.feedback import Answer

Label = frozenset[Hashable]
"""What an answer says, the same for all that say the same: a set of values; empty for a missing one."""

_THOUSANDS = regex.compile(r"(?<=\p{Nd})[.,'’ ](?=\p{Nd}{3}(?!\p{Nd}))")
_BETWEEN_DIGITS = regex.compile(r"(?<=\p{Nd})[\p{P}\p{Z}\s]+(?=\p{Nd})")
_UNSPOKEN = regex.compile(r"[\p{P}\p{Z}\p{C}\s]+")
_DIGITS = 12
"""Significant digits of a number: what a double keeps of a value that was calculated and one that was typed."""


def is_right(variable: Variable, says: Answer, right: Answer) -> bool:
    """Whether an answer says what the right one says; a missing value is right where it is missing, for any reason.

    Numbers and dates are equal when both their ends are, several values when they are the same set.
    """
    return label(variable, says) == label(variable, right)


def is_missing(answer: Answer) -> bool:
    """Whether an answer has no value: a default that stands in for one is none."""
    return answer.missing_reason is not None or answer.value is None or answer.value in ("", [])


def label(variable: Variable, answer: Answer) -> Label:
    """What an answer says, so that two answers say the same exactly when their labels are equal."""
    if is_missing(answer):
        return frozenset()
    values = answer.value if isinstance(answer.value, list | tuple) else [answer.value]
    return frozenset(_key(variable.type, value) for value in values)


def _key(type_: VariableType, value: Any) -> Hashable:
    match type_:
        case VariableType.NUMBER | VariableType.DATE if ends(value) != (None, None):
            return tuple(_end(end) for end in ends(value))
        case VariableType.CATEGORY:
            return str(value)
        case VariableType.BOOLEAN if isinstance(value, bool):
            return value
        case _:
            return _plain(value)


def _end(end: float | str | None) -> Hashable:
    return end if end is None or isinstance(end, str) else float(f"{end:.{_DIGITS}g}")


def _plain(value: Any) -> str:
    """A text without case, punctuation and spacing, in any script; a text that has nothing else stays as it is.

    Case is folded as Unicode's caseless matching has it (The Unicode Standard, chapter 3, D145 to D147). What stands
    between two digits counts, but as one sign, and not before three digits: 1.5 is not 15, 1,500 is 1500.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", str(value)).casefold())
    stripped = _UNSPOKEN.sub("", _BETWEEN_DIGITS.sub("|", _THOUSANDS.sub("", folded)))
    return stripped or folded.strip()
