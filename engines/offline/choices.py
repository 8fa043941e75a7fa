"""Finds the values of CATEGORY and BOOLEAN variables: by the sentences that are most like their words."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.engines.offline.question import Candidate, Question
from coderai.engines.offline.ranking import Ranking
from coderai.engines.offline.words import find_words, stems, telling
from coderai.language.booleans import parse_boolean
from coderai.language.sentences import Span

# Chosen over folds of contracts by `python -m benchmarks margins`; the figures that are told are of other folds.
LEAST_LIKENESS = 0.24
"""Of a sentence to a yes/no question."""
LEAST_LEAD = 0.1
"""Of the best category over the next, as a share of its likeness."""
_AGAINST = frozenset(stems("forbid prohibit ban restrict prevent refrain lack absence")) | {"non", "anti", "no", "not"}


def find_truth_for(question: Question) -> Iterator[Candidate]:
    """Finds whether what is asked is said or denied: by a ticked field, else by the sentence most like the question."""
    for label in question.reading.labels:
        ticked = parse_boolean(question.reading.words_at(label.value))
        if ticked is not None and question.covers(label.value) and (score := question.label_score(label)) >= 0.5:
            yield Candidate(ticked, label.value, score, "labelled")
            return
    best = question.likest()
    if best and question.likeness[best.number] >= LEAST_LIKENESS:
        told = max(best.words, key=lambda word: (word.stem in question.name, word.stem in question.hints))
        against = not _AGAINST.isdisjoint(word.form for word in find_words(question.named))
        denied = best.denied(told.start) and not against
        yield Candidate(
            not denied, Span(told.start, told.end), question.likeness[best.number], "denied" if denied else "said"
        )


def find_categories_for(question: Question) -> Iterator[Candidate]:
    """Finds the listed value whose words and description are most like the sentences, with the likest one.

    Words that every document has are left out, and those that are denied; a value that no word of the text speaks for
    is not given.
    """
    language, listed = question.reading.language, question.variable.categories
    described = [list(find_words(f"{c.value} {c.value} {c.description}".replace("_", " "), language)) for c in listed]
    told = [
        [word for word in sentence.words if word.stem not in question.context and not sentence.denied(word.start)]
        for sentence in question.sentences
    ]
    ranking = Ranking([*described, *told])
    alike = ranking.likeness([word for words in told for word in words])[: len(listed)]
    first, *others = sorted(range(len(alike)), key=lambda at: -alike[at]) or [-1]
    if first < 0 or {w.stem for w in telling(described[first])}.isdisjoint(
        word.stem for words in told for word in words
    ):
        return
    lead = 1 - (alike[others[0]] / alike[first] if others else 0.0)
    if lead >= LEAST_LEAD:
        fits = ranking.likeness(described[first])[len(listed) :]
        sentence = question.sentences[fits.index(max(fits))]
        yield Candidate(listed[first].value, sentence.span, lead, "its description is most like the text")
