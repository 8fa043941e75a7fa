"""Says what is told of a mention in its quote, as far as that can tell two things of one name apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from coderai.language.dates import find_dates

_NUMBER = regex.compile(r"\d+(?:[.,]\d{3})*")
_PLACE = regex.compile(
    r"(?<!\p{L})(?:in|at|near|outside|en|à|dans|bei|nach|em|na|no|a|nel|nella|w|we|v|ve|в|во|на|под)\s+"
    r"(?P<place>\p{Lu}[\p{L}\p{M}'’-]*)"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a quote states beside a name."""

    dates: frozenset[str]
    """ISO 8601, as exact as stated."""
    numbers: frozenset[str]
    places: frozenset[str]


@lru_cache(4096)
def facts(quote: str, language: str) -> Facts:
    """The dates, the numbers outside them, and the places of a quote."""
    dates = find_dates(quote, language)
    rest = "".join(" " if any(d.start <= at < d.end for d in dates) else letter for at, letter in enumerate(quote))
    numbers = frozenset(digits.replace(",", "").replace(".", "") for digits in _NUMBER.findall(rest))
    places = frozenset(found["place"].casefold() for found in _PLACE.finditer(rest))
    return Facts(frozenset(date.iso for date in dates), numbers, places)


def other_dates(one: Facts, other: Facts) -> bool:
    """Whether both state dates, and no date of one can be one of the other."""
    return _apart(one.dates, other.dates) and not any(
        a.startswith(b) or b.startswith(a) for a in one.dates for b in other.dates
    )


def other_details(one: Facts, other: Facts) -> bool:
    """Whether both state numbers, or places, and have none in common."""
    return _apart(one.numbers, other.numbers) or _apart(one.places, other.places)


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)
