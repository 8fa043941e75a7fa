"""Documents that stand for a corpus, and the check that quotes stand in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coderai.language.quotes import Match, QuoteLocator
from coderai.services.copilot.domain.proposal import SourceQuote


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a document in the text that is shown of it."""

    shown: int
    """Where it begins in the text shown."""
    start: int
    """Where it begins in the document's text; both in code points."""


@dataclass(frozen=True)
class SampledDocument:
    """One of them: whole, or pieces of it."""

    id: str
    name: str
    text: str
    """What is shown of it."""
    language: str = ""
    """ISO 639-1; empty where it is not known."""
    page_starts: Sequence[int] = field(default=(0,))
    """Where each page begins in the document's text, the first at 0."""
    pieces: Sequence[Piece] = field(default=(Piece(0, 0),))
    """Where what is shown stands in the document, in its order; the first is shown at 0."""

    @cached_property
    def _locator(self) -> QuoteLocator:
        return QuoteLocator(self.text)

    def find(self, quote: str) -> SourceQuote | None:
        """Where the words of a quote stand in the document; None when what is shown does not have them."""
        spans, match = self._locator.locate(quote)
        if not spans:
            return None
        first = spans[0]
        start = self._in_document(first.start)
        return SourceQuote(
            document_id=self.id,
            document_name=self.name,
            quote=self._locator.wording(spans),
            start=start,
            end=self._in_document(first.end - 1) + 1,
            page=max(1, bisect_right(self.page_starts, start)),
            exact=match is Match.EXACT,
        )

    def _in_document(self, shown: int) -> int:
        piece = self.pieces[bisect_right(self.pieces, shown, key=lambda one: one.shown) - 1]
        return piece.start + shown - piece.shown


def find_quote(quote: str, documents: Iterable[SampledDocument], named: str = "") -> SourceQuote | None:
    """A quote in the document that it is said to be from, else in the first that has it; None when none has it."""
    ordered = sorted(documents, key=lambda document: document.name != named)
    return next((found for document in ordered if (found := document.find(quote))), None)
