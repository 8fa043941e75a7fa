"""Page numbers as lines of pages show them, told from numbers that are data: "Page 3 of 12" is one, "Case 3" is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import regex

# A single Latin or Cyrillic letter stands here with its full stop alone: "P 1" may be a participant.
_PAGE = (
    "p. pp. page pages pg pg. pág. pàg. página pàgina páxina pagina pag. seite seiten side sida sidan sivu strona str. "
    "strana stránka stranica stran oldal страница стр. с. сторінка стор. страна хуудас σελίδα σελ. sayfa səhifə sahifa "
    "trang halaman hal. pahina ukurasa faqe puslapis psl. lappuse lpp. lehekülg síða blaðsíða bls. tudalen orrialdea "
    "էջ გვერდი ገጽ صفحة الصفحة صفحه ص עמוד पृष्ठ पेज পৃষ্ঠা பக்கம் หน้า ページ 頁 页 第 쪽 페이지"
)
_OF = "/ of de von sur di da van av af z ze od из з із iz från trên dari من از מתוך 共 중 의"
_PAGE_WORDS, _OF_WORDS = frozenset(_PAGE.split()), frozenset(_OF.split())
_WORD = regex.compile(r"\p{Han}|[[\p{L}\p{M}]--\p{Han}]+[.]?|/", regex.V1)
_DIGITS = regex.compile(r"\d+")
_SIGNS = regex.compile(r"[\s\-–—|│•·~*:;,.()\[\]<>_#，、/]*")
_BARE = regex.compile(r"[\s\-–—|│•·~*]*\d{1,4}[\s\-–—|│•·~*]*")
_BAR = ("|", "│", "•", "·")
_FIRST, _LAST = regex.compile(r"(\d{1,4})\s(?=\D)"), regex.compile(r"(?<=\D)\s(\d{1,4})$")
_PRINTED_FROM_WEB = regex.compile(r"(?:https?://|www\.)\S+\s(\d{1,4})/(\d{1,4})")
_MOST_LENGTH = 300
"""Characters of a line that may have a page's number in it."""


def _any_of(words: frozenset[str]) -> str:
    return "(?:" + "|".join(regex.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_NAMED = regex.compile(
    rf"(?<!\p{{L}})(?:{_any_of(_PAGE_WORDS)}\s?[:#]?\s?(\d{{1,5}})|(\d{{1,5}})\.?\s?(?:oldal|ページ|쪽|페이지))\s?[页頁]?"
    rf"(?:\s?{_any_of(_OF_WORDS)}\s?\d{{1,5}})?(?![\p{{L}}\d]|[.,/-]\d)",
    regex.IGNORECASE,
)


class Kind(Enum):
    """How sure it is that a number is the page's."""

    NAMED = "it is called so"
    BARE = "nothing stands by it: believed at a page's edge, of a document that counts from 1"
    BARRED = "it stands at an end of the line, parted from the rest by a bar: believed likewise"
    AT_END = "it stands at an end of the line: believed if it is at the other end on every other page"


@dataclass(frozen=True, slots=True)
class Counter:
    """A number in a line that may be the page's."""

    number: int
    rest: str
    """The line with NUL in place of the number; empty if there is nothing else to tell."""
    kind: Kind
    total: int | None = None
    """The last page's number, in a line that gives it without a word for pages (3 / 12)."""
    is_first: bool = False
    """At the beginning of the line."""


def counters(line: str) -> Iterator[Counter]:
    """The numbers of a line that may be the page's."""
    if len(line) > _MOST_LENGTH or not (digits := list(_DIGITS.finditer(line))):
        return
    if _BARE.fullmatch(line):
        yield Counter(int(digits[0][0]), "", Kind.BARE)
    elif len(digits) <= 2 and _SIGNS.fullmatch(_WORD.sub("", _DIGITS.sub("", line))) and _has_page_words_alone(line):
        yield from _of_page_words(line, [int(number[0]) for number in digits if len(number[0]) <= 5])
    elif named := _NAMED.search(line):
        yield Counter(int(named[1] or named[2]), _without(line, named), Kind.NAMED)
    elif printed := _PRINTED_FROM_WEB.fullmatch(line):
        yield Counter(int(printed[1]), line[: printed.start(1)] + "\0", Kind.NAMED, total=int(printed[2]))
    else:
        yield from _at_ends(line)


def _has_page_words_alone(line: str) -> bool:
    return all(_is_page_word(word) or _is_of_word(word) for word in _WORD.findall(line))


def _is_page_word(word: str) -> bool:
    return word.casefold() in _PAGE_WORDS or (len(word) > 2 and word.casefold().removesuffix(".") in _PAGE_WORDS)


def _is_of_word(word: str) -> bool:
    return word.casefold() in _OF_WORDS


def _of_page_words(line: str, numbers: list[int]) -> Iterator[Counter]:
    words = _WORD.findall(line)
    if any(map(_is_page_word, words)):
        yield from (Counter(number, "", Kind.NAMED) for number in numbers)
    elif words and len(numbers) == 2:
        yield Counter(numbers[0], "", Kind.NAMED, total=numbers[1])


def _at_ends(line: str) -> Iterator[Counter]:
    for end in filter(None, (_FIRST.match(line), _LAST.search(line))):
        rest = _without(line, end)
        is_barred = rest.strip("\0 ").startswith(_BAR) if end.start() == 0 else rest.strip("\0 ").endswith(_BAR)
        yield Counter(int(end[1]), rest, Kind.BARRED if is_barred else Kind.AT_END, is_first=end.start() == 0)


def _without(line: str, found: regex.Match[str]) -> str:
    return f"{line[: found.start()]}\0{line[found.end() :]}"
