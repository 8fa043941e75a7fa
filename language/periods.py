"""Finds and reads dates and spans of time: "3-5 March 2021", "from 2019 to 2021", "before 2020", "since March"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from coderai.language.bounds import Bound
from coderai.language.calendar_words import calendar_words
from coderai.language.characters import fold, lower
from coderai.language.date_bounds import BETWEEN, CONTINUES, DATES_JOINED, DATES_LISTED, date_bound
from coderai.language.dates import DateMention, find_dates, parse_date
from coderai.language.locales import base_language

_YEARS = regex.compile(
    r"(?<![\p{Latin}\d][.,/:-]|[\p{Latin}\d#/-])(?:(?P<low>(?:1[6-9]|20)\d\d) ?[-/] ?(?P<high>(?:1[6-9]|20)?\d\d)"
    r"(?![\p{L}\d/-]|[.,:]\d)"
    r"|(?P<decade>(?:1[6-9]|20)\d)0'?s\b)"
)

_LETTERS = regex.compile(r"\p{L}+")


@dataclass(frozen=True, slots=True)
class Period:
    """A time at text[start:end], with the words that bound it; a plain date has the same date at both ends."""

    low: str | None
    """ISO 8601, as exact as the text is ("2021-03-05", "2021-03", "2021"); None when there is no first day."""
    high: str | None
    """The same for the last day: "2021-03" as a last day is the end of March."""
    start: int
    end: int
    low_closed: bool = True
    """Whether `low` itself is included: not in "after March 2021"."""
    high_closed: bool = True
    """Whether `high` itself is included: not in "before 2020"."""


def find_periods(text: str, language: str = "") -> tuple[Period, ...]:
    """Finds the dates and spans of time in `text`, in order; those whose words are not understood are left out.

    Args:
        text: Any text.
        language: ISO 639-1 code, empty when not known. Words such as "since" are known in English, German, French,
            Spanish, Portuguese, Italian, Dutch and Arabic; in another language, dates and "5-7 March 2021" alone.
    """
    language = base_language(language)
    lowered = lower(fold(text))
    joined = _joined(list(_plain(text, lowered, language)), lowered)
    return tuple(bounded for period in joined if (bounded := _bounded(period, lowered, language)))


def read_period(text: str, language: str = "") -> Period | None:
    """Reads `text` as one date or span of time.

    Args:
        text: A time by itself or with words around it: "5 March 2021", "before 2020", "from 2019 to 2021".
        language: ISO 639-1 code of the text, empty when not known; it decides between day-month and month-day, too.

    Returns:
        The period; None when the text holds none, several, or one in words that are not understood.
    """
    found = find_periods(text, language)
    mentions = find_dates(text, language)
    if len(found) == 1 and all(found[0].start <= date.start and date.end <= found[0].end for date in mentions):
        return found[0]
    plain = len(found) == len(mentions) and all(period.low == period.high for period in found)
    iso = parse_date(text, language) if plain else None
    return Period(iso, iso, 0, len(text)) if iso else None


def _plain(text: str, lowered: str, language: str) -> Iterator[Period]:
    """Dates, both ends of "3-5 March 2021" as one, and years such as "2019-2021" and "1990s"."""
    mentions = find_dates(text, language)
    periods: list[Period] = []
    for mention in mentions:
        before = periods[-1] if periods else None
        if before and (before.start, before.end) == (mention.start, mention.end):
            if DATES_LISTED.match(lowered, mention.start) and not BETWEEN.search(lowered, 0, mention.start):
                periods.append(Period(mention.iso, mention.iso, mention.start, mention.end))
            else:
                periods[-1] = replace(before, high=mention.iso)
        else:
            periods.append(Period(mention.iso, mention.iso, mention.start, mention.end))
    years = [period for match in _YEARS.finditer(lowered) if (period := _years(match, mentions))]
    return iter(sorted(periods + years, key=lambda period: period.start))


def _years(match: regex.Match[str], mentions: tuple[DateMention, ...]) -> Period | None:
    if any(mention.start < match.end() and match.start() < mention.end for mention in mentions):
        return None
    if match["decade"]:
        return Period(f"{match['decade']}0", f"{match['decade']}9", *match.span())
    low, high = match["low"], match["low"][: 4 - len(match["high"])] + match["high"]
    return Period(low, high, *match.span()) if low < high else None


def _joined(periods: list[Period], lowered: str) -> Iterator[Period]:
    waiting = periods[::-1]
    while waiting:
        low, high = waiting.pop(), waiting[-1] if waiting else None
        if high and low.end <= high.start and _joins(low, high, lowered):
            waiting.pop()
            opened = BETWEEN.search(lowered, max(0, low.start - 24), low.start)
            yield replace(low, high=high.high, start=opened.start() if opened else low.start, end=high.end)
        elif low.low != low.high or not BETWEEN.search(lowered, max(0, low.start - 24), low.start):
            yield low


def _joins(low: Period, high: Period, lowered: str) -> bool:
    single = low.low == low.high and high.low == high.high
    rises = (low.low or "") <= (high.high or "") and low.low != high.high
    between = lowered[low.end : high.start]
    opened = BETWEEN.search(lowered, max(0, low.start - 24), low.start)
    return single and rises and bool(DATES_JOINED.fullmatch(between) or (opened and DATES_LISTED.fullmatch(between)))


def _bounded(period: Period, lowered: str, language: str) -> Period | None:
    found = date_bound(lowered, period.start, language)
    lasting = found and found.bound is Bound.LEAST and lowered[period.end :].lstrip(" ,").startswith("onward")
    if _continues(lowered, period.end, language) and not lasting:
        return None
    if found is None:
        return period
    if found.spoilt or (period.low != period.high and found.bound not in (None, Bound.ABOUT, Bound.LEAST)):
        return None
    bound, whole = found.bound, not found.part
    if bound is None or period.low != period.high:
        return replace(period, start=found.start)
    return Period(
        low=None if bound in (Bound.UNDER, Bound.MOST) else period.low,
        high=None if bound in (Bound.OVER, Bound.LEAST) else period.high,
        start=found.start,
        end=period.end,
        low_closed=bound in (Bound.ABOUT, Bound.LEAST) or (bound is Bound.OVER and not whole),
        high_closed=bound in (Bound.ABOUT, Bound.MOST) or (bound is Bound.UNDER and not whole),
    )


def _continues(lowered: str, at: int, language: str) -> bool:
    """Whether the date that ends at `at` is one end of a span whose other end was not read: "March 2021 to May"."""
    joined = DATES_JOINED.match(lowered, at)
    word = _LETTERS.match(lowered, joined.end()) if joined else None
    return bool(CONTINUES.match(lowered, at) or (word and word.group() in calendar_words(language).months))
