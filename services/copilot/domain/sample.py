"""Documents that stand for a corpus, and the check that quotes stand in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from coderai.language.quotes import Match, QuoteLocator
from coderai.services.copilot.domain.proposal import SourceQuote


@dataclass(frozen=True)
class SampledDocument:
    """One of them, whole or its beginning."""

    id: str
    name: str
    text: str
    language: str = ""
    page_starts: Sequence[int] = field(default=(0,))
    """Where each page begins in the text, the first at 0."""

    @cached_property
    def _locator(self) -> QuoteLocator:
        return QuoteLocator(self.text)

    def find(self, quote: str) -> SourceQuote | None:
        """Where the words of a quote stand; None when the document does not have them."""
        spans, match = self._locator.locate(quote)
        if not spans:
            return None
        first = spans[0]
        return SourceQuote(
            document_id=self.id,
            document_name=self.name,
            quote=self._locator.wording(spans),
            start=first.start,
            end=first.end,
            page=max(1, bisect_right(self.page_starts, first.start)),
            exact=match is Match.EXACT,
        )


def find_quote(quote: str, documents: Iterable[SampledDocument], named: str = "") -> SourceQuote | None:
    """A quote in the document that it is said to be from, else in the first that has it; None when none has it."""
    ordered = sorted(documents, key=lambda document: document.name != named)
    return next((found for document in ordered if (found := document.find(quote))), None)
