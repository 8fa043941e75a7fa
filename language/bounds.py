"""Words that bound a number: "more than", "at least", "nearly", "about", "or fewer", by language."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import regex


class Bound(StrEnum):
    """What such words make of the number beside them."""

    OVER = "OVER"
    """Greater than the number, which is not included."""
    LEAST = "LEAST"
    """The number or more."""
    UNDER = "UNDER"
    """Less than the number, which is not included; also "nearly"."""
    MOST = "MOST"
    """The number or less."""
    ABOUT = "ABOUT"


_SIGNS_BEFORE = {Bound.OVER: ">", Bound.LEAST: ">=|≥", Bound.UNDER: "<", Bound.MOST: "<=|≤", Bound.ABOUT: "~|≈"}
_SIGNS_AFTER = {Bound.LEAST: r"\+"}

_SLIGHTLY = "(?:just |well |far |slightly |a little )?"
# By language and bound: words before the number | words after it, as regular expressions.
_BEFORE = {
    "en": {
        Bound.OVER: rf"{_SLIGHTLY}(?:more than|over|above)|upwards? of|greater than|higher than|exceed(?:s|ed|ing)?"
        r"|in excess of",
        Bound.LEAST: r"at (?:the very )?least|(?:no|not) (?:fewer|less|lower) than|not (?:under|below)"
        r"|(?:a )?minimum(?: of)?|greater than or equal to",
        Bound.UNDER: rf"{_SLIGHTLY}(?:fewer than|less than|under|below)|nearly|almost|not quite|lower than"
        r"|just short of",
        Bound.MOST: r"up to(?: and including)?|at (?:the very )?most|(?:no|not) (?:more|greater|higher) than"
        r"|not (?:over|above|exceed(?:ing)?)|(?:a )?maximum(?: of)?|as (?:many|much) as|less than or equal to",
        Bound.ABOUT: r"about|around|approximately|approx\.?|roughly|some|circa|ca?\.|close to"
        r"|(?:an )?estimated(?: at)?",
    },
    "de": {
        Bound.OVER: r"mehr als|über",
        Bound.LEAST: r"mindestens|wenigstens|nicht weniger als|zumindest",
        Bound.UNDER: r"weniger als|unter|fast|beinahe|nahezu|knapp|annähernd",
        Bound.MOST: r"höchstens|maximal|bis zu|nicht mehr als",
        Bound.ABOUT: r"etwa|rund|ungefähr|circa|ca\.|zirka|gut|schätzungsweise",
    },
    "fr": {
        Bound.OVER: r"plus d(?:e |')|au-delà de|supérieure?s? à",
        Bound.LEAST: r"au moins|pas moins d(?:e |')|au minimum|un minimum de",
        Bound.UNDER: r"moins d(?:e |')|près d(?:e |')|presque|quasiment|inférieure?s? à",
        Bound.MOST: r"jusqu'à|au plus|pas plus d(?:e |')|au maximum|un maximum de",
        Bound.ABOUT: r"environ|autour de|à peu près|approximativement|quelque|aux alentours de",
    },
    "es": {
        Bound.OVER: r"más de|superior(?:es)? a|por encima de",
        Bound.LEAST: r"al menos|por lo menos|como mínimo|no menos de|un mínimo de",
        Bound.UNDER: r"menos de|casi|por debajo de|inferior(?:es)? a",
        Bound.MOST: r"hasta|como máximo|a lo sumo|no más de|un máximo de",
        Bound.ABOUT: r"un[oa]s|alrededor de|aproximadamente|cerca de|en torno a",
    },
    "pt": {
        Bound.OVER: r"mais d[eo](?: que)?|superior(?:es)? a|acima de",
        Bound.LEAST: r"pelo menos|ao menos|no mínimo|não menos (?:de|que|do que)|um mínimo de",
        Bound.UNDER: r"menos d[eo](?: que)?|quase|abaixo de|inferior(?:es)? a",
        Bound.MOST: r"até|no máximo|não mais (?:de|que|do que)|um máximo de",
        Bound.ABOUT: r"cerca de|uns|umas|aproximadamente|por volta de|em torno de|perto de",
    },
    "it": {
        Bound.OVER: r"più di|oltre|superior[ei] a|al di sopra di",
        Bound.LEAST: r"almeno|non meno di|come minimo|un minimo di",
        Bound.UNDER: r"meno di|quasi|inferior[ei] a|al di sotto di",
        Bound.MOST: r"fino a|al massimo|non più di|un massimo di",
        Bound.ABOUT: r"circa|intorno a|attorno a|approssimativamente",
    },
    "nl": {
        Bound.OVER: r"meer dan|ruim|boven",
        Bound.LEAST: r"minstens|ten minste|tenminste|minimaal|op zijn minst|niet minder dan",
        Bound.UNDER: r"minder dan|bijna|onder|haast",
        Bound.MOST: r"hoogstens|maximaal|tot(?: wel)?|ten hoogste|niet meer dan|hooguit",
        Bound.ABOUT: r"ongeveer|circa|ca\.|rond|zo'n|naar schatting",
    },
    "ar": {
        Bound.OVER: r"[أا]كثر من|(?:ما )?يزيد (?:عن|على)|[أا]زيد من",
        Bound.LEAST: r"على ال[أا]قل|(?:ما )?لا [يت]قل عن",
        Bound.UNDER: r"[أا]قل من",
        Bound.MOST: r"(?:ما )?لا [يت]زيد (?:عن|على)|لا [يت]تجاوز|(?:لا|ليس) [أا]كثر من|على ال[أا]كثر|حتى",
        Bound.ABOUT: r"حوالي|نحو|قرابة|زهاء|تقريبا|ما يقارب|ما يقرب من",
    },
    "zh": {
        Bound.OVER: r"超过|超過|多于|大于|逾",
        Bound.LEAST: r"至少|不少于|最少",
        Bound.UNDER: r"不到|少于|不足|将近|近",
        Bound.MOST: r"最多|至多|不超过",
        Bound.ABOUT: r"大约|大概|约|約",
    },
}
_AFTER = {
    "en": {
        Bound.LEAST: r" (?:or|and) (?:more|over|above|older|up)| at (?:the very )?least| plus|(?: and)? upwards",
        Bound.MOST: r" (?:or|and) (?:fewer|less|under|below|younger)| at (?:the very )?most",
        Bound.ABOUT: r"-odd|-some| or so| or thereabouts",
    },
    "de": {Bound.LEAST: r" (?:oder|und) (?:mehr|älter)", Bound.MOST: r" (?:oder|und) (?:weniger|jünger)"},
    "fr": {
        Bound.LEAST: r" (?:ou|et) plus| au moins",
        Bound.MOST: r" (?:ou|et) moins| au plus",
        Bound.ABOUT: " environ",
    },
    "es": {Bound.LEAST: r" [oy] más| al menos", Bound.MOST: r" [oy] menos", Bound.ABOUT: " aproximadamente"},
    "pt": {Bound.LEAST: r" (?:ou|e) mais| pelo menos", Bound.MOST: r" (?:ou|e) menos| no máximo"},
    "it": {Bound.LEAST: r" [oe] più| almeno", Bound.MOST: r" [oe] meno| al massimo", Bound.ABOUT: " circa"},
    "nl": {Bound.LEAST: r" (?:of|en) meer", Bound.MOST: r" (?:of|en) minder", Bound.ABOUT: " ongeveer"},
    "ar": {
        Bound.LEAST: r" على ال[أا]قل| [أا]و [أا]كثر| ف[أا]كثر",
        Bound.MOST: r" على ال[أا]كثر| [أا]و [أا]قل| ف[أا]قل",
        Bound.ABOUT: r" تقريبا",
    },
    "zh": {Bound.OVER: r"多|余|餘", Bound.LEAST: r"[人名个]?以上", Bound.MOST: r"[人名个]?以下", Bound.ABOUT: r"左右"},
}
_ARTICLE = r"(?:[ \n]+|(?<='))(?:an?|the|les?|la|l[oa]s|[ao]s|d[ie][er]|den|une?|una|um|uma|eine?[mnr]?|een)"


def bound_before(lowered: str, at: int, language: str) -> tuple[Bound, int] | None:
    """Gives the bound by the words that end at `at` in `lowered` (lower-case text), and where they start."""
    found = _pattern(language, before=True).search(lowered, max(0, at - 40), at)
    return (Bound(found.lastgroup), found.start()) if found and found.lastgroup else None


def bound_after(lowered: str, at: int, language: str) -> tuple[Bound, int] | None:
    """Gives the bound by the words that begin at `at` in `lowered` (lower-case text), and where they end."""
    found = _pattern(language, before=False).match(lowered, at)
    return (Bound(found.lastgroup), found.end()) if found and found.lastgroup else None


@cache
def _pattern(language: str, *, before: bool) -> regex.Pattern[str]:
    table, signs = (_BEFORE, _SIGNS_BEFORE) if before else (_AFTER, _SIGNS_AFTER)
    words = table.get(language) or table["en"]
    patterns = {bound: "|".join(filter(None, (words.get(bound), signs.get(bound)))) for bound in Bound}
    either = "|".join(f"(?P<{bound}>{pattern})" for bound, pattern in patterns.items() if pattern)
    either = either.replace(" ", r"[ \n]+")
    if not before:
        return regex.compile(rf",?(?:{either})(?!\p{{Latin}}|[ ]\d)")
    start = "" if language == "zh" else r"(?<!\p{Latin}|[<>])"
    return regex.compile(rf"{start}(?:{either})(?:{_ARTICLE})?[ \n]*$")
