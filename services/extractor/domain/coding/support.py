"""Checks that a quote states its value, widens quotes that say too little, and says what stays undecided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from coderai.codebook.stating import Says
from coderai.codebook.types import reading, spec
from coderai.codebook.variable import Reading, Variable
from coderai.language.negation import denials
from coderai.language.quotes import adds_words
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Evidence, Match, Support
from coderai.services.extractor.domain.coding.quotes import QuoteFinder


@dataclass(frozen=True, slots=True)
class Supported:
    """A value with the evidence that was found for it."""

    value: Any
    evidence: Evidence
    support: Support


def check(
    variable: Variable, value: Any, quote: str, passage: Span, document: Document, finder: QuoteFinder
) -> Supported:
    """What the document gives for a value and its quote.

    A quote that states too little is widened to its sentences; then the sentence of the passage that does state the
    value is looked for, and a person or a second call has to decide whether that is meant. A missing quote is looked
    for by the value. Where the quote states two ends and the value is one of them, the quote is believed.
    """
    checking = _Checking(variable, passage, document, finder)
    evidence = finder.find(quote, passage)
    if not quote.strip():
        return checking.by_value(value)
    if evidence.match is Match.NONE:
        return Supported(value, evidence, Support.UNGROUNDED)
    found = checking.by_quote(value, evidence)
    # Words that the text does not have may have made the quote say something else.
    doubtful = found.support is Support.STATED and adds_words(quote, found.evidence.quote)
    return replace(found, support=Support.UNCHECKED) if doubtful else found


@dataclass(frozen=True, slots=True)
class _Checking:
    """One variable and passage of a document, for which values are checked."""

    variable: Variable
    passage: Span
    document: Document
    finder: QuoteFinder

    def by_quote(self, value: Any, evidence: Evidence) -> Supported:
        """What the quote, its sentences or another sentence of the passage make of the value."""
        wider = self.finder.evidence([self.finder.between(evidence.spans)], evidence.match)
        said = [self._says(value, seen) for seen in (evidence, wider)]
        for seen, says in zip((evidence, wider), said, strict=True):
            if says is Says.VALUE:
                return Supported(value, seen, Support.STATED)
            restated = spec(self.variable).restated(self.variable, value, seen.quote, self.document.language)
            if restated is not None:
                clear = self._says(restated, seen) is Says.VALUE
                return Supported(restated, seen, Support.STATED if clear else Support.UNCHECKED)
        if reading(self.variable) is Reading.INFERRED or said[0] in (Says.PERHAPS, Says.SCALED):
            return Supported(value, evidence, Support.UNCHECKED)
        elsewhere = wider if said[1] is Says.PERHAPS else self._sentence_that_says(value, evidence.start)
        if elsewhere is not None:
            return Supported(value, elsewhere, Support.UNCHECKED)
        return Supported(value, evidence, Support.CONTRADICTED if Says.OTHER in said else Support.UNCHECKED)

    def by_value(self, value: Any) -> Supported:
        """The sentence that a value without a quote may be from."""
        found = self._sentence_that_says(value, None)
        if found is None:
            return Supported(value, Evidence("", Match.NONE), Support.UNGROUNDED)
        return Supported(value, found, Support.UNCHECKED)

    def _says(self, value: Any, evidence: Evidence) -> Says:
        says = spec(self.variable).states(self.variable, value, evidence.quote, self.document.language)
        return Says.PERHAPS if says is Says.VALUE and self._denied(value, evidence) else says

    def _denied(self, value: Any, evidence: Evidence) -> bool:
        """Whether a word that denies stands in a quote, or before it in its sentence, and not in the value."""
        starts = [self.finder.sentences_around(Span(span.start, span.end)).start for span in evidence.spans]
        said = [self.document.text[at : span.end] for at, span in zip(starts, evidence.spans, strict=True)]
        return denials(" ".join(said)) > (1 if value is False else denials(str(value)))

    def _sentence_that_says(self, value: Any, near: int | None) -> Evidence | None:
        """The sentence of the passage that says the value: the one nearest to the quote, or the first."""
        at = self.passage.start if near is None else near
        sentences = [s for s in self.finder.sentences if self.passage.start <= s[0] < self.passage.end]
        for start, end in sorted(sentences, key=lambda sentence: abs(sentence[0] - at)):
            evidence = self.finder.evidence([Span(start, end)], Match.EXACT)
            if self._says(value, evidence) in (Says.VALUE, Says.PERHAPS):
                return evidence
        return None
