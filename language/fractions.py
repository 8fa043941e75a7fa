"""Reads what makes a number a broken one: "two and a half", "2¾", "three quarters", "half a million"."""

from __future__ import annotations

from functools import cache
from unicodedata import numeric

import regex

from coderai.language.magnitudes import magnitude

_AND_A_PART = regex.compile(
    r"[ -](?P<half>and a half|et demie?|y medio|y media|e mezz[oa]|e mei[oa]|einhalb|en een half|ونصف|و نصف)(?!\p{L})"
    r"|[ -](?P<quarter>and a quarter|et quart|y cuarto|وربع)(?!\p{L})|[ ]?(?P<sign>[¼½¾⅐-⅞])"
    r"|[ ](?P<top>\d)/(?P<bottom>[23458])(?![\d/])"
)
_A_PART_OF = regex.compile(
    r"(?P<half>half(?: of)?|medio|mezzo|meio|demi|halbe|نصف)[ -](?:an? )?$"
    r"|(?P<quarter>(?:a |one )?quarter of|ربع)[ ](?:an? )?$"
)
_DENOMINATORS = {
    "en": "half:2 halves:2 third:3 thirds:3 quarter:4 quarters:4 fourths:4 fifth:5 fifths:5 sixth:6 sixths:6 seventh:7 "
    "sevenths:7 eighth:8 eighths:8 ninth:9 ninths:9 tenth:10 tenths:10 hundredths:100",
    "de": "drittel:3 viertel:4 fünftel:5 sechstel:6 siebtel:7 achtel:8 neuntel:9 zehntel:10",
    "fr": "tiers:3 quarts:4 cinquièmes:5 sixièmes:6 septièmes:7 huitièmes:8 neuvièmes:9 dixièmes:10",
    "es": "tercios:3 cuartos:4 quintos:5 sextos:6 séptimos:7 octavos:8 novenos:9 décimos:10 décimas:10",
    "pt": "terços:3 quartos:4 quintos:5 sextos:6 sétimos:7 oitavos:8 nonos:9 décimos:10",
    "it": "terzi:3 quarti:4 quinti:5 sesti:6 settimi:7 ottavi:8 noni:9 decimi:10",
    "nl": "derde:3 kwart:4 vijfde:5 zesde:6 zevende:7 achtste:8 negende:9 tiende:10",
    "ar": "أثلاث:3 أرباع:4 أخماس:5 أسداس:6 أسباع:7 أثمان:8 أتساع:9 أعشار:10",
}
_ENDS_OR_OF = regex.compile(r"\s*(?:$|[.,;:)])|[ ]of(?!\p{L})")
_LETTERS = regex.compile(r"\p{L}+")
_OF_A = regex.compile(r" (?:of|de|von|di) (?:an? |one |un |una |um |uma |einer |d')?(?=\p{L})")


def part_after(lowered: str, at: int) -> tuple[float, int] | None:
    """Gives the part of one that is added at `at` and where it ends: 0.5 after "two" in "two and a half"."""
    found = _AND_A_PART.match(lowered, at)
    if found is None:
        return None
    if found["sign"]:
        return numeric(found["sign"]), found.end()
    if found["top"]:
        part = int(found["top"]) / int(found["bottom"])
        return (part, found.end()) if part < 1 else None
    return 0.5 if found["half"] else 0.25, found.end()


def part_before(lowered: str, at: int) -> tuple[float, int] | None:
    """Gives the part that is taken of the number at `at` and where the words begin: 0.5 for "half a million"."""
    found = _A_PART_OF.search(lowered, max(0, at - 20), at)
    return (0.5 if found["half"] else 0.25, found.start()) if found else None


def divisor_after(lowered: str, at: int, count: float, language: str) -> tuple[int | None, int] | None:
    """Gives what `count`, a number in words that ends at `at`, is divided by, and where the words for it end.

    The divisor is None where it cannot be told: "two quarters" may be half a year, "four thirds" may be four people.
    """
    language = language if language in _DENOMINATORS else "en"
    found = _divisor_pattern(language).match(lowered, at)
    if found is None:
        return None
    word, end = found["word"], found.end()
    divisor = _divisors(language)[word]
    if count == 1:
        certain = lowered[at] == "-" or bool(_ENDS_OR_OF.match(lowered, end))
    elif language == "en" and not word.endswith("s"):
        return None
    else:
        certain = 1 < count < divisor and (word != "quarters" or count == 3)
    of = _OF_A.match(lowered, end)
    return (divisor if certain else None), of.end() if of and _is_magnitude(lowered, of.end(), language) else end


def _is_magnitude(lowered: str, at: int, language: str) -> bool:
    word = _LETTERS.match(lowered, at)
    return word is not None and magnitude(word.group(), language) is not None


@cache
def _divisors(language: str) -> dict[str, int]:
    pairs = (entry.split(":") for entry in _DENOMINATORS[language].split())
    return {word: int(divisor) for word, divisor in pairs}


@cache
def _divisor_pattern(language: str) -> regex.Pattern[str]:
    return regex.compile(r"[ -](?P<word>\L<words>)(?![\p{L}-])", words=list(_divisors(language)))
