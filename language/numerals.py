"""Finds numbers in digits and reads their separators: "1,234.56", "1.234,56", "1 234", "1,00,000"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import regex

from coderai.language.characters import fold
from coderai.language.locales import locale
from coderai.language.magnitudes import CURRENCY, PER_CENT, UNIT

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


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in digits at text[start:end], its sign included."""

    value: int | float
    start: int
    end: int
    unit: str
    """As written: a currency, "%" or a unit; empty when there is none."""


def find_numerals(folded: str, language: str, *, spaces: bool = False) -> list[Numeral]:
    """Finds the numbers in digits in `folded`, in order, without the parts of codes, dates and telephone numbers.

    Args:
        folded: A text by `fold`.
        language: ISO 639-1 code, empty when not known.
        spaces: Whether a space may part thousands whatever the language: where the text is one number alone.
    """
    spaces = spaces or _symbol(language, "group") == "\u00a0"
    return _without_codes(_numerals(folded, language, _BY_ANY_SPACE if spaces else _BY_FIXED_SPACE), folded)


def _numerals(folded: str, language: str, numeral: regex.Pattern[str]) -> Iterator[Numeral]:
    mark = _decimal_mark(folded, language)
    for match in numeral.finditer(folded):
        value = _read(match["digits"], mark)
        if value is not None:
            start = match.start("sign") if match["sign"] else match.start("digits")
            unit = match["currency"] or match["unit"] or ""
            yield Numeral(-value if match["sign"] else value, start, match.end("digits"), unit)


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


def _without_codes(numbers: Iterator[Numeral], folded: str) -> list[Numeral]:
    """Drops what a hyphen joins, unless it is two numbers that rise: "07-3507405", "2021-03-05", not "10-15"."""
    chains: list[list[Numeral]] = []
    for number in numbers:
        if chains and folded[chains[-1][-1].end : number.start] == "-":
            chains[-1].append(number)
        else:
            chains.append([number])
    return [number for chain in chains if _is_count(chain, folded) for number in chain]


def _is_count(chain: list[Numeral], folded: str) -> bool:
    rises = all(before.value < after.value for before, after in pairwise(chain))
    padded = any(
        folded[number.start] == "0" and folded[number.start + 1 : number.start + 2].isdigit() for number in chain
    )
    return len(chain) == 1 or (len(chain) == 2 and rises and not padded)
