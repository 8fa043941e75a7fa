"""Answers DATE variables: the date that the label or the words around it tie to what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from services.extractor.domain.codebook import Variable
from services.extractor.domain.offline.candidates import Candidate, choose
from services.extractor.domain.offline.cues import Cues
from services.extractor.domain.offline.lexicon import DOCUMENT_DATE_WORDS
from services.extractor.domain.offline.reading import Reading, Sentence
from services.extractor.domain.offline.relevance import label_score, near_score
from services.extractor.domain.parsing.dates import DateMention
from services.extractor.domain.parsing.sentences import Span

_LEAST = 0.3
_OF_THE_DOCUMENT = 0.5


def answer_date(variable: Variable, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> list[Candidate]:
    """Gives the dates that `within`, sentences of the passage, state for the variable.

    A variable that asks for no date in particular gets the first exact one when no label or word decides.
    """
    return choose(_stated(cues, reading, within), variable, _LEAST)


def _stated(cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    rank = 0
    plain = cues.ask_no_more_than(DOCUMENT_DATE_WORDS)
    for sentence in within:
        dates = [mention for mention in reading.dates if sentence.span.start <= mention.start < sentence.span.end]
        spans = [Span(mention.start, mention.end) for mention in dates]
        for mention, at in zip(dates, spans, strict=True):
            labelled = label_score(cues, reading, reading.label_of(mention.start))
            near = near_score(cues, sentence, at, spans)
            first = _OF_THE_DOCUMENT / (1 + rank / 4) if plain else 0.0
            score = max(labelled, near, first) * _exactness(mention)
            why = "labelled" if labelled >= max(near, first) else "next to the words asked for" if near > first else "first"
            yield Candidate(mention.iso, at, score, why)
            rank += 1


def _exactness(mention: DateMention) -> float:
    return {10: 1.0, 7: 0.9, 4: 0.6}[len(mention.iso)]
