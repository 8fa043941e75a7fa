"""Finds amounts that words only hint at: "several hundred", "dozens", "a few thousand", "tens of thousands"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import prod

import regex

_SEVERAL = {
    "en": "several|(?:quite )?a few|few|a (?:small )?number of",
    "de": "mehrere[rn]?|einigen?|ein paar|etliche[rn]?",
    "fr": "plusieurs|quelques",
    "es": "vari[oa]s|algun[oa]s|un[oa]s cuant[oa]s",
    "pt": "vári[oa]s|algumas|alguns",
    "it": "divers[ie]|alcun[ie]|parecchie?|qualche",
    "nl": "enkele|enige|een paar|meerdere|verscheidene",
    "ar": "عدة|بضعة|بضع",
}
_A_COUPLE = {"en": "a couple(?: of)?"}
_UNITS = {
    "en": "tens:10 dozen:12 dozens:12 scores:20 hundred:100 hundreds:100 thousand:1000 thousands:1000 "
    "million:1000000 millions:1000000 billion:1000000000 billions:1000000000",
    "de": "dutzend:12 dutzende:12 dutzenden:12 hundert:100 hunderte:100 hunderten:100 tausend:1000 tausende:1000 "
    "tausenden:1000 zehntausende:10000 zehntausenden:10000 hunderttausende:100000 millionen:1000000 "
    "milliarden:1000000000",
    "fr": "dizaines:10 douzaines:12 centaines:100 milliers:1000 mille:1000 millions:1000000 milliards:1000000000",
    "es": "decenas:10 docenas:12 cientos:100 centenares:100 centenas:100 mil:1000 miles:1000 millares:1000 "
    "millones:1000000",
    "pt": "dezenas:10 dúzias:12 centenas:100 mil:1000 milhares:1000 milhões:1000000",
    "it": "decine:10 dozzine:12 centinaia:100 mila:1000 migliaia:1000 milioni:1000000 miliardi:1000000000",
    "nl": "tientallen:10 dozijnen:12 honderd:100 honderden:100 duizend:1000 duizenden:1000 miljoen:1000000 "
    "miljoenen:1000000",
    "ar": "عشرات:10 العشرات:10 مئات:100 المئات:100 آلاف:1000 الآلاف:1000 ملايين:1000000 الملايين:1000000",
}
_NEEDS_SEVERAL = regex.compile(
    "dozen|hundred|thousand|million|billion|dutzend|hundert|tausend|mille?|mila|honderd|duizend|miljoen"
)
"""Those that say nothing vague by themselves."""


@dataclass(frozen=True, slots=True)
class VagueAmount:
    """An amount without a number at text[start:end]; its bounds, both included, as far as the words give them."""

    low: int
    high: int | None
    start: int
    end: int


def find_vague_amounts(lowered: str, language: str) -> Iterator[VagueAmount]:
    """Finds the vague amounts in `lowered` (lower-case text) by the words of `language`, of English if not known.

    "Several" and "a few" are two to nine of what follows, "dozens" two of them or more.
    """
    language = language if language in _UNITS else "en"
    values = _values(language)
    for match in _pattern(language).finditer(lowered):
        unit = prod(values[word] for word in match.captures("unit"))
        several, couple = match["several"], match["couple"]
        high = 10 * unit - 1 if several else 3 * unit - 1 if couple else None
        yield VagueAmount(2 * unit, 2 if couple and unit == 1 else high, *match.span())


@cache
def _values(language: str) -> dict[str, int]:
    return {word: int(value) for word, value in (entry.split(":") for entry in _UNITS[language].split())}


@cache
def _pattern(language: str) -> regex.Pattern[str]:
    of = r"(?:[ \n]+(?:(?:of|de|von|di|van|من)[ \n]+)?|[ \n]+d['e])"
    couple = _A_COUPLE.get(language, r"(?!)")
    return regex.compile(
        rf"(?<![\p{{L}}\d])(?:(?:(?P<several>{_SEVERAL[language]})|(?P<couple>{couple}))(?:{of}(?P<unit>\L<units>)(?!\p{{L}}))+"
        rf"|(?P<couple>{couple})(?<=of)(?!\p{{L}})"
        rf"|(?P<unit>\L<alone>)(?!\p{{L}})(?:{of}(?P<unit>\L<units>)(?!\p{{L}}))?)",
        units=list(_values(language)),
        alone=[word for word in _values(language) if not _NEEDS_SEVERAL.fullmatch(word)],
    )
