"""Reads from a quote what it states, by type, and says whether that is a given value.

Only what has one reading is sure: a number that stands beside others is a reader's to decide, and so is what texts,
categories and yes/no mean without saying it.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from datetime import date as Day
from enum import Enum
from typing import Any

import regex

from coderai.codebook.ranges import End, ends, is_range, make_range
from coderai.codebook.variable import Variable
from coderai.language.amounts import Amount, find_amounts
from coderai.language.booleans import parse_boolean
from coderai.language.calendar_words import is_month_first
from coderai.language.characters import fold, lower
from coderai.language.dates import find_dates
from coderai.language.magnitudes import is_percent
from coderai.language.negation import denies
from coderai.language.number_words import reads_words_of
from coderai.language.periods import Period, find_periods
from coderai.language.words import words

_ANY_DAY = Day(2000, 1, 1)
"""Lets dates without a year be found; which year they get does not matter."""
_SHORTEST_TELLING = 3
"""Letters: shorter words (articles, prepositions) may be missing from a quote that has all the others of a text."""
_SAID_WITHOUT_NUMBER = 2
"""0, 1 and 2 are often said in other ways: "nobody", "a man", "both"."""
_SAID_IN_WORDS = 100
"""Greater numbers are hardly ever written out; in a language whose number words are not read, smaller ones may be."""
_SCALES = (100, 1_000, 1_000_000, 1_000_000_000)
"""A share of 0.12 for "12 per cent", 1.2 (millions) for "1.2 million", 1234 for "1.234"."""
_ASKS_FOR_SHARE = regex.compile(
    r"%|\b(?:share|proportion|rate|anteil|taux|tasa|taxa|tasso)\b|per ?cent|prozent|pour ?cent|por ?cien|porcent"
)
_ANSWER = regex.compile(r"(?P<label>.*)[:?\t=]\s*(?P<answer>\S+?)[ .]*", regex.DOTALL)
_MONTHS = 12
_NOT_WRITTEN = regex.compile(r"\p{Cf}|-\n")
"""Soft hyphens, direction marks and the hyphen at a line's end."""
_IN_DIGITS = regex.compile(r"(?<![\d./-])(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?!\d)")


class Says(Enum):
    """What a quote says of a value."""

    VALUE = "VALUE"
    """It states this value and nothing that could be meant instead."""
    PERHAPS = "PERHAPS"
    """It has the value in a way that a reader must decide about."""
    SCALED = "SCALED"
    """It has the same digits at another scale: enough to doubt the value, not to take the words for its source."""
    NOTHING = "NOTHING"
    """Nothing that code can read."""
    OTHER = "OTHER"
    """It states another value."""


def states_number(variable: Variable, value: Any, quote: str, language: str) -> Says:
    """Whether the quote has the number, or the same two ends.

    A reader must decide which of several numbers is meant, whether a year, an age or a per cent is, what may be said
    without a number ("nobody", "a man", "both") or in words that are not read, and the same digits at another scale.
    The day of a date is no number: "on 3 March" does not state 3.
    """
    amounts = _outside_dates(find_amounts(quote, language), quote, language)
    years = [date for date in find_dates(quote, language) if len(date.iso) == len("2021")]
    counting = [a for a in amounts if not a.age and not any(y.start <= a.start < y.end for y in years)]
    same = [amount for amount in amounts if _same_ends(value, amount.low, amount.high)]
    if same:
        clear = len(same) == sum(a in same for a in counting) == len(counting)
        asked = not any(_is_unasked_share(variable, amount) for amount in same)
        return Says.VALUE if clear and asked else Says.PERHAPS
    if any(_is_scaled(value, amount) for amount in counting):
        return Says.SCALED
    return Says.OTHER if counting and not _may_be_in_words(value, language) else Says.NOTHING


def restated_number(_: Variable, value: Any, quote: str, language: str) -> Any:
    """The range or vague amount that the quote states in place of the number that was read from it; else None.

    A model that is asked for a number gives "400" for "between 400 and 500": the quote is believed, not the model.
    """
    found = _outside_dates(find_amounts(quote, language), quote, language)
    ranges = [amount for amount in found if not amount.age and amount.value is None]
    if is_range(value) or len(ranges) != 1:
        return None
    low, high = ranges[0].low, ranges[0].high
    inside = (low is None or low <= value) and (high is None or value <= high)
    meant = inside and (len(found) == 1 or value in (low, high))
    return amount_value(ranges[0]) if meant else None


def _outside_dates(amounts: Sequence[Amount], quote: str, language: str) -> list[Amount]:
    dates = [date for date in find_dates(quote, language, _ANY_DAY) if len(date.iso) > len("2021")]
    return [amount for amount in amounts if not any(d.start < amount.end and amount.start < d.end for d in dates)]


def _is_unasked_share(variable: Variable, amount: Amount) -> bool:
    """Whether the quote has a per cent and nothing says that the variable is one."""
    return is_percent(amount.unit.lower()) and not _ASKS_FOR_SHARE.search(lower(_spoken_of(variable)))


def _may_be_in_words(value: Any, language: str) -> bool:
    most = _SAID_WITHOUT_NUMBER if not language or reads_words_of(language) else _SAID_IN_WORDS
    return isinstance(value, int | float) and 0 <= value <= most


def _is_scaled(value: Any, amount: Amount) -> bool:
    stated = amount.value
    if stated is None or not isinstance(value, int | float):
        return False
    return any(_equal(value * scale, stated) or _equal(value, stated * scale) for scale in _SCALES)


def amount_value(amount: Amount) -> Any:
    """An amount as a cell holds it: a number, a range, or a range that is marked as vague."""
    if amount.value is not None:
        return amount.value
    found = make_range(amount.low, amount.high, low_closed=amount.low_closed, high_closed=amount.high_closed)
    return found | {"vague": True} if amount.vague else found


def states_date(_: Variable, value: Any, quote: str, language: str) -> Says:
    """Whether the quote has the date or one that is more exact, or the same two ends.

    A reader must decide which of several dates is meant, and a date in digits that may be read both ways (05/03/2021
    in English). A part of the date ("5 March", "2021") or a word for it ("yesterday") says too little.
    """
    stated = _stated_dates(quote, language)
    same = [found for found in stated if _fits(value, found)]
    if _reads_both_ways(quote, language):
        return Says.PERHAPS
    if same:
        return Says.VALUE if len(same) == len(stated) else Says.PERHAPS
    parts = [end for end in ends(value) if end is not None]
    partly = any(_covers(end, iso) or _covers(iso, end) for found in stated for iso in found for end in parts)
    unfinished = len(find_dates(quote, language, _ANY_DAY)) > len(find_dates(quote, language))
    return Says.OTHER if stated and not (partly or unfinished) else Says.NOTHING


def restated_date(_: Variable, value: Any, quote: str, language: str) -> Any:
    """The span of time that the quote states in place of the one day that was read from it; else None."""
    spans = [period for period in find_periods(quote, language) if period.low != period.high]
    if is_range(value) or len(spans) != 1:
        return None
    return period_value(spans[0]) if value in (spans[0].low, spans[0].high) else None


def _stated_dates(quote: str, language: str) -> Sequence[tuple[End, End]]:
    """Both ends of each date and span of time; the ends of a span are no dates by themselves."""
    spans = [period for period in find_periods(quote, language) if period.low != period.high]
    single = [d.iso for d in find_dates(quote, language) if not any(s.start <= d.start < s.end for s in spans)]
    return [(span.low, span.high) for span in spans] + [(iso, iso) for iso in single]


def _fits(value: Any, stated: tuple[End, End]) -> bool:
    single = stated[0] == stated[1] and not is_range(value)
    return ends(value) == stated or (single and _covers(value, stated[0]))


def _reads_both_ways(quote: str, language: str) -> bool:
    if language and not is_month_first(language):
        return False
    pairs = [(int(first), int(second)) for first, second in _IN_DIGITS.findall(fold(quote))]
    return any(first != second and max(first, second) <= _MONTHS for first, second in pairs)


def period_value(period: Period) -> Any:
    """A period as a cell holds it: a date, or a range of them."""
    if period.low == period.high:
        return period.low
    return make_range(period.low, period.high, low_closed=period.low_closed, high_closed=period.high_closed)


def states_text(_: Variable, value: Any, quote: str, language: str) -> Says:
    """Whether the quote has the text, whatever its case and accents, or its words in their order."""
    wanted, given = _folded(str(value)), _folded(quote)
    if wanted and f" {wanted} " in f" {given} ":
        return Says.VALUE
    telling = [word for word in wanted.split() if _is_telling(word)]
    return Says.VALUE if telling and _in_order(telling, given.split()) else Says.NOTHING


def _is_telling(word: str) -> bool:
    return len(word) >= _SHORTEST_TELLING or not word.isalpha() or not word.isascii() or denies(word)


def _in_order(telling: Sequence[str], given: Sequence[str]) -> bool:
    """Whether the words stand one after the other, with at most as many others between them."""
    for start in (place for place, word in enumerate(given) if word == telling[0]):
        near = iter(given[start : start + 2 * len(telling)])
        if all(word in near for word in telling):
            return True
    return False


def states_category(variable: Variable, value: Any, quote: str, language: str) -> Says:
    """Whether the quote has the category's own words and none of another one, and denies nothing."""
    given = f" {_folded(_without_dates(quote, language))} "
    named = [c.value for c in variable.categories if f" {_folded(c.value)} " in given]
    if value not in named:
        return Says.NOTHING
    return Says.VALUE if named == [value] and not denies(quote) else Says.PERHAPS


def _without_dates(quote: str, language: str) -> str:
    """The month of March is no march."""
    for date in reversed(find_dates(quote, language, _ANY_DAY)):
        quote = quote[: date.start] + " " + quote[date.end :]
    return quote


def states_boolean(variable: Variable, value: Any, quote: str, language: str) -> Says:
    """Whether the quote is a form's field of the variable with the answer itself ("Permit: yes")."""
    field = _ANSWER.fullmatch(quote.strip())
    if field is None or parse_boolean(field["answer"]) is not value:
        return Says.NOTHING
    label = {word for word in _folded(field["label"]).split() if len(word) >= _SHORTEST_TELLING}
    return Says.VALUE if label & set(_folded(_spoken_of(variable)).split()) else Says.PERHAPS


def _spoken_of(variable: Variable) -> str:
    """The words in which a variable is asked for."""
    name = variable.name.replace("_", " ")
    return f"{name} {variable.display_name} {variable.instructions} {variable.active_prompt.text}"


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", lower(fold(_NOT_WRITTEN.sub("", text))))
    return " ".join(words("".join(c for c in plain if not unicodedata.combining(c))))


def _equal(left: Any, right: Any) -> bool:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers and math.isclose(left, right, rel_tol=1e-12)


def _same_ends(value: Any, low: End, high: End) -> bool:
    wanted = ends(value)
    return all(
        (mine is None and theirs is None) or _equal(mine, theirs)
        for mine, theirs in zip(wanted, (low, high), strict=True)
    )


def _covers(less: Any, more: Any) -> bool:
    """Whether the first date is the second one, or less exact: 2021 covers 2021-03-05."""
    return isinstance(less, str) and isinstance(more, str) and more.startswith(less)
