"""Guesses a variable's type from the values that documents give it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from coderai.codebook.variable import Category, VariableType

YEAR = r"(?:1[5-9]|20)\d{2}"
MONTH = r"\p{L}[\p{L}\p{M}]{2,}\.?"
DATE = regex.compile(
    rf"(?<![\d\p{{L}}])(?:{YEAR}-\d{{1,2}}(?:-\d{{1,2}})?"
    rf"|\d{{1,2}}(?P<separator>[./-])\d{{1,2}}(?P=separator)(?:{YEAR}|\d{{2}})"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|er)? (?:de |of )?(?P<month>{MONTH}) (?:de |del |of )?{YEAR}"
    rf"|(?P<month>{MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? {YEAR})(?![\d\p{{L}}])"
    rf"|(?<!\d){YEAR} ?[年년] ?\d{{1,2}} ?[月월](?: ?\d{{1,2}} ?[日일])?"
)
"""A date with its year, in any language that writes months as words or numbers."""

_UNIT = r"%|\p{Sc}|[\p{L}²³/]{1,12}(?: \p{L}{1,12})?"
_NUMBER = regex.compile(rf"[≈~<>±]? ?(?:\p{{Sc}}|\p{{Lu}}{{3}})? ?-?\d[\d.,' \u00a0\u202f]*(?: ?(?:{_UNIT}))?")
_SAYS_YES_OR_NO = "yes no true false y n ja nein oui non sí si não nao sim да нет نعم لا 是 否 はい いいえ ✓ ✗ tak nie"
_YES_NO = frozenset(_SAYS_YES_OR_NO.split())
_MOST = 0.8
_MOST_CATEGORIES, _LONGEST_CATEGORY = 8, 40


def guess_type(values: Sequence[str]) -> tuple[VariableType, tuple[Category, ...]]:
    """The type that most of the values are of, and for a CATEGORY the values seen, in their order."""
    bare = [value.strip().rstrip(".;").strip() for value in values]
    for type, fits in _TESTS:
        if sum(map(fits, bare)) >= _MOST * len(bare):
            return type, ()
    distinct = {value.casefold(): value for value in reversed(bare)}
    in_order = [distinct[key] for key in dict.fromkeys(value.casefold() for value in bare)]
    repeats = len(bare) >= 3 and 2 <= len(in_order) <= min(_MOST_CATEGORIES, 2 * len(bare) // 3)
    if repeats and all(0 < len(value) <= _LONGEST_CATEGORY for value in in_order):
        return VariableType.CATEGORY, tuple(Category(value) for value in in_order)
    return VariableType.TEXT, ()


def _is_date(value: str) -> bool:
    found = DATE.search(value)
    return found is not None and len(value) - len(found.group()) <= 12


_TESTS = (
    (VariableType.BOOLEAN, lambda value: value.casefold() in _YES_NO),
    (VariableType.DATE, _is_date),
    (VariableType.NUMBER, lambda value: _NUMBER.fullmatch(value) is not None),
)
