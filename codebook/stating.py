"""Reads from a quote what it states, by type, and says whether that is a given value: True, False, or undecided (None).

False is said only of numbers and dates, which code can read; what texts, categories and yes/no mean, a reader decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date as Day
from typing import Any

from coderai.codebook.ranges import End, ends, is_range, make_range
from coderai.codebook.variable import Variable
from coderai.language.amounts import Amount, find_amounts
from coderai.language.booleans import parse_boolean
from coderai.language.characters import fold, lower
from coderai.language.dates import find_dates
from coderai.language.negation import denies
from coderai.language.periods import Period, find_periods
from coderai.language.words import words

_ANY_DAY = Day(2000, 1, 1)
"""Lets dates without a year be found; which year they get does not matter."""
_SHORTEST_TELLING = 3
"""Letters: shorter words (articles, prepositions) may be missing from a quote that has all the others of a text."""


def states_number(_: Variable, value: Any, quote: str, language: str) -> bool | None:
    """Whether the quote has the number, or the same two ends; an age ("fourteen-year-old") decides nothing.

    The day of a date is no number: "on 3 March" does not state 3.
    """
    amounts = _outside_dates(find_amounts(quote, language), quote, language)
    if any(_same_ends(value, amount.low, amount.high) for amount in amounts if not amount.age):
        return True
    return (
        None if any(_same_ends(value, amount.low, amount.high) for amount in amounts) else (False if amounts else None)
    )


def restated_number(_: Variable, value: Any, quote: str, language: str) -> Any:
    """The range or vague amount that the quote states in place of the number that was read from it; else None.

    A model that is asked for a number gives "400" for "between 400 and 500": the quote is believed, not the model.
    """
    found = _outside_dates(find_amounts(quote, language), quote, language)
    amounts = [amount for amount in found if not amount.age]
    if is_range(value) or len(amounts) != 1 or amounts[0].value is not None:
        return None
    low, high = amounts[0].low, amounts[0].high
    inside = (low is None or low <= value) and (high is None or value <= high)
    return amount_value(amounts[0]) if inside else None


def _outside_dates(amounts: Sequence[Amount], quote: str, language: str) -> list[Amount]:
    dates = [date for date in find_dates(quote, language, _ANY_DAY) if len(date.iso) > len("2021")]
    return [amount for amount in amounts if not any(d.start < amount.end and amount.start < d.end for d in dates)]


def amount_value(amount: Amount) -> Any:
    """An amount as a cell holds it: a number, a range, or a range that is marked as vague."""
    if amount.value is not None:
        return amount.value
    found = make_range(amount.low, amount.high, low_closed=amount.low_closed, high_closed=amount.high_closed)
    return found | {"vague": True} if amount.vague else found


def states_date(_: Variable, value: Any, quote: str, language: str) -> bool | None:
    """Whether the quote has the date or one that is more exact, or the same two ends.

    A quote that has a part of the date alone ("5 March", "2021") leaves it undecided: the rest stands elsewhere.
    """
    periods, dates = find_periods(quote, language), find_dates(quote, language)
    if any(_same_days(value, period) for period in periods):
        return True
    if is_range(value):
        return False if periods else None
    if any(_covers(value, date.iso) for date in dates):
        return True
    partly = any(_covers(date.iso, value) for date in dates)
    return False if dates and not partly else None


def restated_date(_: Variable, value: Any, quote: str, language: str) -> Any:
    """The span of time that the quote states in place of the one day that was read from it; else None."""
    periods = [period for period in find_periods(quote, language) if period.low != period.high]
    if is_range(value) or len(periods) != 1 or len(find_periods(quote, language)) != 1:
        return None
    return period_value(periods[0]) if value in (periods[0].low, periods[0].high) else None


def period_value(period: Period) -> Any:
    """A period as a cell holds it: a date, or a range of them."""
    if period.low == period.high:
        return period.low
    return make_range(period.low, period.high, low_closed=period.low_closed, high_closed=period.high_closed)


def states_text(_: Variable, value: Any, quote: str, language: str) -> bool | None:
    """Whether the quote has the text, whatever its case and accents, or all of its words; else undecided."""
    wanted, given = _folded(str(value)), _folded(quote)
    if wanted and f" {wanted} " in f" {given} ":
        return True
    telling = [word for word in wanted.split() if len(word) >= _SHORTEST_TELLING]
    return True if telling and set(telling) <= set(given.split()) else None


def states_category(variable: Variable, value: Any, quote: str, language: str) -> bool | None:
    """Whether the quote has the category's own words and none of another one, and denies nothing; else undecided."""
    given = f" {_folded(quote)} "
    named = [c.value for c in variable.categories if f" {_folded(c.value)} " in given]
    return True if named == [value] and not denies(quote) else None


def states_boolean(_: Variable, value: Any, quote: str, language: str) -> bool | None:
    """Whether the quote ends with the answer itself, as a form has it ("Permit: yes"); else undecided."""
    answer = quote.rsplit(":", 1)[-1].strip(" .")
    return True if answer and parse_boolean(answer) is value else None


def _folded(text: str) -> str:
    return " ".join(words(lower(fold(text))))


def _equal(left: Any, right: Any) -> bool:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers and math.isclose(left, right, rel_tol=1e-9)


def _same_ends(value: Any, low: End, high: End) -> bool:
    wanted = ends(value)
    return all(
        (mine is None and theirs is None) or _equal(mine, theirs)
        for mine, theirs in zip(wanted, (low, high), strict=True)
    )


def _same_days(value: Any, period: Period) -> bool:
    return ends(value) == (period.low, period.high)


def _covers(less: str, more: str) -> bool:
    """Whether the first date is the second one, or less exact: 2021 covers 2021-03-05."""
    return isinstance(less, str) and isinstance(more, str) and more.startswith(less)
