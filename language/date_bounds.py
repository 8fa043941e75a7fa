"""Words that bound or join dates: "since", "before", "by the end of", "between ... and", by language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from coderai.language.bounds import Bound

_THE = r"(?:(?:the|le|la|el|o|il|l'|den|dem|der|de) )?"
_TO = (
    r"\s*(?:-|to|until|till|through|up to|bis|bis zum|au|jusqu'au|à|al?|hasta|até|ao|fino al?|tot|tot en met|до|по"
    rf"|إلى|الى|حتى|至|到)\s*{_THE}"
)
DATES_JOINED = regex.compile(_TO)
"""A regular expression for what stands between the ends of a span."""
_AND = r"(?:and|or|und|oder|et|y|e|en|ed|и|і|i|و)"
DATES_LISTED = regex.compile(rf"\s*{_AND}\s*{_THE}|\d+\S*\s*{_AND}\s*\d")
"""A regular expression for what stands between two dates, or two days of a month, that are a list if not "between"."""
BETWEEN = regex.compile(
    rf"(?<!\p{{L}})(?:between|zwischen|entre|tra|fra|tussen|بين|между|між|między)\s+{_THE}(?:\p{{L}}{{0,5}}\s+)?$"
)
"""A regular expression for what opens a span whose ends are joined by "and"."""

_WORDS = {
    "en": {
        Bound.OVER: r"after|later than|following",
        Bound.LEAST: r"since|from|starting|beginning|(?:not|no) (?:before|earlier than)|on or after",
        Bound.UNDER: r"before|prior to|earlier than|ahead of",
        Bound.MOST: r"until|till|up to|through|by|(?:not|no) (?:after|later than)|on or before",
        Bound.ABOUT: r"around|about|circa|ca?\.",
    },
    "de": {
        Bound.OVER: "nach",
        Bound.LEAST: "seit|ab",
        Bound.UNDER: "vor",
        Bound.MOST: "bis|bis zum|spätestens",
        Bound.ABOUT: r"um|etwa|circa|ca\.|gegen",
    },
    "fr": {
        Bound.OVER: "après",
        Bound.LEAST: "depuis|à partir d[eu]|dès",
        Bound.UNDER: "avant",
        Bound.MOST: "jusqu'(?:au|en|à)",
        Bound.ABOUT: "vers|environ|autour d[eu]",
    },
    "es": {
        Bound.OVER: "después del?|tras",
        Bound.LEAST: "desde|a partir del?",
        Bound.UNDER: "antes del?",
        Bound.MOST: "hasta",
        Bound.ABOUT: "hacia|alrededor del?",
    },
    "pt": {
        Bound.OVER: "depois d[eo]|após",
        Bound.LEAST: "desde|a partir d[eo]",
        Bound.UNDER: "antes d[eo]",
        Bound.MOST: "até|até ao",
        Bound.ABOUT: "por volta d[eo]",
    },
    "it": {
        Bound.OVER: "dopo",
        Bound.LEAST: "dal?|a partire dal?",
        Bound.UNDER: "prima del?",
        Bound.MOST: "fino al?|entro",
        Bound.ABOUT: "verso|intorno al?",
    },
    "nl": {
        Bound.OVER: "na",
        Bound.LEAST: "sinds|vanaf",
        Bound.UNDER: "voor|vóór",
        Bound.MOST: "tot|tot en met",
        Bound.ABOUT: "rond|omstreeks",
    },
    "ar": {
        Bound.OVER: "بعد",
        Bound.LEAST: "منذ|ابتداء من|اعتبارا من",
        Bound.UNDER: "قبل",
        Bound.MOST: "حتى|لغاية",
        Bound.ABOUT: "حوالي|نحو",
    },
}
_PART = (
    r"(?:early|late|mid|(?:end|beginning|start|middle|spring|summer|autumn|fall|winter|first half|second half)"
    r" (?:of|in)|anfang|mitte|ende|début|mi|fin|fin de|finales de|principios de|mediados de|fim de|inizio|fine"
    r"|início de|metà|begin|eind)"
)
_FILLER = (
    r"(?:in|on|at|im|am|en|em|nel|op|the|le|la|el|o|il|l'|dem|den|der|zum|of|year|month|jahr|año|ano|année|anno|jaar"
    r"|عام|سنة|شهر|يوم)"
)
_SPOILT = regex.compile(
    r"(?<!\p{L})(?:(?:not|never|nicht|pas|non|não|niet|ليس)(?: \p{L}{1,3})?"
    r"|days?|weeks?|months?|years?|hours?|tage?n?|wochen?|monate?n?|jahre?n?|jours?|semaines?|mois|ans?|años?|días?"
    r"|mes(?:es)?|semanas?|dias?|anos?|giorni?o?|settiman[ae]|mes[ei]|ann[oi]|dagen|dag|weken|jaar|morning|night|evening|tag"
    r"|أيام|يوم|سنوات|أشهر) $"
)
"""What makes another date of the words after it: "two days after", "not"."""


CONTINUES = regex.compile(
    rf"(?:{_TO})(?:\d|{_PART}|\p{{L}}+\.? \d|today|now|(?:the )?present|heute|hoy|aujourd'hui|oggi|hoje)|/\d"
    r"|,? (?:or|and) (?:later|earlier|after|before)(?!\p{L})|,? onwards?(?!\p{L})"
)
"""A regular expression for what follows a date that is one end of a span whose other end was not read."""


@dataclass(frozen=True, slots=True)
class DateBound:
    """The words before a date, which begin at `start`."""

    bound: Bound | None
    start: int
    part: bool
    """Whether they speak of a part of the time that follows: "the end of 2020"."""
    spoilt: bool
    """Whether they make another date of it, or deny it."""


def date_bound(lowered: str, at: int, language: str) -> DateBound | None:
    """Gives what the words that end at `at` in `lowered` (lower-case text) make of the date there, if anything."""
    found = _pattern(language if language in _WORDS else "en").search(lowered, max(0, at - 48), at)
    start = found.start() if found else at
    bound = next((bound for bound in Bound if found and found.groupdict().get(bound)), None)
    moves = bound in (Bound.OVER, Bound.UNDER, None)
    spoilt = bool(moves and _SPOILT.search(lowered, max(0, start - 16), start))
    spoilt = spoilt or lowered[max(0, at - 9) : at].endswith(("as of ", "at least "))
    return DateBound(bound, start, bool(found and found["part"]), spoilt) if found or spoilt else None


@cache
def _pattern(language: str) -> regex.Pattern[str]:
    bounds = "|".join(f"(?P<{bound}>{words})" for bound, words in _WORDS[language].items())
    opening = rf"(?:{bounds}) (?:{_FILLER} ){{0,3}}|(?={_PART})"
    pattern = rf"(?<!\p{{L}})(?:{opening})(?:(?P<part>{_PART})[\s-]+(?:the )?)?$"
    return regex.compile(pattern.replace(" ", r"\s+"))
