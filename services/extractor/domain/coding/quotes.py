"""Finds a quote in a document's text: exactly, else as the same words written otherwise, else nearly the same."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

import regex
from rapidfuzz import fuzz

from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Evidence, Match

SHORTEST_FUZZY = 12
"""Shorter quotes, in letters and digits, are alike by chance too often."""
LEAST_SIMILARITY = 90.0
"""In per cent of rapidfuzz's partial ratio (normalised indel similarity of the best window)."""
_DIGITS = regex.compile(r"\d+")


class QuoteFinder:
    """Locates quotes in one document; what it needs of the text is computed once."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def find(self, quote: str, near: Span | None = None) -> Evidence:
        """The evidence for a quote; `near` is where to look first (the passage that it was taken from)."""
        quote = quote.strip()
        if not quote:
            return Evidence("", Match.NONE)
        span = self._exact(quote, near)
        if span is not None:
            return self._evidence(span, Match.EXACT)
        span = self._same_words(quote, near) or self._similar(quote)
        return Evidence(quote, Match.NONE) if span is None else self._evidence(span, Match.FUZZY)

    def _evidence(self, span: Span, match: Match) -> Evidence:
        text = self._document.text[span.start : span.end]
        return Evidence(text, match, span.start, span.end, self._document.page_at(span.start))

    def _exact(self, quote: str, near: Span | None) -> Span | None:
        """The quote's first place in the passage, else in the text; where it stands as whole words before others."""
        text, places = self._document.text, [near] if near else []
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
        # A quote whose numbers differ states something else, however alike the words are.
        same_numbers = _numbers(quote) == _numbers(self._document.text[span.start : span.end])
        return span if same_numbers else None

    def _whole_words(self, span: Span) -> bool:
        return not self._inside_word(span.start) and not self._inside_word(span.end)

    def _inside_word(self, offset: int) -> bool:
        text = self._document.text
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
    def _skeleton(self) -> str:
        return "".join(letter for letter, _ in self._mapped)

    @cached_property
    def _origins(self) -> list[int]:
        """Per character of the skeleton, the offset that it came from."""
        return [origin for _, origin in self._mapped]

    @cached_property
    def _mapped(self) -> list[tuple[str, int]]:
        return _letters(self._document.text)


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
