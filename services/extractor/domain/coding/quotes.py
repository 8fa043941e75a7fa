"""Finds the evidence for a quote in a document: where it stands, on which page, and how it was found."""

from __future__ import annotations

from collections.abc import Sequence

from coderai.language.quotes import QuoteLocator
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Evidence, EvidenceSpan, Match


class QuoteFinder(QuoteLocator):
    """Locates quotes in one document; what it needs of the text is computed once."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.text)
        self._document = document

    def find(self, quote: str, near: Span | None = None) -> Evidence:
        """The evidence for a quote; `near` is where to look first (the passage that it was taken from)."""
        spans, match = self.locate(quote, near)
        return self.evidence(spans, match) if spans else Evidence(quote.strip(), Match.NONE)

    def evidence(self, spans: list[Span], match: Match) -> Evidence:
        """The evidence that stretches of the text are."""
        page_at = self._document.page_at
        found = tuple(EvidenceSpan(span.start, span.end, page_at(span.start)) for span in spans)
        return Evidence(self.wording(spans), match, found, self._document.recognition(spans))

    def between(self, spans: Sequence[EvidenceSpan]) -> Span:
        """The sentences from the first span to the last, with what stands between them."""
        first, last = spans[0], spans[-1]
        return self.sentences_around(Span(first.start, last.end))
