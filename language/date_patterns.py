"""Regular expressions for dates: in digits, with the names of months, and years that stand alone."""

from __future__ import annotations

from functools import cache

import regex

from coderai.language.calendar_words import calendar_words

_YEAR = r"(?P<year>(?:1[4-9]|2[0-5])\d{2})(?!\d|[./:-]\d)"
_DAY_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])(?!\d)(?:\ ?(?:st|nd|rd|th)\b|er\b|[.ºª°]|-?го\b|:[ea]\b)?"
_DAY = rf"(?P<day>{_DAY_NUMBER})"
_OF = r"(?:(?:day )?of (?:the )?|de(?:l|l')? |d[ie] |d'|do |den |tháng |ngày |năm |m\. )?"
_GAP = rf"[\s.,/-]{{0,3}}{_OF}"
_MONTH = r"(?<!\p{L})(?P<month>\L<months>)(?!\p{L})\.?(?:/\L<months>)?"
_SHORT_YEAR = r"(?:[-/.]|[ ,]{0,2}(?='))'?(?P<year>\d{2})(?![\d:/-])|\ (?P<year>\d{2})(?=[ \t]*$|\ \d\d?:\d\d)"
_BEFORE = r"(?<![\p{Latin}\p{Cyrillic}\p{Greek}\d][./:]|\p{L}-|\d)"

_TO_OR_AND = "-|/|to|and|until|through|bis(?: zum)?|und|au|et|al|y|hasta(?: el)?|até|tot|e|a|i|и|до|по|إلى"

_NAMED = (
    rf"{_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}"
    rf"|(?:(?P<from>{_DAY_NUMBER})\ ?(?:{_TO_OR_AND})\ ?)?{_DAY}{_GAP}{_MONTH}"
    rf"(?:{_GAP}{_YEAR}|{_SHORT_YEAR})?"
    rf"|{_MONTH}(?:"
    rf"{_GAP}(?:the\ )?(?:(?P<from>{_DAY_NUMBER})\ ?(?:-|to|and)\ ?)?{_DAY}(?:[\s.,]{{1,3}}{_YEAR}|{_SHORT_YEAR})?"
    rf"|{_GAP}{_YEAR}|[-/ ]?'(?P<year>\d{{2}})(?!\d)|-(?P<year>\d{{2}})(?![\d-])"
    rf"|(?=\ ?(?:{_TO_OR_AND})\ ?\L<months>{_GAP}{_YEAR}))"
)

IN_DIGITS = regex.compile(
    r"(?<![\p{Latin}\d][./:-]|[\p{Latin}\d]|\p{Sc}\ ?)(?:"
    r"(?P<year>(?:1[4-9]|2[0-5])\d{2})\ ?[-/.年년]\ ?(?P<month>1[0-2]|0?[1-9])(?!\d)"
    r"(?:\ ?[-/.月월]\ ?(?P<day>3[01]|[12]\d|0?[1-9])(?![\d.]\d|\d)[日일]?|\ ?[月월]|(?<=[-/]\d\d)(?![./-]?\d))"
    r"|(?P<first>\d{1,2})(?P<gap>\ ?[-/.]\ ?)(?P<second>\d{1,2})(?P=gap)"
    r"(?P<last>\d{4}|(?<=\d\d\D{1,3}\d\d\D{1,3}|[-/])\d{2})(?!\d|[/:.-]\d)"
    r"|(?P<month>0[1-9]|1[0-2])[/.](?P<year>(?:19|20)\d{2})(?!\d|[./:-]\d)"
    r"|(?P<era>令和|平成|昭和|民國|民国)\ ?(?P<era_year>\d{1,3}|元)年"
    r"(?:\ ?(?P<month>\d{1,2})月(?:\ ?(?P<day>\d{1,2})日)?)?"
    r")"
)
"""Groups: year, month, day; or first, second, last in an order that the pattern cannot know; or era, era_year."""

BARE_YEAR = regex.compile(
    r"(?<![\p{L}\d][.,/:-]|[\p{Latin}\d#]|\p{Sc}\ ?)(?P<year>(?:1[6-9]|20)\d{2})"
    r"(?![\p{Latin}\d/:%]|[.,-]\d|\ ?\p{Sc}|-\p{L})"
)
"""Group: year."""


@cache
def named_pattern(language: str) -> regex.Pattern[str]:
    """Gives the pattern for dates with a month's name, in lower-case text. Groups: month; perhaps year, day, from."""
    months = [month for month in calendar_words(language).months if not month[0].isdigit()]
    return regex.compile(f"{_BEFORE}(?:{_NAMED})", regex.MULTILINE, months=months)
