"""Finds and reads numbers in running text, in many languages and notations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from coderai.language.characters import fold, lower
from coderai.language.fractions import divisor_after, part_after, part_before
from coderai.language.locales import base_language
from coderai.language.magnitudes import magnitude
from coderai.language.number_words import find_spelled_numbers, parse_spelled_number
from coderai.language.numerals import find_numerals
from coderai.language.vague_amounts import find_vague_amounts

_MAGNITUDE_WORD = regex.compile(r"[ \u00a0-]?(\p{Han}|\p{Hangul}|[\p{L}\p{M}]+)")
_MINUS = regex.compile(r"(?<!\p{L})minus $")
_AND = (" and ", "-and-", " und ", " et ", " y ", " e ", " en ")
_RANGE = regex.compile(r"-|(?:- ?)?(?:to|or|bis|oder|à|ou|al?|ad|o|do|lub|tot|até|до|или|至|到|~|から|إلى|الى|أو)")
_RANGE_IF_OPENED = regex.compile(r"and|und|et|y|e|i|и|en|och|og|و")
_RANGE_OPENED = regex.compile(
    r"(?:between|zwischen|entre|tra|fra|między|между|mellan|mellem|mellom|tussen|بين) (?:the )?$"
)
_AGE_AFTER = regex.compile(
    r"[ -](?:years?|yrs?|months?|weeks?|days?)(?:[ -]| of )(?:old|olds|age)\b|[ -]?jährig|[ -]jahren? alt|-?летн|-jarig"
    r"|[ -]jaar oud"
)
_AGE_BEFORE = regex.compile(
    r"(?<!\p{L})(?:aged?|ages|im alter von|âgée?s? de|edad de|idade de|et[àa] di|в возрасте)"
    r"(?: of| about| around| between| over| under| at least)? $"
)


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
    age: bool = False
    """Whether it says how old somebody or something is ("a fourteen-year-old") and counts nothing."""


def find_numbers(text: str, language: str = "") -> tuple[Number, ...]:
    """Finds the numbers that count or measure something, in order, never overlapping.

    Left out are ordinals ("3rd") and the parts of codes, times, telephone numbers and dates in digits ("A-17", "12:30",
    "07-3507405", "5/3/2021"); a year is a number like any other.

    Args:
        text: Any text.
        language: ISO 639-1 code, empty when not known; it and the text's own numbers decide what "1.234" means.
    """
    return _find(text, base_language(language))


def _find(text: str, language: str, *, spaces: bool = False) -> tuple[Number, ...]:
    folded = fold(text)
    lowered = lower(folded)
    numerals = find_numerals(folded, language, spaces=spaces)
    numbers = [Number(numeral.value, numeral.start, numeral.end, unit=numeral.unit) for numeral in numerals]
    numbers = sorted([*numbers, *_spelled(lowered, language)], key=lambda number: number.start)
    return tuple(_ranges(_joined(_multiplied(numbers, lowered, language), lowered), lowered))


def _spelled(lowered: str, language: str) -> Iterator[Number]:
    """Numbers in words, but for those that are only a part of a vague amount ("several hundred")."""
    vague = list(find_vague_amounts(lowered, language))
    for word in find_spelled_numbers(lowered, language):
        if any(amount.start <= word.start < amount.end for amount in vague):
            continue
        divided = divisor_after(lowered, word.end, word.value, language)
        if divided is None:
            yield Number(word.value, word.start, word.end)
        elif divided[0]:
            yield Number(word.value / divided[0], word.start, divided[1])


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
    found = _find(stripped, base_language(language), spaces=True)
    if not found:
        return parse_spelled_number(stripped, base_language(language))
    first = found[0]
    if first.upper is not None:
        return None
    if len({number.value for number in found}) > 1:
        return None if any(char.isalnum() for char in stripped[: first.start]) else first.value
    in_parentheses = regex.fullmatch(r"\([^\p{L}]*\)", stripped)
    return -first.value if in_parentheses else first.value


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
    value, start, end, factor = number.value, number.start, number.end, 1
    if part := part_after(lowered, end):
        value, end = value + part[0] * _last_magnitude(lowered[number.start : end], language), part[1]
    while (word := _MAGNITUDE_WORD.match(lowered, end)) and (times := _times(word[1], number.unit, language)):
        value, end, factor = value * times, word.end(), factor * times
    if factor > 1 and (part := part_after(lowered, end)):
        value, end = value + part[0] * factor, part[1]
    if part := part_before(lowered, start):
        value, start = value * part[0], part[1]
    if minus := _MINUS.search(lowered, max(0, start - 7), start):
        value, start = -value, minus.start()
    age = bool(_AGE_AFTER.match(lowered, end) or _AGE_BEFORE.search(lowered, max(0, start - 24), start))
    return replace(number, value=_whole(value), start=start, end=end, age=age), factor


def _last_magnitude(written: str, language: str) -> int:
    """What "and a half" is half of: a million after "two million", else one."""
    last = written.split()[-1] if " " in written or written.isalpha() else ""
    return magnitude(last, language) or 1


def _joined(numbers: Iterator[tuple[Number, int]], lowered: str) -> list[tuple[Number, int]]:
    """Adds what continues a number after its magnitude word ("3万5千", "2 crore 50 lakh"), and "three quarters"."""
    joined: list[tuple[Number, int]] = []
    for number, factor in numbers:
        if joined:
            (before, before_factor), gap = joined[-1], lowered[joined[-1][0].end : number.start]
            continues = number.value < before_factor and (
                not gap or (not gap.strip(" ") and (factor > 1 or not lowered[number.start].isdigit()))
            )
            part = gap in _AND and number.value < 1 and before.value == int(before.value)
            if continues or part:
                joined[-1] = replace(before, value=before.value + number.value, end=number.end), factor
                continue
        joined.append((number, factor))
    return joined


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
        high_factor = high_factor if high_factor > 1 else _round_factor(high, lowered)
        value = low.value * (high_factor if factor == 1 and low.value < high.value / high_factor else 1)
        yield replace(
            low, value=value, end=high.end, upper=high.value, unit=low.unit or high.unit, age=low.age or high.age
        )


def _round_factor(number: Number, lowered: str) -> int:
    """What "three hundred", in words, is a multiple of, as it is of both ends in "two or three hundred"."""
    words = not lowered[number.start].isdigit() and len(lowered[number.start : number.end].split()) > 1
    return next((power for power in (10**9, 10**6, 1_000, 100) if words and number.value % power == 0), 1)


def _joins(low: Number, high: Number, lowered: str) -> bool:
    between = (
        lowered[low.end : high.start].strip().removeprefix(low.unit.lower()).removesuffix(high.unit.lower()).strip()
    )
    opened = _RANGE_OPENED.search(lowered, max(0, low.start - 12), low.start)
    joined = _RANGE.fullmatch(between) or (opened and _RANGE_IF_OPENED.fullmatch(between))
    return bool(joined) and low.value < high.value


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value
