"""Finds and reads numbers in running text, in many languages and notations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import regex

from coderai.language.characters import fold, lower
from coderai.language.fractions import divisor_after, part_after, part_before
from coderai.language.locales import base_language, locale
from coderai.language.magnitudes import CURRENCY, PER_CENT, UNIT, magnitude
from coderai.language.number_words import find_spelled_numbers, parse_spelled_number
from coderai.language.vague_amounts import find_vague_amounts

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

_MAGNITUDE_WORD = regex.compile(r"[ \u00a0-]?(\p{Han}|\p{Hangul}|[\p{L}\p{M}]+)")
_MINUS = regex.compile(r"(?<!\p{L})minus $")
_AND = (" and ", "-and-", " und ", " et ", " y ", " e ", " en ")
_RANGE = regex.compile(r"-|(?:- ?)?(?:to|or|bis|oder|à|ou|al?|ad|o|do|lub|tot|até|до|или|至|到|~|から|إلى|الى|أو)")
_RANGE_IF_OPENED = regex.compile(r"and|und|et|y|e|i|и|en|och|og|و")
_RANGE_OPENED = regex.compile(
    r"(?:between|zwischen|entre|tra|fra|między|между|mellan|mellem|mellom|tussen|بين) (?:the )?$"
)
_AGE_AFTER = regex.compile(
    r"[ -](?:years?|yrs?|months?|weeks?|days?)(?:[ -]| of )(?:old|olds|age)\b|[ -]?jährig|[ -]jahren? alt|-?летн|-jarig|[ -]jaar oud"
)
_AGE_BEFORE = regex.compile(
    r"(?<!\p{L})(?:aged?|ages|im alter von|âgée?s? de|de edad de|edad de|idade de|et[àa] di|в возрасте)(?: of| about| around| between| over| under| at least)? $"
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
    language = base_language(language)
    return _find(text, language, _BY_ANY_SPACE if _symbol(language, "group") == "\u00a0" else _BY_FIXED_SPACE)


def _find(text: str, language: str, numeral: regex.Pattern[str]) -> tuple[Number, ...]:
    folded = fold(text)
    lowered = lower(folded)
    numbers = _without_codes(list(_numerals(folded, language, numeral)), folded)
    numbers += _spelled(lowered, language)
    grown = _joined(_multiplied(sorted(numbers, key=lambda number: number.start), lowered, language), lowered)
    return tuple(_ranges(grown, lowered))


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
    """Adds what continues a number after its magnitude word ("3万5千", "2 crore 50 lakh") or "two and three quarters"."""
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
        value = low.value * (high_factor if factor == 1 and low.value < high.value / high_factor else 1)
        yield replace(
            low, value=value, end=high.end, upper=high.value, unit=low.unit or high.unit, age=low.age or high.age
        )


def _joins(low: Number, high: Number, lowered: str) -> bool:
    between = (
        lowered[low.end : high.start].strip().removeprefix(low.unit.lower()).removesuffix(high.unit.lower()).strip()
    )
    opened = _RANGE_OPENED.search(lowered, max(0, low.start - 12), low.start)
    joined = _RANGE.fullmatch(between) or (opened and _RANGE_IF_OPENED.fullmatch(between))
    return bool(joined) and low.value < high.value


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value
