"""Finds and reads numbers in running text, in many languages and notations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import regex

from coderai.language.characters import fold, lower
from coderai.language.locales import base_language, locale
from coderai.language.magnitudes import CURRENCY, PER_CENT, UNIT, magnitude
from coderai.language.number_words import find_spelled_numbers, parse_spelled_number

_LETTER = r"\p{Latin}\p{Cyrillic}\p{Greek}"
_NUMERAL = (
    rf"(?<![{_LETTER}\d_/:\\@#]|[{_LETTER}_][./:-]|\d[./:,])"
    rf"(?P<sign>(?<!\d)-(?!\ ))?(?:(?P<currency>{CURRENCY})\ ?(?P<sign>-)?)?"
    r"(?P<digits>(?>\d{1,3}(?:[GAP]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,']\d+)*|\.\d+))"
    rf"(?:\ ?(?P<unit>%|{PER_CENT}|{CURRENCY}(?!\ ?\d)|(?i:{UNIT})))?"
    rf"(?:(?=(?:k|m|bn|mn|mio|mrd)\b)|(?![{_LETTER}\d_ªº]|[/:\\]\d|\.\ ?\p{{Ll}}))"
)
_BY_FIXED_SPACE = regex.compile(_NUMERAL.replace("GAP", r"\u00a0"))
_BY_ANY_SPACE = regex.compile(_NUMERAL.replace("GAP", r"\ \u00a0"))
_GROUPED = regex.compile(r"[1-9]\d{0,2}([.,'\ \u00a0])\d{3}(?:\1\d{3})*|[1-9]\d?(?:,\d{2})+,\d{3}")
_DECIMAL_EVIDENCE = regex.compile(r"(?<![.,/:\d-])\d+(?:[.,']\d{3})*([.,])\d{1,2}(?![\d/:-]|[.,]\d)")

_AND_HALF = regex.compile(r"[ -](?:and a half|et demie?|y medio|y media|e mezzo|e meia?o?|einhalb)\b|[½]")
_HALF = regex.compile(r"(?:half|medio|mezzo|meio|demi|halbe)[ -](?:an? )?$")
_MAGNITUDE_WORD = regex.compile(r"[ \u00a0-]?(\p{Han}|\p{Hangul}|[\p{L}\p{M}]+)")
_RANGE = regex.compile(r"(?:-|to|or|bis|oder|à|ou|al?|o|do|lub|до|или|至|到|~|から)")
_RANGE_IF_OPENED = regex.compile(r"and|und|et|y|e|i|и|en|och|og")
_RANGE_OPENED = regex.compile(r"(?:between|zwischen|entre|tra|fra|между|między|mellan|mellem|mellom|tussen) $")


@dataclass(frozen=True, slots=True)
class Number:
    """A number at text[start:end], its magnitude word included and its currency or unit not."""

    value: int | float
    start: int
    end: int
    upper: int | float | None = None
    """The greater bound, when the text gives a range ("10-15", "between 10 and 15"); `value` is the lesser."""
    unit: str = ""
    """As written: a currency, "%" or a unit such as "kg"; empty when there is none."""


def find_numbers(text: str, language: str = "") -> tuple[Number, ...]:
    """Finds the numbers that count or measure something, in order, never overlapping.

    Left out are ordinals ("3rd") and the parts of codes, times, telephone numbers and dates in digits ("A-17", "12:30",
    "07-3507405", "5/3/2021"); a year is a number like any other.

    Args:
        text: Any text.
        language: ISO 639-1 code, empty when not known; it and the text's own numbers decide what "1.234" means.
    """
    language = base_language(language)
    return _find(text, language, _BY_ANY_SPACE if _symbol(language, "group") == "\u00a0" else _BY_FIXED_SPACE)


def _find(text: str, language: str, numeral: regex.Pattern[str]) -> tuple[Number, ...]:
    folded = fold(text)
    lowered = lower(folded)
    numbers = _without_codes(list(_numerals(folded, language, numeral)), folded)
    numbers += [Number(word.value, word.start, word.end) for word in find_spelled_numbers(lowered, language)]
    return tuple(
        _ranges(list(_multiplied(sorted(numbers, key=lambda number: number.start), lowered, language)), lowered)
    )


def parse_number(text: str, language: str = "") -> int | float | None:
    """Reads `text` as one number.

    Args:
        text: A number by itself or with a few words around it: "RM 1,234.50", "about 2.5 million", "(12.00)", "5 men".
        language: ISO 639-1 code of the text, empty when not known; it decides what "1.234" and "1,234" mean.

    Returns:
        The number, an int where it is whole; a percentage as it is written ("12 %" is 12). None when the text holds no
        number, a range, or several different numbers and does not begin with one.
    """
    stripped = text.strip()
    found = _find(stripped, base_language(language), _BY_ANY_SPACE)
    if not found:
        return parse_spelled_number(stripped, base_language(language))
    first = found[0]
    if first.upper is not None:
        return None
    if len({number.value for number in found}) > 1:
        return None if any(char.isalnum() for char in stripped[: first.start]) else first.value
    in_parentheses = regex.fullmatch(r"\([^\p{L}]*\)", stripped)
    return -first.value if in_parentheses else first.value


def _numerals(folded: str, language: str, numeral: regex.Pattern[str]) -> Iterator[Number]:
    mark = _decimal_mark(folded, language)
    for match in numeral.finditer(folded):
        value = _read(match["digits"], mark)
        if value is not None:
            start = match.start("sign") if match["sign"] else match.start("digits")
            unit = match["currency"] or match["unit"] or ""
            yield Number(-value if match["sign"] else value, start, match.end("digits"), unit=unit)


def _decimal_mark(folded: str, language: str) -> str:
    """The decimal mark of the text's own numbers that can be read in one way only; the language's, if those are few."""
    seen = [match[1] for match in _DECIMAL_EVIDENCE.finditer(folded)]
    usual, other = (",", ".") if _symbol(language, "decimal") == "," else (".", ",")
    return other if seen.count(other) > 2 * seen.count(usual) else usual


@cache
def _symbol(language: str, name: str) -> str:
    """What `language` writes as its "decimal" mark or between each "group" of three digits; empty when not known."""
    known = locale(language)
    return fold(known.number_symbols["latn"][name]) if known else ""


def _read(digits: str, mark: str) -> int | float | None:
    """The value of digits with separators; None when the separators fit no notation: a version, a date, a code."""
    if len(digits) > 2 and digits[0] == "0" and digits.isdigit():
        return None
    last = max(digits.rfind("."), digits.rfind(","))
    if _GROUPED.fullmatch(digits) and (last < 0 or digits[last] != mark or digits.count(mark) > 1):
        last = -1
    whole, fraction = (digits, "") if last < 0 else (digits[:last], digits[last + 1 :])
    if len(digits) > 20 or not (whole.isdigit() or not whole or _GROUPED.fullmatch(whole)) or not (whole or fraction):
        return None
    value = float("".join(filter(str.isdigit, whole)) + "." + fraction)
    return int(value) if value == int(value) else value


def _without_codes(numbers: list[Number], folded: str) -> list[Number]:
    """Drops numbers that a hyphen joins, unless they are two that rise: "07-3507405", "2021-03-05", but not "10-15"."""
    chains: list[list[Number]] = []
    for number in numbers:
        if chains and folded[chains[-1][-1].end : number.start] == "-":
            chains[-1].append(number)
        else:
            chains.append([number])
    return [number for chain in chains if _is_count(chain, folded) for number in chain]


def _is_count(chain: list[Number], folded: str) -> bool:
    rises = all(before.value < after.value for before, after in pairwise(chain))
    padded = any(
        folded[number.start] == "0" and folded[number.start + 1 : number.start + 2].isdigit() for number in chain
    )
    return len(chain) == 1 or (len(chain) == 2 and rises and not padded)


def _multiplied(numbers: list[Number], lowered: str, language: str) -> Iterator[tuple[Number, int]]:
    """Gives each number times the magnitude words after it, and that factor; a word so used is no number itself."""
    end = 0
    for number in numbers:
        if number.start < end:
            continue
        grown, factor = _grown(number, lowered, language)
        end = grown.end
        yield grown, factor


def _grown(number: Number, lowered: str, language: str) -> tuple[Number, int]:
    value, end, factor = number.value, number.end, 1
    if half := _HALF.search(lowered, max(0, number.start - 12), number.start):
        return replace(number, value=_whole(value / 2), start=half.start()), factor
    if half := _AND_HALF.match(lowered, end):
        value, end = value + 0.5, half.end()
    while (word := _MAGNITUDE_WORD.match(lowered, end)) and (times := _times(word[1], number.unit, language)):
        value, end, factor = value * times, word.end(), factor * times
    return replace(number, value=_whole(value), end=end), factor


def _times(word: str, unit: str, language: str) -> int | None:
    """What `word` multiplies by; a lone letter does so only where no unit of measure could be meant."""
    if word in ("k", "m"):
        return {"k": 1_000, "m": 1_000_000}[word] if word == "k" or unit.lower() not in ("", "m") else None
    return magnitude(word, language)


def _ranges(numbers: list[tuple[Number, int]], lowered: str) -> Iterator[Number]:
    """Joins the two bounds of a range into one number; "10 to 15 million" multiplies both."""
    waiting = list(reversed(numbers))
    while waiting:
        (low, factor), (high, high_factor) = waiting.pop(), waiting[-1] if waiting else (None, 1)
        if high is None or not _joins(low, high, lowered):
            yield low
            continue
        waiting.pop()
        value = low.value * (high_factor if factor == 1 and low.value < high.value / high_factor else 1)
        yield replace(low, value=value, end=high.end, upper=high.value, unit=low.unit or high.unit)


def _joins(low: Number, high: Number, lowered: str) -> bool:
    between = (
        lowered[low.end : high.start].strip().removeprefix(low.unit.lower()).removesuffix(high.unit.lower()).strip()
    )
    opened = _RANGE_OPENED.search(lowered, max(0, low.start - 12), low.start)
    joined = _RANGE.fullmatch(between) or (opened and _RANGE_IF_OPENED.fullmatch(between))
    return bool(joined) and low.value < high.value


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value
