"""The one call that has undecided mentions of entities told apart, and how much of the document it shows."""

from __future__ import annotations

from coderai.codebook.codebook import Codebook
from coderai.engines.calls import Call, CallKind, Named, Passage
from coderai.language.quotes import ELLIPSIS
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.entities import Merging
from coderai.services.extractor.domain.coding.extraction import Mention
from coderai.services.extractor.domain.coding.quotes import QuoteFinder

MOST_NAMED = 60
"""Entities in the call, those first mentioned; what is beyond stays as code left it."""
LONGEST_CONTEXT = 600
"""Code points of the sentences around a quote."""


def same_call(codebook: Codebook, merging: Merging, document: Document, finder: QuoteFinder) -> Call | None:
    """The call about what the names and facts leave open; None when they leave nothing open."""
    asked = merging.undecided[:MOST_NAMED]
    if len(asked) < 2:
        return None
    named = tuple(_named([merging.mentions[m] for m in group], document, finder) for group in asked)
    return Call(CallKind.SAME, codebook, Passage("", language=document.language), named=named)


def _named(mentions: list[Mention], document: Document, finder: QuoteFinder) -> Named:
    first = mentions[0].evidence
    around = [finder.sentences_around(Span(span.start, span.end)) for span in first.spans]
    context = ELLIPSIS.join(document.text[span.start : span.end] for span in around)
    names = tuple(dict.fromkeys(mention.text for mention in mentions))
    return Named(names, first.quote, "" if context == first.quote else context[:LONGEST_CONTEXT])
