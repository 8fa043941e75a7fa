"""Finds and reads dates in running text, in many languages and formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import zip_longest

import regex

from coderai.language.calendar_words import calendar_words, is_month_first
from coderai.language.characters import fold, lower
from coderai.language.date_bounds import DATES_JOINED, DATES_LISTED
from coderai.language.date_patterns import BARE_YEAR, IN_DIGITS, named_pattern
from coderai.language.locales import base_language

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_DAY_FIRST = regex.compile(r"(?<!\d|\d[./-])(?:1[3-9]|2\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]\d{2,4}(?!\d)")
_MONTH_FIRST = regex.compile(r"(?<!\d|\d[./-])(?:0?[1-9]|1[0-2])[-/](?:1[3-9]|2\d|3[01])[-/]\d{2,4}(?!\d)")
_NOT_AMERICAN = regex.compile(r"[£€₹₦]|\b(?:RM|MYR|GBP|EUR|INR|Rs|ZAR|KES|NGN|GST|VAT|AUD|NZD|SGD)\b")
_WORD = regex.compile(r"[\p{L}\p{M}']+")
_COMPACT = regex.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date at text[start:end]. Both ends of a range ("5-7 March 2021") have the range's offsets."""

    iso: str
    """ISO 8601, as exact as the text is: "2021-03-05", "2021-03" or "2021"."""
    start: int
    end: int

    @property
    def exact(self) -> bool:
        """Whether the day is given."""
        return len(self.iso) == 10


_SHORT, _KEPT = 2_000, 2_048
"""Code points of a text whose dates are kept, and how many of them are."""


@dataclass(frozen=True, slots=True)
class _Parts:
    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None


def find_dates(text: str, language: str = "", reference: date | None = None) -> tuple[DateMention, ...]:
    """Finds the dates in `text`, in order.

    Args:
        text: Any text.
        language: ISO 639-1 code, empty when not known: names of months, and day-month against month-day. What the text
            itself shows (25/12/2020) comes before what its language is used to.
        reference: The date that the document says it is of. With it, "5 March", "Monday" and "yesterday" are dates
            too: those nearest to it, and for a day of the week the last. Without it they are left out.
    """
    return (_find_again if len(text) <= _SHORT else _find)(text, base_language(language), reference)


def _find(text: str, language: str, reference: date | None) -> tuple[DateMention, ...]:
    folded = fold(text)
    lowered = lower(folded)
    parts = list(_in_digits(folded, language)) + list(_with_names(lowered, language))
    taken = [(part.start, part.end) for part in parts]
    parts += [part for part in _years(folded) if not any(start <= part.start < end for start, end in taken)]
    parts = list(_with_shared_years(sorted(parts, key=lambda part: part.start), lowered))
    mentions = [mention for part in parts if (mention := _mention(part, reference))]
    if reference:
        mentions += _relative(lowered, language, reference)
    return tuple(sorted(mentions, key=lambda mention: (mention.start, mention.iso)))


_find_again = lru_cache(_KEPT)(_find)
"""Each sentence of a document is asked again for every variable; finding the names of months in it takes longest."""


def parse_date(text: str, language: str = "") -> str | None:
    """Reads `text` as one date.

    Args:
        text: A date by itself or with a few words around it, such as "on 5 March 2021" or "05.03.21".
        language: ISO 639-1 code of the text, empty when not known; it decides between day-month and month-day.

    Returns:
        ISO 8601, as exact as the text is: "2021-03-05", "2021-03" or "2021". None when the text holds no date, or
        several different ones.
    """
    stripped = fold(text.strip())
    if _COMPACT.fullmatch(stripped):
        mention = _mention(_Parts(0, 8, int(stripped[:4]), int(stripped[4:6]), int(stripped[6:])), None)
        return mention.iso if mention else None
    found = sorted({mention.iso for mention in find_dates(stripped, language)}, key=len)
    return found[-1] if found and all(found[-1].startswith(other) for other in found) else None


def _in_digits(folded: str, language: str) -> Iterator[_Parts]:
    month_first = _is_month_first(folded, language)
    for match in IN_DIGITS.finditer(folded):
        start, end = match.span()
        if match["first"]:
            first, second, last = int(match["first"]), int(match["second"]), match["last"]
            swap = (month_first and "." not in match["gap"] and first <= 12) or second > 12
            day, month = (second, first) if swap else (first, second)
            yield _Parts(start, end, _full_year(last), month, day)
        else:
            era_year = 1 if match["era_year"] == "元" else int(match["era_year"] or 0)
            year = _ERAS[match["era"]] + era_year if match["era"] else int(match["year"])
            yield _Parts(start, end, year, _number(match["month"]), _number(match["day"]))


def _is_month_first(folded: str, language: str) -> bool:
    """Whether 5/3/2021 is the third of May: by the text's own clear dates, else by signs of where it is from."""
    day_first, month_first = len(_DAY_FIRST.findall(folded)), len(_MONTH_FIRST.findall(folded))
    if day_first != month_first:
        return month_first > day_first
    return is_month_first(language) and not _NOT_AMERICAN.search(folded)


def _with_names(lowered: str, language: str) -> Iterator[_Parts]:
    months = calendar_words(language).months
    for match in named_pattern(language).finditer(lowered):
        start, end = match.span()
        year = _full_year(match["year"]) if match["year"] else None
        month = months[match["month"]]
        first, day = _number(match["from"]), _number(match["day"])
        if first and day and first > day:
            before = month == 1
            yield _Parts(start, end, year - before if year else None, 12 if before else month - 1, first)
        elif first:
            yield _Parts(start, end, year, month, first)
        yield _Parts(start, end, year, month, day)


def _with_shared_years(parts: list[_Parts], lowered: str) -> Iterator[_Parts]:
    """Gives "28 December to 3 January 2021" its first year: that of the second date, or the one before it."""
    for part, following in zip_longest(parts, parts[1:]):
        if part.year or not following or not following.month or not following.year:
            yield part
            continue
        between = part.end, following.start
        later = (part.month or 0, part.day or 0) > (following.month, following.day or 99)
        if DATES_JOINED.fullmatch(lowered, *between) or (not later and DATES_LISTED.fullmatch(lowered, *between)):
            part = replace(part, year=following.year - later)
        yield part


def _years(folded: str) -> Iterator[_Parts]:
    return (_Parts(*match.span(), int(match["year"])) for match in BARE_YEAR.finditer(folded))


def _number(digits: str | None) -> int | None:
    """The leading digits of a day or month as a number: 5 of "5th"."""
    return int("".join(filter(str.isdigit, digits))) if digits else None


def _full_year(digits: str) -> int:
    """A year of four digits: of two, 70 to 99 are last century's, as in POSIX; Thai years count from 543 BC."""
    year = int(digits)
    if len(digits) == 2:
        return year + (1900 if year >= 70 else 2000)
    return year - 543 if year > 2300 else year


def _mention(part: _Parts, reference: date | None) -> DateMention | None:
    year = part.year
    if year is None:
        if reference is None or part.day is None:
            return None
        nearest = (
            candidate for offset in (0, -1, 1) if (candidate := _date(reference.year + offset, part.month, part.day))
        )
        year = min(nearest, key=lambda day: abs(day - reference), default=reference).year
    day = _date(year, part.month or 1, part.day or 1)
    if day is None:
        return None
    size = 10 if part.day else 7 if part.month else 4
    return DateMention(day.isoformat()[:size], part.start, part.end)


def _date(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 1, day)
    except ValueError:
        return None


def _relative(lowered: str, language: str, reference: date) -> Iterator[DateMention]:
    words = calendar_words(language)
    for match in _WORD.finditer(lowered):
        days = words.near_days.get(match.group())
        if match.group() in words.weekdays:
            days = -((reference.weekday() - words.weekdays[match.group()]) % 7)
        if days is not None:
            yield DateMention((reference + timedelta(days=days)).isoformat(), *match.span())
