"""Finds and reads dates in running text, in many languages and formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import regex

from services.extractor.domain.parsing.calendar_words import calendar_words, date_order
from services.extractor.domain.parsing.characters import base_language, fold, lower

_YEAR = r"(?P<year>(?:1[4-9]|2[0-5])\d{2})"
_SHORT_YEAR = r"(?P<year>(?:1[4-9]|2[0-5])\d{2}|'?\d{2})"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|e|[.ºª°]|-?го|日|일)?"
_OF = r"(?:(?:day )?of |de |del |di |d'|de l'|do |of the |ngày |năm |г\. ?|年 ?|m\. )?"
_GAP = rf"(?:[ \u00a0\t\n.,/-]{{0,3}}{_OF})"
_MONTH = r"(?P<month>(?<!\p{L})\L<months>(?!\p{L})\.?(?:/\L<months>)?)"
_NOT_IN_CODE = r"(?<![\p{L}\d][./:-]|\d|\p{Sc} ?)"
_NOT_BEFORE_CODE = r"(?!\d|[./:-]\d|-\p{L})"

_IN_DIGITS = regex.compile(
    rf"{_NOT_IN_CODE}(?:(?P<year>(?:1[4-9]|2[0-5])\d{{2}})(?: ?[-/.年년] ?)(?P<month>1[0-2]|0?[1-9])(?![\d])"
    rf"(?: ?[-/.月월] ?(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)| ?[月월]|(?<=-\d\d)(?!-))"
    rf"|(?P<first>\d{{1,2}})(?P<sep> ?[-/.] ?)(?P<second>\d{{1,2}})(?P=sep)(?P<last>\d{{4}}|\d{{2}}))[日일]?(?!\d|[/:-]\d)"
    rf"|{_NOT_IN_CODE}(?P<month>0[1-9]|1[0-2])/(?P<year>(?:19|20)\d{{2}}){_NOT_BEFORE_CODE}"
    rf"|(?P<era>令和|平成|昭和|民國|民国) ?(?P<era_year>\d{{1,3}}|元)年(?: ?(?P<month>\d{{1,2}})月(?: ?(?P<day>\d{{1,2}})日)?)?"
)
_BARE_YEAR = regex.compile(r"(?<![\p{L}\d.,/:#-]|\p{Sc} ?)(?P<year>(?:1[6-9]|20)\d{2})(?![\p{L}\d/:%]|[.,-]\d| ?\p{Sc})|(?P<year>(?:19|20)\d{2}) ?[年년]")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}

_DAY_FIRST_EVIDENCE = regex.compile(r"(?<!\d|\d[./-])(?:1[3-9]|2\d|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.]\d{2,4}(?!\d)")
_MONTH_FIRST_EVIDENCE = regex.compile(r"(?<!\d|\d[./-])(?:0?[1-9]|1[0-2])[-/](?:1[3-9]|2\d|3[01])[-/]\d{2,4}(?!\d)")
_DOLLARS_ABROAD = regex.compile(r"[£€₹₦]|\b(?:RM|MYR|GBP|EUR|INR|Rs|ZAR|KES|NGN|GST|VAT|A\$|AUD|NZD|SGD|S\$)\b")
