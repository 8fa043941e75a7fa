"""Words, with a stem that inflected forms and some words of other languages share, and texts ranked by them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import regex
import snowballstemmer

from coderai.language.characters import fold, lower
from coderai.language.locales import base_language, language_name
from coderai.language.magnitudes import is_currency

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}])+|\d+(?:[.,]\d+)*")
_SAME = """
killed kill dead. death. died. fatal muert murier mort. morts. tué tote. toten. убит погиб قتل 死 亡
injured injur hurt wound herid bless verletz ferid ранен أصيب وأصيب 伤 受伤
arrested arrest detain detention detenid interpell festgenomm verhaft задерж اعتقل 逮捕
participants participa attend part. crowd turnout manifestant demonstrant teilnehm участник
strike strik walkout huelga streik grève sciopero забастов إضراب 罢工
contract agreement. vertrag contrat
total gesamt summe. suma. razem итог 合计
invoice bill. rechnung factu fattura fatur faktur
number no. nr. num. nummer número numer
date datum fecha data. дата 日期
"""
"""A line for an idea: its stem, then how its words begin; those with a full stop are whole words."""
_IDEAS = {beginning: line.split()[0] for line in _SAME.strip().splitlines() for beginning in line.split()}
_EMPTY = """
the a an of to in on at for from by with and or is are was were be been being has have had do does did it its this that
these those there their they which who whom whose what when where how why if as any all each every only one give state
stated states report reported write text information value values should must can may might will would shall used never
whether than then also such other into about per upon document mention mentioned name named code find taken own said
says not no nor non anti un without please el la los las una de del en y que por der die das ein eine und von zu im le
les des du et est qui"""
EMPTY_WORDS = frozenset(_EMPTY.split())
"""Words that connect others or put a question, and tell nothing of what it asks for."""
_DENIALS = """
not no nor none nobody nothing neither never without zero cannot deny denied denies non didn doesn isn wasn weren hasn
nicht kein keine keinen niemand ohne ni aucun aucune pas sans ninguno ninguna nadie sin não sem nessun senza niet geen
не нет никто без لا لم لن ليس دون 没 未 不 无 無"""
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
            form, start = match.group()[at : at + size], offset + match.start() + at
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
    parts = {idea for word in words for part, idea in _IDEAS.items() if len(part) > 3 and part in word.form}
    return frozenset(word.stem for word in words) | parts


@lru_cache(maxsize=50_000)
def stem(word: str, language: str = "") -> str:
    """The idea that a lower-case word stands for, if it is a known one, or else its stem in that language."""
    begins = (_IDEAS.get(word[:end]) for end in range(len(word), 0, -1))
    known = _IDEAS.get(f"{word}.") or next(filter(None, begins), "")
    return known or str(_stemmer(language_name(base_language(language) or "en").lower()).stemWord(word))


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name if name in snowballstemmer.algorithms() else "english")


class Ranking:
    """Texts to compare with questions, by the cosine of tf-idf vectors of stems and of runs of letters.

    Written out in Python, for scikit-learn would cost each process a second at its start and much of its memory.
    """

    def __init__(self, texts: Sequence[Iterable[Word]]) -> None:
        counted = [_features(words) for words in texts]
        self._size, self._having = len(counted), Counter(one for features in counted for one in features)
        self._vectors = [self._vector(features) for features in counted]

    def likeness(self, question: Iterable[Word]) -> list[float]:
        """How alike each text is to the question, 0..1."""
        asked = self._vector(_features(question))
        return [sum(weight * text[one] for one, weight in asked.items() if one in text) for text in self._vectors]

    def _vector(self, features: Mapping[str, int]) -> dict[str, float]:
        rarity = {one: math.log((1 + self._size) / (1 + self._having[one])) + 1 for one in features}
        weights = {one: (1 + math.log(count)) * rarity[one] for one, count in features.items()}
        length = math.hypot(*weights.values()) or 1.0
        return {one: weight / length for one, weight in weights.items()}


def _features(words: Iterable[Word]) -> Counter[str]:
    return Counter(feature for word in telling(words) for feature in (f"={word.stem}", *_runs(f" {word.form} ")))


@lru_cache(maxsize=50_000)
def _runs(word: str) -> tuple[str, ...]:
    return tuple(word[at : at + n] for n in (3, 4, 5) for at in range(len(word) - n + 1))
