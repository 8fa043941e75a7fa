"""Checks that a quote states its value, widens quotes that say too little, and says what stays undecided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coderai.codebook.types import reading, spec
from coderai.codebook.variable import Reading, Variable
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Evidence, Match, Support
from coderai.services.extractor.domain.coding.quotes import QuoteFinder

MATCH_FACTOR = {Match.EXACT: 1.0, Match.FUZZY: 0.95, Match.NONE: 0.5}
SUPPORT_FACTOR = {
    Support.STATED: 1.0,
    Support.JUDGED: 0.95,
    Support.UNCHECKED: 0.75,
    Support.CONTRADICTED: 0.25,
    Support.UNGROUNDED: 0.25,
}
"""What is left of a model's confidence; a person sees both."""


@dataclass(frozen=True, slots=True)
class Supported:
    """A value with the evidence that was found for it."""

    value: Any
    evidence: Evidence
    support: Support


def confidence(model: float, evidence: Evidence, support: Support) -> float:
    """The reported confidence, 0..1: the model's own figure, less what support and match of its quote take from it."""
    return model * SUPPORT_FACTOR[support] * MATCH_FACTOR[evidence.match]


def check(
    variable: Variable, value: Any, quote: str, passage: Span, document: Document, finder: QuoteFinder
) -> Supported:
    """What the document gives for a value and its quote.

    A quote that states too little is widened to its sentences; then the sentence of the passage that does state the
    value is looked for, and a person or a second call has to decide whether that is meant. A missing quote is looked
    for by the value. Where the quote states two ends and the value is one of them, the quote is believed.
    """
    evidence = finder.find(quote, passage)
    if not quote.strip():
        return _by_value(variable, value, passage, document, finder)
    if evidence.match is Match.NONE:
        return Supported(value, evidence, Support.UNGROUNDED)
    states = _states(variable, value, evidence.quote, document)
    if states:
        return Supported(value, evidence, Support.STATED)
    restated = spec(variable).restated(variable, value, evidence.quote, document.language)
    if restated is not None:
        return Supported(restated, evidence, Support.STATED)
    wider = _widened(evidence, finder)
    if _states(variable, value, wider.quote, document):
        return Supported(value, wider, Support.STATED)
    if reading(variable) is Reading.INFERRED:
        return Supported(value, evidence, Support.UNCHECKED)
    elsewhere = _sentence_that_states(variable, value, evidence, passage, document, finder)
    if elsewhere is not None:
        return Supported(value, elsewhere, Support.UNCHECKED)
    decided_against = states is False or _states(variable, value, wider.quote, document) is False
    return Supported(value, evidence, Support.CONTRADICTED if decided_against else Support.UNCHECKED)


def _by_value(variable: Variable, value: Any, passage: Span, document: Document, finder: QuoteFinder) -> Supported:
    """The evidence for a value without a quote: that its words are there is enough for a text, not for a number."""
    nothing = Evidence("", Match.NONE)
    if reading(variable) is Reading.INFERRED:
        return Supported(value, nothing, Support.UNGROUNDED)
    found = _sentence_that_states(variable, value, None, passage, document, finder)
    if found is None:
        return Supported(value, nothing, Support.UNGROUNDED)
    return Supported(value, found, Support.STATED if not spec(variable).ordered else Support.UNCHECKED)


def _states(variable: Variable, value: Any, quote: str, document: Document) -> bool | None:
    return spec(variable).states(variable, value, quote, document.language)


def _widened(evidence: Evidence, finder: QuoteFinder) -> Evidence:
    spans = [finder.sentences_around(Span(span.start, span.end)) for span in evidence.spans]
    return finder.evidence(spans, evidence.match)


def _sentence_that_states(
    variable: Variable,
    value: Any,
    near: Evidence | None,
    passage: Span,
    document: Document,
    finder: QuoteFinder,
) -> Evidence | None:
    """The sentence of the passage that states the value: the one nearest to the quote, or the first."""
    stating = [
        span
        for span in _sentences(passage, finder)
        if _states(variable, value, document.text[span.start : span.end], document)
    ]
    if not stating:
        return None
    at = passage.start if near is None or near.start is None else near.start
    return finder.evidence([min(stating, key=lambda span: abs(span.start - at))], Match.EXACT)


def _sentences(passage: Span, finder: QuoteFinder) -> Iterator[Span]:
    return (Span(*sentence) for sentence in finder.sentences if passage.start <= sentence[0] < passage.end)
