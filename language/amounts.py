"""Finds and reads amounts as people state them: exact, about, between two bounds, above or below one, or vague."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from coderai.language.bounds import Bound, bound_after, bound_before
from coderai.language.characters import fold, lower
from coderai.language.locales import base_language
from coderai.language.number_words import parse_spelled_number
from coderai.language.numbers import Number, find_numbers
from coderai.language.vague_amounts import find_vague_amounts

_SPOILT = regex.compile(
    r"(?:(?<!\p{L})(?:not|no|never|nor|hardly|scarcely|barely|twice|times|rather than|instead of|much|many|little|half"
    r"|third|nicht|kein|kaum|pas|jamais|non|não|nunca|niet|nooit|ليس|غير)|n't|%"
    r"|\d(?<!(?<![\d.,])(?:1[5-9]|20)\d\d))[ \n]+$"
)
"""What turns a bound or a number after it into something else: such a word, or another number that is no year."""
_SHARE = regex.compile(
    r"(?<!\p{L})(?:half|thirds?|quarters?|fifths?|tenths?|per ?cent|%|most|majority|hälfte|drittel|prozent|moitié|tiers"
    r"|mitad|tercio|metade|terço|metà|terzo|helft|نصف|ثلث|ربع)"
    r"(?: (?:of|de[rl]?|von|di|d[aeo]s|des|van))? (?:the |los |las |den )?$"
)
"""Words that take a part of the number after them, not the number."""
_YEAR = regex.compile(r"1[5-9]\d\d|20\d\d")
"""Before "about 200", as in "on 11 January 2025 about 200 litres"."""
_DURATION = regex.compile(
    r"[ -](?:(?:whole|full|long) )?(?:minute|hour|day|night|week|month|year|decade)s?(?!\p{L}| ago| old)"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount at text[start:end], with the words that bound it."""

    low: int | float | None
    """None when there is no lower end."""
    high: int | float | None
    """None when there is no upper end."""
    start: int
    end: int
    low_closed: bool = True
    """Whether `low` itself is included: not in "more than 60"."""
    high_closed: bool = True
    """Whether `high` itself is included: not in "fewer than 20" and "nearly 2,000"."""
    vague: bool = False
    """Whether no number is given ("several hundred"); the ends are what the words allow."""
    unit: str = ""
    """As written: a currency, "%" or a unit such as "kg"; empty when there is none."""
    age: bool = False
    """Whether it says how old somebody or something is."""

    @property
    def value(self) -> int | float | None:
        """The one number that is stated, perhaps with "about"; None for ranges, bounds and vague amounts."""
        return self.low if self.low == self.high and not self.vague else None


def find_amounts(text: str, language: str = "") -> tuple[Amount, ...]:
    """Finds the amounts in `text`, in order, never overlapping; those that are not understood are left out.

    Args:
        text: Any text.
        language: ISO 639-1 code, empty when not known. Words such as "more than" are known in English, German, French,
            Spanish, Portuguese, Italian, Dutch, Arabic and Chinese; in another language, numbers and ranges alone.
    """
    language = base_language(language)
    lowered = lower(fold(text))
    numbers = _numbers(text, lowered, language)
    amounts = [amount for number in numbers if (amount := _amount(number, numbers, lowered, language))]
    amounts += _vague(numbers, lowered, language)
    return tuple(sorted(amounts, key=lambda amount: amount.start))


def read_amount(text: str, language: str = "") -> Amount | None:
    """Reads `text` as one amount.

    Args:
        text: An amount by itself or with words around it: "1,234.5", "between 400 and 500", "more than 60 people".
        language: ISO 639-1 code of the text, empty when not known.

    Returns:
        The amount; None when the text holds none, several, or one in words that are not understood.
    """
    found = find_amounts(text, language)
    if len(found) == 1 and len(_numbers(text, lower(fold(text)), base_language(language))) <= 1:
        return found[0]
    value = None if found else parse_spelled_number(text, base_language(language))
    return None if value is None else Amount(value, value, 0, len(text))


def _numbers(text: str, lowered: str, language: str) -> list[Number]:
    """The numbers of the text, without those that repeat the one before them in digits: "twenty (20)"."""
    numbers: list[Number] = []
    for number in find_numbers(text, language):
        before = numbers[-1] if numbers else None
        repeats = before and before.value == number.value and lowered[before.end : number.start].strip() == "("
        if not (repeats and lowered.startswith(")", number.end)):
            numbers.append(number)
    return numbers


def _amount(number: Number, numbers: Sequence[Number], lowered: str, language: str) -> Amount | None:
    start, end = _with_unit(number, lowered)
    before, after = bound_before(lowered, start, language), bound_after(lowered, end, language)
    begins, ends = before[1] if before else start, after[1] if after else number.end
    bounds = {found[0] for found in (before, after) if found}
    bound = next(iter(bounds - {Bound.ABOUT}), None)
    of_another = before and any(_bounds_go_with(other, begins, lowered) for other in numbers)
    during = before and lowered.startswith("over", begins) and _DURATION.match(lowered, end) and not number.age
    spoilt = _SPOILT.search(lowered, max(0, begins - 14), begins) or _SHARE.search(lowered, max(0, begins - 30), begins)
    if of_another or during or spoilt or len(bounds) > 1 or (bound and number.upper is not None):
        return None
    low, high = number.value, number.value if number.upper is None else number.upper
    return Amount(
        low=None if bound in (Bound.UNDER, Bound.MOST) else low,
        high=None if bound in (Bound.OVER, Bound.LEAST) else high,
        start=begins if before else number.start,
        end=ends,
        low_closed=bound in (None, Bound.LEAST),
        high_closed=bound in (None, Bound.MOST),
        unit=number.unit,
        age=number.age,
    )


def _bounds_go_with(other: Number, begins: int, lowered: str) -> bool:
    """Whether words that begin there may be about the number before them; they are not where that is a year."""
    follows = other.end < begins and not lowered[other.end : begins].strip()
    is_year = not other.unit and _YEAR.fullmatch(lowered[other.start : other.end])
    return follows and not is_year


def _with_unit(number: Number, lowered: str) -> tuple[int, int]:
    """Where the number starts and ends with a currency or unit that is written beside it."""
    unit, start, end = number.unit.lower(), number.start, number.end
    before = lowered[:start].rstrip(" ")
    if unit and before.endswith(unit):
        start = len(before) - len(unit)
    elif unit and (beside := lowered.find(unit, end, end + len(unit) + 1)) >= 0:
        end = beside + len(unit)
    return start, end


def _vague(numbers: Sequence[Number], lowered: str, language: str) -> Iterator[Amount]:
    for found in find_vague_amounts(lowered, language):
        bound = bound_before(lowered, found.start, language)
        taken = any(number.start <= found.start < number.end for number in numbers)
        if (
            taken
            or (bound and bound[0] in (Bound.UNDER, Bound.MOST))
            or _SPOILT.search(lowered, max(0, found.start - 14), found.start)
        ):
            continue
        high = None if bound and bound[0] is not Bound.ABOUT else found.high
        start = bound[1] if bound else found.start
        yield Amount(found.low, high, start, found.end, high_closed=high is not None, vague=True)
