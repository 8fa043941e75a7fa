"""Finds the values of CATEGORY and BOOLEAN variables: by the sentences that speak of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from coderai.codebook.variable import Category, Variable
from coderai.engines.offline.candidates import Candidate
from coderai.engines.offline.lexicon import PLAIN_WORDS, QUESTION_WORDS
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import Sentence
from coderai.engines.offline.synonyms import same_meaning
from coderai.engines.offline.words import stem_set
from coderai.language.booleans import parse_boolean
from coderai.language.sentences import Span

_DISPUTED = 0.7
_DESCRIBED, _SYNONYM, _EXAMPLE = 0.35, 0.7, 0.3
_SHARED_WORD = 0.4
_LEFT_OVER = stem_set("other others unknown unclear unspecified none mixed misc miscellaneous stated applicable na")


def find_truth_for(question: Question) -> list[Candidate]:
    """Finds whether what is asked is said or denied, where that is plainest; nothing where no sentence speaks of it."""
    candidates = [*_ticked(question), *_said(question)]
    return [max(candidates, key=lambda one: one.score)] if candidates else []


def _ticked(question: Question) -> Iterator[Candidate]:
    for label in question.reading.labels:
        value = parse_boolean(question.text(label.value))
        if value is not None and question.covers(label.value):
            yield Candidate(value, label.value, question.label_score(label), "labelled")


def _said(question: Question) -> Iterator[Candidate]:
    """What the sentence says that has most of what is asked."""

    def score(sentence: Sentence) -> float:
        return question.sentence_score(sentence) * (_DISPUTED if sentence.disputed() else 1.0)

    best = max((sentence for sentence in question.sentences if sentence.words), key=score, default=None)
    if best:
        at = _anchor(question, best)
        denied = best.denied(at.start) and not question.cues.against
        yield Candidate(not denied, at, score(best), "denied" if denied else "said")


def _anchor(question: Question, sentence: Sentence) -> Span:
    """The word of the sentence that says most of what is asked."""
    cues = (*question.cues.name, *question.cues.hints)
    told = max(
        sentence.words, key=lambda word: max((cue.weight * cue.stems.get(word.stem, 0.0) for cue in cues), default=0.0)
    )
    return Span(told.start, told.end)


def find_categories_for(question: Question) -> Iterator[Candidate]:
    """Finds the listed values whose words, or whose descriptions' words, the sentences have most of."""
    telling = {category.value: _telling(category, question.variable) for category in question.variable.categories}
    found = {value: list(_used(question, value, telling)) for value in telling}
    told = sum(one.score for candidates in found.values() for one in candidates)
    for candidates in found.values():
        if candidates:
            best = max(candidates, key=lambda one: one.score)
            share = sum(one.score for one in candidates) / told if told else 0.0
            yield replace(best, score=best.score * (0.7 + 0.3 * share))


def _telling(category: Category, variable: Variable) -> dict[str, float]:
    """The stems that speak for a category: its value's, less those of its description, less those of its examples."""
    named = stem_set(category.value) - QUESTION_WORDS
    if named <= _LEFT_OVER:
        return {}
    examples = " ".join(example.text for example in variable.golden_examples if example.value == category.value)
    synonyms = frozenset[str]().union(*map(same_meaning, named))
    uninformative = QUESTION_WORDS | PLAIN_WORDS
    return (
        dict.fromkeys(stem_set(examples) - uninformative, _EXAMPLE)
        | dict.fromkeys(stem_set(category.description) - uninformative, _DESCRIBED)
        | dict.fromkeys(synonyms, _SYNONYM / len(named))
        | dict.fromkeys(named, 1 / len(named))
    )


def _used(question: Question, value: str, telling: Mapping[str, Mapping[str, float]]) -> Iterator[Candidate]:
    """One candidate for every sentence that has words of the category and does not deny them."""
    others = {stem for other, known in telling.items() if other != value for stem in known}
    for sentence in question.sentences:
        first = {
            stem: sentence.words[sentence.where[stem][0]] for stem in sentence.where.keys() & telling[value].keys()
        }
        meant = {stem: word for stem, word in first.items() if not sentence.denied(word.start)}
        if not meant:
            continue
        score = sum(telling[value][stem] * (_SHARED_WORD if stem in others else 1.0) for stem in meant)
        told = max(meant, key=lambda stem: (telling[value][stem], -meant[stem].start))
        at = Span(meant[told].start, meant[told].end)
        label = question.label_score(question.reading.label_of(at.start))
        context = 0.5 + 0.5 * max(label, question.sentence_score(sentence))
        yield Candidate(value, at, min(1.0, score) * context, "its words are used")
