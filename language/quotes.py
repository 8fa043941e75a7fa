"""Finds a quote in a text: exactly, as the same words, nearly the same, or part by part."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

import regex
from rapidfuzz import fuzz, process

from coderai.language.negation import denials
from coderai.language.sentences import Span, split_sentences

SHORTEST_FUZZY = 12
"""Shorter quotes, in letters and digits, are alike by chance too often."""
LEAST_SIMILARITY = 90.0
"""In per cent of rapidfuzz's partial ratio (normalised indel similarity of the best window)."""
ELLIPSIS = " […] "
"""Between the parts of a quote that leaves something out."""
_LEFT_OUT = regex.compile(r"\s*(?:[\[(]\s*(?:\.{3}|…)\s*[\])]|\.{3,}|…)\s*")
_NEAR = 2000
"""Code points within which the next part of a quote follows the one before."""
_FAR = 20_000
"""The same, where both parts are unmistakable: a long clause is quoted by its first and last words."""
_UNMISTAKABLE = 30
"""Letters and digits, about six words, from which on a part that stands once in a text is taken to be meant there."""
_MOST_DROPPED = 3
"""Words that a quote may have dropped, one after another, where the text has them."""
_FEWEST_ALIKE = 4
"""Words of a quote of which most must stand in one sentence."""
_LEAST_ALIKE = 0.7
"""The share of them that must."""
_SHORTEST_ADDED = 4
"""Letters of a word that may change what a quote says, numbers and denials apart."""
_NEARLY_A_WORD = 75.0
"""Least similarity, in per cent, of a word that is only spelt otherwise."""
_DIGITS = regex.compile(r"\d+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")


class Match(StrEnum):
    """How a quote was found in a text."""

    EXACT = "EXACT"
    FUZZY = "FUZZY"
    NONE = "NONE"


class QuoteLocator:
    """Locates quotes in one text; what it needs of the text is computed once."""

    def __init__(self, text: str) -> None:
        self.text = text

    def locate(self, quote: str, near: Span | None = None) -> tuple[list[Span], Match]:
        """Where a quote stands, in its order, and how it was found; `near` is where to look first.

        Several spans are the parts of a quote that leaves something out; none when the text does not have it.
        """
        quote = quote.strip()
        if not quote:
            return [], Match.NONE
        spans, match = self._whole(quote, near)
        if not spans:
            spans, match = self._in_parts(quote, near)
        if not spans:
            spans, match = self._sentence_like(quote, near), Match.FUZZY
        return (spans, match) if spans else ([], Match.NONE)

    def wording(self, spans: Iterable[Span]) -> str:
        """The quote as the text has it: the texts of its spans, with an ellipsis between them."""
        return ELLIPSIS.join(self.text[span.start : span.end] for span in spans)

    def sentences_around(self, span: Span) -> Span:
        """The sentences that a stretch of the text touches, from the first one's start to the last one's end."""
        starts = [start for start, _ in self.sentences]
        first = max(0, bisect_right(starts, span.start) - 1)
        last = max(first, bisect_left(starts, span.end) - 1)
        if not self.sentences:
            return span
        return Span(min(span.start, self.sentences[first][0]), max(span.end, self.sentences[last][1]))

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """The text's sentences as offsets, in order."""
        return [(sentence.start, sentence.end) for sentence in split_sentences(self.text)]

    def _whole(self, quote: str, near: Span | None) -> tuple[list[Span], Match]:
        span = self._exact(quote, near)
        if span is not None:
            return [span], Match.EXACT
        span = self._same_words(quote, near) or self._similar(quote) or self._with_dropped_words(quote, near)
        return ([], Match.NONE) if span is None else ([span], Match.FUZZY)

    def _in_parts(self, quote: str, near: Span | None) -> tuple[list[Span], Match]:
        """The parts of a quote that leaves something out, in order and near each other; none unless all are there."""
        parts = [part for part in _LEFT_OUT.split(quote) if _WORD.search(part)]
        if len(parts) < 2 and parts == [quote]:
            return [], Match.NONE
        spans: list[Span] = []
        matches: set[Match] = set()
        for before, part in pairwise(["", *parts]):
            after = spans[-1].end if spans else None
            far = _FAR if self._is_unmistakable(before) and self._is_unmistakable(part) else _NEAR
            place = near if after is None else Span(after, min(len(self.text), after + far))
            found, match = self._whole(part, place)
            follows = after is None or (bool(found) and after <= found[0].start <= after + far)
            if not found or not follows:
                return [], Match.NONE
            spans += found
            matches.add(match)
        return spans, Match.FUZZY if Match.FUZZY in matches else Match.EXACT

    def _is_unmistakable(self, part: str) -> bool:
        wanted = "".join(letter for letter, _ in _letters(part))
        return len(wanted) >= _UNMISTAKABLE and self._skeleton.count(wanted) == 1

    def _exact(self, quote: str, near: Span | None) -> Span | None:
        """The quote's first place in the passage, else in the text; where it stands as whole words before others."""
        text, places = self.text, [near] if near else []
        for place in (*places, Span(0, len(text))):
            starts = _starts(text, quote, place)
            spans = [Span(start, start + len(quote)) for start in starts]
            if spans:
                return next((span for span in spans if self._whole_words(span)), spans[0])
        return None

    def _same_words(self, quote: str, near: Span | None) -> Span | None:
        """The first place where the quote's letters and digits stand, whatever stands between them."""
        wanted = "".join(letter for letter, _ in _letters(quote))
        if not wanted:
            return None
        begin = 0 if near is None else bisect_left(self._origins, near.start)
        for first in (begin, 0):
            at = self._skeleton.find(wanted, first)
            while at >= 0:
                span = Span(self._origins[at], self._origins[at + len(wanted) - 1] + 1)
                if self._whole_words(span):
                    return span
                at = self._skeleton.find(wanted, at + 1)
        return None

    def _similar(self, quote: str) -> Span | None:
        wanted = "".join(letter for letter, _ in _letters(quote))
        if len(wanted) < SHORTEST_FUZZY or len(wanted) > len(self._skeleton):
            return None
        found = fuzz.partial_ratio_alignment(wanted, self._skeleton, score_cutoff=LEAST_SIMILARITY)
        if found is None or found.dest_end <= found.dest_start:
            return None
        span = Span(self._origins[found.dest_start], self._origins[found.dest_end - 1] + 1)
        span = self._widen(span)
        text = self.text[span.start : span.end]
        # A quote whose numbers or denials differ states something else, however alike the words are.
        return span if _numbers(quote) == _numbers(text) and denials(quote) == denials(text) else None

    def _with_dropped_words(self, quote: str, near: Span | None) -> Span | None:
        """Where the quote's words stand in their order, with a few more between them; no number and no denial more."""
        wanted = [_folded(word) for word in _WORD.findall(quote)]
        if len(wanted) < 3 or len("".join(wanted)) < SHORTEST_FUZZY:
            return None
        allowed = max(1, len(wanted) // 4)
        places = self._places.get(wanted[0], ())
        first = near.start if near else 0
        for at in sorted(places, key=lambda place: (self._words[place][1] < first, place)):
            last = self._follow(wanted, at, allowed)
            if last is not None:
                span = Span(self._words[at][1], self._words[last][2])
                text = self.text[span.start : span.end]
                if _numbers(quote) == _numbers(text) and denials(quote) == denials(text):
                    return span
        return None

    def _sentence_like(self, quote: str, near: Span | None) -> list[Span]:
        """The sentence that has most of the quote's words, all of its numbers and as many denials; none if two have."""
        wanted = Counter(_folded(word) for word in _WORD.findall(quote))
        if wanted.total() < _FEWEST_ALIKE:
            return []
        place, best, least = near or Span(0, len(self.text)), list[Span](), _LEAST_ALIKE * wanted.total()
        for start, end in self.sentences:
            if not place.start <= start < place.end:
                continue
            text = self.text[start:end]
            shared = (wanted & Counter(_folded(word) for word in _WORD.findall(text))).total()
            agrees = shared >= least and denials(quote) == denials(text)
            if agrees and set(_numbers(quote)) <= set(_numbers(text)):
                best = [*(best if shared == least else []), Span(start, end)]
                least = shared
        return best if len(best) == 1 else []

    def _follow(self, wanted: list[str], at: int, allowed: int) -> int | None:
        """The index of the last word when all follow from `at` on with at most `allowed` others between them."""
        for word in wanted[1:]:
            ahead = range(at + 1, min(len(self._words), at + 2 + min(allowed, _MOST_DROPPED)))
            found = next((place for place in ahead if self._words[place][0] == word), None)
            if found is None:
                return None
            allowed -= found - at - 1
            at = found
        return at

    def _whole_words(self, span: Span) -> bool:
        return not self._inside_word(span.start) and not self._inside_word(span.end)

    def _inside_word(self, offset: int) -> bool:
        text = self.text
        if not 0 < offset < len(text):
            return False
        return _in_word(text[offset - 1]) and _in_word(text[offset])

    def _widen(self, span: Span) -> Span:
        start, end = span.start, span.end
        while self._inside_word(start):
            start -= 1
        while self._inside_word(end):
            end += 1
        return Span(start, end)

    @cached_property
    def _words(self) -> list[tuple[str, int, int]]:
        """The text's words, folded, with their offsets."""
        return [(_folded(m.group()), m.start(), m.end()) for m in _WORD.finditer(self.text)]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each word stands, as indexes into `_words`."""
        places: dict[str, list[int]] = {}
        for index, (word, _, _) in enumerate(self._words):
            places.setdefault(word, []).append(index)
        return places

    @cached_property
    def _skeleton(self) -> str:
        return "".join(letter for letter, _ in self._mapped)

    @cached_property
    def _origins(self) -> list[int]:
        """Per character of the skeleton, the offset that it came from."""
        return [origin for _, origin in self._mapped]

    @cached_property
    def _mapped(self) -> list[tuple[str, int]]:
        return _letters(self.text)


def adds_words(quote: str, found: str) -> bool:
    """Whether a quote has words that the text found for it has not, even spelt otherwise: it may say something else."""
    there = [_folded(word) for word in _WORD.findall(found)]
    skeleton = "".join(there)
    asked = {word for word in map(_folded, _WORD.findall(quote)) if len(word) >= _SHORTEST_ADDED}
    return any(
        word not in skeleton and process.extractOne(word, there, scorer=fuzz.ratio, score_cutoff=_NEARLY_A_WORD) is None
        for word in asked
    )


def _starts(text: str, quote: str, place: Span) -> Iterator[int]:
    at = text.find(quote, place.start, place.end)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1, place.end)


def _letters(text: str) -> list[tuple[str, int]]:
    """The letters, digits and symbols of a text, folded (NFKD, case, no accents), each with its offset.

    White space, hyphens, quotes, other punctuation, marks and format characters (bidi controls, soft hyphens) are
    dropped: they are what differs between a text and a faithful quote of it.
    """
    mapped: list[tuple[str, int]] = []
    for offset, character in enumerate(text):
        if character.isascii():
            if character.isalnum() or character in "%$+=<>":
                mapped.append((character.lower(), offset))
            continue
        for part in unicodedata.normalize("NFKD", character).casefold():
            if unicodedata.category(part)[0] in "LNS":
                mapped.append((part, offset))
    return mapped


def _in_word(character: str) -> bool:
    """Whether a character joins its neighbours to one word; scripts without spaces have no such words."""
    return character.isalnum() and not regex.match(
        r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", character
    )


def _numbers(text: str) -> list[str]:
    return [str(int(digits)) for digits in _DIGITS.findall(text)]


def _folded(word: str) -> str:
    return "".join(letter for letter, _ in _letters(word))
