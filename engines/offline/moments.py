"""Finds the values of DATE variables: dates that a label or the words around them tie to what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from coderai.engines.offline.candidates import Candidate
from coderai.engines.offline.lexicon import DOCUMENT_DATE_WORDS, EVENT_WORDS
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import standing_in
from coderai.language.sentences import Span

_FIRST_DATE, _FIRST_IN_LATER_PASSAGE = 0.6, 0.4
_PLAIN_WORDS_NEAR = 0.7
_DATELINE = 0.7
_EXACTNESS = {len("2021-03-05"): 1.0, len("2021-03"): 0.9, len("2021"): 0.6}


def find_dates_for(question: Question) -> Iterator[Candidate]:
    """Finds the dates that the passage states for the variable.

    A variable that asks for no date in particular gets the first when no label or word decides; one that asks when
    something happened rather gets another than the date that the document bears.
    """
    any_date, rank = question.cues.ask_no_more_than(DOCUMENT_DATE_WORDS), count()
    first_date = _FIRST_DATE if question.reading.opens_document else _FIRST_IN_LATER_PASSAGE
    for sentence in question.sentences:
        dates = standing_in(sentence.span, question.reading.dates)
        rivals = sentence.places_of(dates)
        for mention in dates:
            at = Span(mention.start, mention.end)
            labelled = question.label_score(question.reading.label_of(mention.start))
            near = question.near_score(sentence, at, rivals) * (_PLAIN_WORDS_NEAR if any_date else 1.0)
            first = first_date / (1 + next(rank) / 4) if any_date else 0.0
            score = max(labelled, near, first) * _EXACTNESS[len(mention.iso)]
            if mention == question.reading.own_date and question.cues.asked & EVENT_WORDS:
                score *= _DATELINE
            why = (
                "labelled"
                if labelled >= max(near, first)
                else "next to the words asked for"
                if near > first
                else "first"
            )
            yield Candidate(mention.iso, at, score, why)
