"""Names of months and days in many languages, and words such as "yesterday" in some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import regex

from coderai.language.characters import fold, lower
from coderai.language.locales import locale, regional_locales

_NEAR_DAYS = {
    "en": "yesterday today tomorrow",
    "de": "gestern heute morgen",
    "fr": "hier aujourd'hui demain",
    "es": "ayer hoy mañana",
    "pt": "ontem hoje amanhã",
    "it": "ieri oggi domani",
    "nl": "gisteren vandaag morgen",
    "sv": "igår idag imorgon",
    "pl": "wczoraj dzisiaj jutro",
    "tr": "dün bugün yarın",
    "ru": "вчера сегодня завтра",
    "uk": "вчора сьогодні завтра",
    "ar": "أمس اليوم غدا",
    "fa": "دیروز امروز فردا",
}
_ALSO = {"janu": 1, "febr": 2, "septem": 9, "octob": 10, "novem": 11, "decem": 12}
"""Abbreviations in English that the locale data do not list."""
_WORLD = """
en ru es tr fa fr de ja pt vi zh ar it pl id el nl ko th he uk cs sv ro hu da sk sr fi bg hi hr lt nb sl ca et lv bn ms
az ka mk eu gl sq ur kk ta te mr sw is af hy be bs uz mn
"""
_ANOTHER_CALENDAR = regex.compile(r"[·\p{Deseret}].*|\d*月|[一二三四五六七八九十]+月|m?\d+")


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """What a language calls months (1..12), days of the week (Monday is 0) and near days (offset in days)."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    near_days: Mapping[str, int]


@cache
def calendar_words(language: str) -> CalendarWords:
    """Gives the words of `language` (ISO 639-1) and of English; those of some 60 languages when it is not known."""
    languages = [language, "en"] if locale(language) else _WORLD.split()
    months, weekdays = dict(_ALSO), dict[str, int]()
    for code in reversed(languages):
        months |= dict(_names(code, "months", shortest=3))
        weekdays |= dict(_names(code, "days", shortest=4))
    return CalendarWords(MappingProxyType(months), MappingProxyType(weekdays), MappingProxyType(_near_days(languages)))


@cache
def is_month_first(language: str) -> bool:
    """Whether `language` writes the month before the day in digits, and the year last."""
    known = locale(language)
    return known is not None and known.date_formats["short"].pattern.startswith("M")


def _names(language: str, kind: str, *, shortest: int) -> Iterator[tuple[str, int]]:
    """The names that count, those of the language before those of its regions, as a dict keeps the last."""
    for region in reversed(regional_locales(language)):
        for names in getattr(region, kind).values():
            for width in ("abbreviated", "wide"):
                for number, name in names.get(width, {}).items():
                    word = fold(lower(name)).strip(".")
                    if (len(word) >= shortest or not word.isascii()) and not _ANOTHER_CALENDAR.fullmatch(word):
                        yield word, number


def _near_days(languages: list[str]) -> dict[str, int]:
    words = [_NEAR_DAYS.get(language, "").split() for language in reversed(languages)]
    return {word: days for near in words for days, word in enumerate(near, -1)}
