"""Words of any script, each with a stem that its inflected forms share, as do words of other languages for the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import regex
import snowballstemmer

from coderai.language.characters import fold, lower
from coderai.language.locales import base_language, language_name
from coderai.language.magnitudes import is_currency

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}])+|\d+(?:[.,]\d+)*")
_SHORTEST_COMPOUND, _SHORTEST_PART = 8, 4
_SAME = """
killed kill dead. death. died. fatal muert murier mort. morts. tué tote. toten. убит погиб قتل قتيل مقتل 死 亡
injured injur hurt wound herid lesionad bless verletz ferid ранен пострад جرح جريح أصيب وأصيب إصاب 伤 傷 受伤
arrested arrest detain detention detenid interpell festgenomm verhaft detid задерж арест اعتقل 逮捕
participants participa attend took. crowd turnout gathered manifestant demonstrant teilnehm protester участник متظاهر
march marched. marched marcha. marche. demonstrat manifesta kundgebung marcharon
strike strik walkout huelga streik grève sciopero забастов إضراب 罢工
total total gesamt summe. suma. razem insgesamt итог 合计 合計 الإجمالي
contract contract agreement. vertrag contrat договор
tax tax vat. gst. mwst. ust. tva. iva. steuer impuesto taxe налог
invoice invoice bill. rechnung factu fattura fatur faktur счет
number number no. nr. num. nummer numéro número numer номер 番号
date date. datum fecha data. дата 日期 التاريخ
quantity qty. quantit cantidad menge. anzahl ilość 数量
amount amount amt. sum. montant betrag importe kwota 金额 金額
address address addr. adresse dirección indirizzo endereço адрес عنوان 地址 住所
"""
"""A line for an idea: its stem, then how its words begin; those with a full stop are whole words."""
_IDEAS = {beginning: line.split()[0] for line in _SAME.strip().splitlines() for beginning in line.split()[1:]}
_EMPTY = """
the a an of to in on at for from by with and or is are was were be been being has have had do does did it its this
that these those there their they which who whom whose what when where how why if as any all each every only one give
state stated states report reported write text information value values please should must can may might will would
shall used whether than then also such other into about per upon document mention mentioned name named code find taken
own said says not no nor never non anti un without el la los las un una de del en y que por der die das ein eine und
von zu im le les des du et est qui
"""
EMPTY_WORDS = frozenset(_EMPTY.split())
"""Words that connect others or put a question, and tell nothing of what it asks for."""
_DENIALS = """
not no nor none nobody nothing neither never without zero cannot deny denied denies nicht kein keine keinen niemand
ohne ni aucun aucune pas sans ninguno ninguna nadie nunca sin nenhum nenhuma não ninguém sem nessun nessuno non senza
niet geen zonder не нет никто без ні ingen inga inte ikke uden utan bez żaden nie nikt değil لا لم لن ليس دون بدون
नहीं ない なし tidak bukan tanpa không didn doesn isn wasn weren won hasn haven hadn couldn wouldn 没 沒 未 不 无 無
"""
NEGATIONS = frozenset(_DENIALS.split())


class Word(NamedTuple):
    """A word at text[start:end], `form` in lower case; without spaces between words, each two characters are one."""

    stem: str
    start: int
    end: int
    form: str


def find_words(text: str, language: str = "", offset: int = 0) -> Iterator[Word]:
    """Finds the words of `text`, in order, with offsets that count from `offset` before it."""
    for match in _WORD.finditer(lower(fold(text))):
        size = 2 if match["unspaced"] else len(match.group())
        for at in range(max(1, len(match.group()) - size + 1)):
            form = match.group()[at : at + size]
            start = offset + match.start() + at
            yield Word(stem(form, language), start, start + len(form), form)


def telling(words: Iterable[Word]) -> list[Word]:
    """Those of the words that do more than connect others or put a question."""
    return [word for word in words if word.form not in EMPTY_WORDS and (len(word.form) > 1 or not word.form.isascii())]


def stems(text: str, language: str = "") -> list[str]:
    """The stems of the words of a text that tell something, each once, in order; of all words if none does."""
    words = list(find_words(text, language))
    return list(dict.fromkeys(word.stem for word in telling(words) or words))


def label_stems(text: str, language: str = "") -> frozenset[str]:
    """The stems of a label, with those of a compound's parts: "Rechnungsnummer" gives those of invoice and number."""
    words = [word for word in telling(find_words(text, language)) if not is_currency(word.form)]
    long = [word.form for word in words if len(word.form) >= _SHORTEST_COMPOUND]
    parts = {idea for form in long for part, idea in _IDEAS.items() if len(part) >= _SHORTEST_PART and part in form}
    return frozenset(word.stem for word in words) | parts


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "") -> str:
    """The idea that a lower-case word stands for, if it is a known one, or else its stem in that language."""
    known = (_IDEAS.get(word[:end]) for end in range(len(word), 0, -1))
    idea = _IDEAS.get(f"{word}.") or next(filter(None, known), "")
    return idea or str(_stemmer(base_language(language) or "en").stemWord(word))


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    name = language_name(language).lower()
    return snowballstemmer.stemmer(name if name in snowballstemmer.algorithms() else "english")
