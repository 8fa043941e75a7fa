"""Answers CATEGORY and BOOLEAN variables: by the sentences that speak of a category, or of what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from services.extractor.domain.codebook import Category, Variable
from services.extractor.domain.offline.candidates import Candidate, choose
from services.extractor.domain.offline.cues import Cues
from services.extractor.domain.offline.lexicon import PLAIN_WORDS, QUESTION_WORDS, same_meaning
from services.extractor.domain.offline.reading import Reading, Sentence
from services.extractor.domain.offline.relevance import label_score, sentence_score
from services.extractor.domain.offline.words import stems
from services.extractor.domain.parsing.booleans import parse_boolean
from services.extractor.domain.parsing.sentences import Span

_LEAST_BOOLEAN = 0.5
_LEAST_CATEGORY = 0.25
_DISPUTED = 0.7
_LEFT_OVER = frozenset(stems("other others unknown unclear unspecified none mixed misc miscellaneous stated applicable na"))


def answer_boolean(variable: Variable, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> list[Candidate]:
    """Gives true where a sentence says what is asked, false where one denies it, nothing where none speaks of it."""
    candidates = [*_ticked(cues, reading), *_said(cues, reading, within)]
    best = max(candidates, key=lambda one: one.score, default=None)
    return choose([best] if best else [], variable, _LEAST_BOOLEAN)


def _ticked(cues: Cues, reading: Reading) -> Iterator[Candidate]:
    for label in reading.labels:
        value = parse_boolean(reading.text[slice(*label.value)])
        if value is not None:
            yield Candidate(value, label.value, label_score(cues, reading, label), "labelled")


def _said(cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    for sentence in within:
        score = sentence_score(cues, reading, sentence)
        if score < _LEAST_BOOLEAN:
            continue
        at = _anchor(cues, sentence)
        denied = sentence.denied(at.start) and not cues.against
        score *= _DISPUTED if sentence.disputed() else 1.0
        yield Candidate(not denied, at, score, "denied" if denied else "said")


def _anchor(cues: Cues, sentence: Sentence) -> Span:
    """The word of the sentence that says most of what is asked."""
    every = (*cues.name, *cues.hints)
    told = max(sentence.words, key=lambda word: max((cue.weight * cue.stems.get(word.stem, 0.0) for cue in every), default=0.0))
    return Span(told.start, told.end)


def answer_category(variable: Variable, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> list[Candidate]:
    """Gives the listed values whose words, or their descriptions' words, the sentences have most of."""
    words = {category.value: _telling(category) for category in variable.categories}
    candidates = []
    for category in variable.categories:
        others = {word for value, known in words.items() if value != category.value for word in known}
        candidates.append(_best(category, words[category.value], others, cues, reading, within))
    return choose([one for one in candidates if one], variable, _LEAST_CATEGORY)


def _telling(category: Category) -> dict[str, float]:
    """The stems that speak for a category: those of its value, and less, those of its description."""
    if set(stems(category.value)) <= _LEFT_OVER:
        return {}
    named = {word: 1.0 for word in stems(category.value) if word not in QUESTION_WORDS}
    described = {word: 0.5 for word in stems(category.description) if word not in QUESTION_WORDS | PLAIN_WORDS}
    near = {synonym: 0.7 for word in named for synonym in same_meaning(word)}
    return near | described | named


def _best(
    category: Category, telling: dict[str, float], others: set[str], cues: Cues, reading: Reading, within: tuple[Sentence, ...]
) -> Candidate | None:
    best: Candidate | None = None
    total = 0.0
    for sentence in within:
        score, at = 0.0, None
        for stem in sentence.stems() & telling.keys():
            word = next(word for word in sentence.words if word.stem == stem)
            if sentence.denied(word.start):
                continue
            weight = telling[stem] * (0.4 if stem in others else 1.0)
            score, at = (score + weight, Span(word.start, word.end)) if at is None or weight > 0 else (score, at)
        if at is None:
            continue
        context = 0.5 + 0.5 * max(sentence_score(cues, reading, sentence), label_score(cues, reading, reading.label_of(at.start)))
        total += score * context
        if best is None or score * context > best.score:
            best = Candidate(category.value, at, score * context, "its words are used")
    return best
