"""Numbers that are written out: "twenty-three", "deux cents", "трое", "三十五"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex
from text_to_num import find_numbers as find_spelled
from text_to_num import text2num

_BY_LIBRARY = frozenset({"en", "fr", "de", "es", "pt", "it", "nl", "da"})

_BY_TABLE = {
    "ru": "два две двух двоих двое:2 три трех трёх троих трое:3 четыре четырех четырёх четверо:4 пять пяти "
    "пятеро:5 шесть шести:6 семь семи:7 восемь восьми:8 девять девяти:9 десять десяти:10 одиннадцать:11 "
    "двенадцать:12 тринадцать:13 четырнадцать:14 пятнадцать:15 двадцать:20 тридцать:30 сорок:40 "
    "пятьдесят:50 сто:100 двести:200",
    "uk": "два дві двох двоє:2 три трьох троє:3 чотири чотирьох четверо:4 пять пяти п'ять п'яти:5 шість:6 "
    "сім:7 вісім:8 дев'ять:9 десять:10 дванадцять:12 двадцять:20 тридцять:30 сорок:40 сто:100",
    "pl": "dwa dwie dwóch dwoje:2 trzy trzech troje:3 cztery czterech czworo:4 pięć pięciu:5 sześć sześciu:6 "
    "siedem:7 osiem:8 dziewięć:9 dziesięć:10 jedenaście:11 dwanaście:12 piętnaście:15 dwadzieścia:20 "
    "trzydzieści:30 sto:100",
    "tr": "iki:2 üç:3 dört:4 beş:5 altı:6 yedi:7 sekiz:8 dokuz:9 on:10 yirmi:20 otuz:30 kırk:40 elli:50 yüz:100",
    "id": "dua:2 tiga:3 empat:4 lima:5 enam:6 tujuh:7 delapan:8 sembilan:9 sepuluh:10 sebelas:11 seratus:100",
    "ar": "اثنان اثنين اثنتين:2 ثلاثة ثلاث:3 أربعة أربع:4 خمسة خمس:5 ستة ست:6 سبعة سبع:7 ثمانية ثماني:8 تسعة "
    "تسع:9 عشرة عشر:10 عشرين عشرون:20 ثلاثين ثلاثون:30 مئة مائة:100",
    "fa": "دو:2 سه:3 چهار:4 پنج:5 شش:6 هفت:7 هشت:8 نه:9 ده:10 بیست:20 سی:30 صد:100",
    "hi": "दो:2 तीन:3 चार:4 पांच पाँच:5 छह छः:6 सात:7 आठ:8 नौ:9 दस:10 ग्यारह:11 बारह:12 बीस:20 तीस:30 सौ:100",
}
_BY_TABLE["ms"] = _BY_TABLE["id"]

_ARTICLES = (
    "un",
    "une",
    "ein",
    "eine",
    "einen",
    "einem",
    "einer",
    "eines",
    "una",
    "uno",
    "um",
    "uma",
    "een",
    "en",
    "et",
)
_VAGUE = ("hundreds", "thousands", "millions", "billions", "cents", "milliers", "centaines")
_NOT_COUNTING_BEFORE = ("no", "any", "every", "each", "this", "that", "some", "the", "which", "another", "number")
_NOT_COUNTING_AFTER = ("of", "another", "or", "day")

_WORD = regex.compile(r"[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*|\d+|[^\p{L}\d]")
_SURROGATE = regex.compile(r"\p{Cs}")
_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000}
_HAN = regex.compile(
    r"(?<![第\d〇零一二三四五六七八九十百千两兩])[〇零一二三四五六七八九十百千两兩]+(?=[万萬亿億]?(?:多|余|餘)?"
    r"[人名个個位件次所辆輛台头頭只隻天小公米吨噸元円块項项歳岁歲])"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """A whole number in words, at text[start:end]."""

    value: int | float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Token) -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return self.word[:1].isdigit()


def find_spelled_numbers(lowered: str, language: str) -> list[Spelled]:
    """Finds the numbers written out in `lowered` (lower-case text), in order; ordinals and articles are not counts."""
    tokens = [_Token(match.group(), match.start()) for match in _WORD.finditer(_SURROGATE.sub("?", lowered))]
    if language in _BY_TABLE:
        found = list(_by_table(tokens, language))
    else:
        found = list(_by_library(tokens, language if language in _BY_LIBRARY else "en"))
    found += [Spelled(_han_value(match.group()), *match.span()) for match in _HAN.finditer(lowered)]
    return sorted(found, key=lambda spelled: spelled.start)


def parse_spelled_number(text: str, language: str) -> int | float | None:
    """Reads `text` when it is nothing but one number in words, even one that would elsewhere be an article."""
    lowered = text.strip().lower()
    if language in _BY_TABLE:
        return _TABLES[language].get(lowered)
    try:
        value: float = text2num(lowered, language if language in _BY_LIBRARY else "en")
    except ValueError:
        return None
    return int(value) if value == int(value) else value


def _by_library(tokens: list[_Token], language: str) -> Iterator[Spelled]:
    for found in find_spelled(tokens, language, 0):
        words = tokens[found.start : found.end]
        vague = words[0].word in _VAGUE or words[0].word[:1].isdigit()
        if found.is_ordinal or vague or (found.value == 1 and not _counts(tokens, found.start)):
            continue
        value = int(found.value) if found.value == int(found.value) else found.value
        yield Spelled(value, words[0].start, words[-1].start + len(words[-1].word))


def _counts(tokens: list[_Token], at: int) -> bool:
    """Whether the word for one is a count ("one policeman") and neither an article nor a pronoun ("one of them")."""
    before = next((token.word for token in reversed(tokens[max(0, at - 2) : at]) if token.word.strip()), "")
    after = next((token.word for token in tokens[at + 1 : at + 3] if token.word.strip()), "")
    pronoun = before in _NOT_COUNTING_BEFORE or after in _NOT_COUNTING_AFTER
    return tokens[at].word not in _ARTICLES and not pronoun


def _by_table(tokens: list[_Token], language: str) -> Iterator[Spelled]:
    table = _TABLES[language]
    last: Spelled | None = None
    for token in tokens:
        value = table.get(token.word)
        if value is None:
            if last and token.word.strip(" -"):
                yield last
                last = None
            continue
        end = token.start + len(token.word)
        if last and last.value >= 20 and value < 10:
            last = Spelled(last.value + value, last.start, end)
        else:
            if last:
                yield last
            last = Spelled(value, token.start, end)
    if last:
        yield last


def _han_value(numeral: str) -> int:
    if not any(char in _HAN_POWERS for char in numeral):
        return int("".join(str(_HAN_DIGITS[char]) for char in numeral))
    total = digit = 0
    for char in numeral:
        if char in _HAN_POWERS:
            total += (digit or 1) * _HAN_POWERS[char]
            digit = 0
        else:
            digit = _HAN_DIGITS[char]
    return total + digit


def _table(entries: str) -> dict[str, int]:
    words: dict[str, int] = {}
    pending: list[str] = []
    for entry in entries.split():
        word, _, value = entry.partition(":")
        pending.append(word)
        if value:
            words |= dict.fromkeys(pending, int(value))
            pending = []
    return words


_TABLES = {language: _table(entries) for language, entries in _BY_TABLE.items()}
