"""Names of months and days, and words such as "yesterday", by language; the names are those that dateparser ships."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from dateparser.data.languages_info import language_order

from coderai.language.characters import fold, lower

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS_FROM_NOW = {"0 day ago": 0, "1 day ago": -1, "2 day ago": -2, "in 1 day": 1}

_ALSO = {
    "ar": "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول",
    "en": "janu.,febr.,,,,,,,septem.,octob.,novem.,decem.",
}
_WORLD = tuple(language for language in language_order[:60] if language not in ("hr", "fil", "sr"))


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """What a language calls months (1..12), days of the week (Monday is 0) and near days (offset in days)."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    near_days: Mapping[str, int]


@cache
def calendar_words(language: str) -> CalendarWords:
    """Gives the words of `language` (ISO 639-1) and of English; those of some 60 languages when it is not known."""
    languages = (language, "en") if _data(language) else _WORLD
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    near_days: dict[str, int] = {}
    for code in languages:
        data = _data(code)
        months = _named(data, _MONTHS, shortest=3, start=1) | _also(code) | months
        weekdays = _named(data, _WEEKDAYS, shortest=4, start=0) | weekdays
        relative = data.get("relative-type", {})
        near_days = {
            lower(word): days for key, days in _DAYS_FROM_NOW.items() for word in relative.get(key, ())
        } | near_days
    return CalendarWords(MappingProxyType(months), MappingProxyType(weekdays), MappingProxyType(near_days))


@cache
def date_order(language: str) -> str:
    """Gives "DMY", "MDY" or "YMD": how `language` writes a date in digits; "DMY", the most usual, if not known."""
    return str(_data(language).get("date_order") or "DMY")


@cache
def _data(language: str) -> Mapping[str, Any]:
    if language not in language_order:
        return {}
    data: Mapping[str, Any] = import_module(f"dateparser.data.date_translation_data.{language}").info
    return data


def _named(data: Mapping[str, Any], keys: Iterable[str], *, shortest: int, start: int) -> dict[str, int]:
    words = (
        (fold(lower(word)).strip("."), number) for number, key in enumerate(keys, start) for word in data.get(key, ())
    )
    return {word: number for word, number in words if len(word) >= shortest or not word.isascii()}


def _also(language: str) -> dict[str, int]:
    words = _ALSO.get(language, "").split(",")
    return {word.strip("."): number for number, word in enumerate(words, 1) if word}
