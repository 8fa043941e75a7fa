"""Numbers that are written out: "twenty-three", "deux cents", "двадцать три", "三十五"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain

import regex
from text_to_num import find_numbers as find_spelled
from text_to_num import text2num

from coderai.language.han_numerals import HAN_COUNT, han_value
from coderai.language.spelled_by_locale import SPELLED_BY_LOCALE, is_glue, is_magnitude, read_parts, split_word

_BY_LIBRARY = frozenset({"en", "fr", "de", "es", "pt", "it", "nl", "da"})

_ARTICLE = regex.compile(r"un(?:[aeo]|[ao]s|s)?|umas?|um|ein(?:e[nmrs]?)?|een|en|et")
_PLURAL = regex.compile(r"(?:hundred|thousand|million|billion|cent|ciento|millier|centaine)s")
_NO_COUNT_BEFORE = regex.compile(r"(?<!\p{L})(?:no|any|every|each|this|that|some|the|which|another|number)[^\p{L}\d]?$")
_NO_COUNT_AFTER = regex.compile(r"[^\p{L}\d]?(?:of|another|or (?:another|the|an?|other|more)|day)(?!\p{L})")
_SAME = {"veintiún": "veintiuno", "veintiun": "veintiuno"}
_A_DOZEN = regex.compile(r"(?<!baker's )\b(?:a )?(?:dozen|dutzend|dozijn)\b")

_WORD = regex.compile(r"[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*|\d+|[^\p{L}\d]")
_SURROGATE = regex.compile(r"\p{Cs}")
_UNREAD = regex.compile(r"\p{L}+(?:mila|cento|hundert|tausend)\p{L}+")
"""A part of a number in one word, which the library sometimes cannot read."""
_BLANK = regex.compile(r"[ \u00a0]+")
_ROW_GAP = regex.compile(r" (?:(?:oh|o)[ -])?|-")
_AGE = regex.compile(r"[ -]year")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number in words, at text[start:end]."""

    value: int | float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.word)

    def text(self) -> str:
        return _SAME.get(self.word, self.word)

    def nt_separated(self, previous: _Token) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return self.word[:1].isdigit()


def reads_words_of(language: str) -> bool:
    """Whether numbers in words are read in a language (ISO 639-1)."""
    return language in _BY_LIBRARY | SPELLED_BY_LOCALE | {"zh", "ja"}


def find_spelled_numbers(lowered: str, language: str) -> list[Spelled]:
    """Finds the numbers written out in `lowered` (lower-case text), in order; ordinals and articles are not counts."""
    tokens = [_Token(match.group(), match.start()) for match in _WORD.finditer(_SURROGATE.sub("?", lowered))]
    if language in SPELLED_BY_LOCALE:
        found = list(_by_locale(tokens, language))
    else:
        found = list(_by_library(tokens, lowered, language if language in _BY_LIBRARY else "en"))
        found += [Spelled(12, *match.span()) for match in _A_DOZEN.finditer(lowered)]
        found = list(_without_digits_in_words(sorted(found, key=lambda spelled: spelled.start), lowered))
    han = [(han_value(match.group()), match.span()) for match in HAN_COUNT.finditer(lowered)]
    found += [Spelled(value, *span) for value, span in han if value is not None]
    return sorted(found, key=lambda spelled: spelled.start)


def parse_spelled_number(text: str, language: str) -> int | float | None:
    """Reads `text` when it is nothing but one number in words, even one that would elsewhere be an article."""
    lowered = text.strip().lower()
    if (value := han_value(lowered)) is not None:
        return value
    if language in SPELLED_BY_LOCALE:
        parts = [split_word(word, language) for word in _WORD.findall(lowered) if word.strip(" -")]
        return read_parts([*chain.from_iterable(parts)], language) if all(parts) else None
    try:
        return _whole(text2num(lowered, language if language in _BY_LIBRARY else "en"))
    except ValueError:
        return None


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _by_library(tokens: list[_Token], lowered: str, language: str) -> Iterator[Spelled]:
    for found in find_spelled(tokens, language, 0):
        words = tokens[found.start : found.end]
        start, end = words[0].start, words[-1].end
        vague = _PLURAL.fullmatch(words[0].word) or words[0].word[:1].isdigit()
        beside = tokens[max(0, found.start - 4) : found.start] + tokens[found.end : found.end + 4]
        unread = any(_UNREAD.fullmatch(token.word) for token in beside)
        if not (found.is_ordinal or vague or unread or (found.value == 1 and not _counts(lowered, start, end))):
            yield Spelled(_whole(found.value), start, end)


def _counts(lowered: str, start: int, end: int) -> bool:
    """Whether the word for one is a count ("one policeman") and neither an article nor a pronoun ("one of them")."""
    pronoun = _NO_COUNT_BEFORE.search(lowered, max(0, start - 10), start) or _NO_COUNT_AFTER.match(lowered, end)
    return not (_ARTICLE.fullmatch(lowered, start, end) or pronoun)


def _without_digits_in_words(found: list[Spelled], lowered: str) -> Iterator[Spelled]:
    """Reads "nineteen ninety-nine" as the year and drops other numbers in a row, as they are the digits of a code."""
    rows: list[list[Spelled]] = []
    for number in found:
        gap = lowered[rows[-1][-1].end : number.start] if rows else "."
        if rows and _ROW_GAP.fullmatch(gap) and not _AGE.match(lowered, number.end) and number.value != 12:
            rows[-1].append(number)
        else:
            rows.append([number])
    for row in rows:
        if (year := _year(row, lowered)) is not None:
            yield Spelled(year, row[0].start, row[-1].end)
        elif len(row) == 1 or lowered[row[0].end : row[1].start] == "-":
            yield from row


def _year(row: list[Spelled], lowered: str) -> int | None:
    if len(row) != 2:
        return None
    century, rest = row[0].value, row[1].value
    least = 10 if lowered[row[0].end : row[1].start] in (" ", "-") else 1
    read = 13 <= century <= 20 and least <= rest <= 99
    return int(100 * century + rest) if read and century == int(century) and rest == int(rest) else None


def _by_locale(tokens: list[_Token], language: str) -> Iterator[Spelled]:
    """Reads each row of number words as a whole, or not at all."""
    row: list[tuple[str, int, int]] = []
    before = ""
    for token in [*tokens, _Token(".", 0)]:
        if parts := split_word(token.word, language):
            starts = accumulate(map(len, parts[:-1]), initial=token.start)
            row += [(part, start, token.end) for part, start in zip(parts, starts, strict=True)]
        elif not _BLANK.fullmatch(token.word) and token.word != "-":
            yield from _row(row, language, after_digits=before.isdigit())
            row, before = [], token.word


def _row(row: list[tuple[str, int, int]], language: str, *, after_digits: bool) -> Iterator[Spelled]:
    while row and (is_glue(row[0][0], language) or (after_digits and is_magnitude(row[0][0], language))):
        row = row[1:]
    while row and is_glue(row[-1][0], language):
        row = row[:-1]
    value = read_parts([part for part, _, _ in row], language)
    if value is not None and value != 1:
        yield Spelled(value, row[0][1], row[-1][2])
