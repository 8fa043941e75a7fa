"""Finds the values of TEXT variables: what a label names, a name, an address, a code, a title, or else a clause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from coderai.engines.offline.addresses import find_addresses
from coderai.engines.offline.candidates import LONGEST_QUOTE, Candidate
from coderai.engines.offline.headings import find_letterhead, find_title
from coderai.engines.offline.names import LIKELY, NameKind, find_names
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import Sentence, standing_in
from coderai.engines.offline.text_kinds import CODES, NAME_KINDS, TextKind, asks_only_kind, kind_of
from coderai.language.sentences import Span

_LEAST_LABEL, _LEAST_CODE_LABEL = 0.55, 0.5
_LEAST_CLAUSE = 0.5
_FIRST_NAME = 0.5
_OWN_FORM = 0.55
_SHORT_VALUE = 6
_CLAUSE_END = regex.compile(r"[;:]\s|[，；：、]|,\s(?=\p{L}+\s\p{L}+\s)")
_AMOUNT = regex.compile(r"[\d.,]+[.,]\d\d?|\d{1,2}")
_LETTERS = regex.compile(r"\p{L}{2}")


def find_texts_for(question: Question) -> Iterator[Candidate]:
    """Finds the stretches of the passage that answer the variable, as the passage has them."""
    kind = kind_of(question.variable)
    yield from _labelled(question, kind)
    if kind in NAME_KINDS:
        yield from _names(question, NAME_KINDS[kind])
    elif kind in CODES:
        yield from _codes(question, kind)
    elif kind is TextKind.ADDRESS:
        yield from _addresses(question)
    elif kind is TextKind.TITLE:
        yield from find_title(question) if question.reading.opens_document else ()
    else:
        yield from _clauses(question)


def _labelled(question: Question, kind: TextKind) -> Iterator[Candidate]:
    least = _LEAST_CODE_LABEL if kind in CODES else _LEAST_LABEL
    for label in question.reading.labels:
        score = question.label_score(label)
        if score < least or not question.covers(label.value):
            continue
        at = _of_kind(question, kind, label.value)
        if at and at.end - at.start <= LONGEST_QUOTE:
            yield Candidate(question.text(at), at, score, "labelled")


def _of_kind(question: Question, kind: TextKind, value: Span) -> Span | None:
    """The part of a label's value that is of the kind, if any is."""
    if kind in CODES:
        return next(_codes_in(question, kind, value), None)
    if kind in NAME_KINDS:
        return _name_in(question, NAME_KINDS[kind], value)
    if kind is TextKind.ADDRESS:
        addresses = (span for span, _ in find_addresses(question.reading.text))
        return next((span for span in addresses if _overlap(span, value)), value)
    return value


def _name_in(question: Question, kind: NameKind, value: Span) -> Span | None:
    """All of a short value that has letters, the first likely name in a longer one."""
    text = question.reading.text
    if not _LETTERS.search(text, *value):
        return None
    if len(text[slice(*value)].split()) <= _SHORT_VALUE and not _CLAUSE_END.search(text, *value):
        return value
    return next((name.span for name in standing_in(value, find_names(text)) if name.evidence[kind] >= LIKELY), None)


def _names(question: Question, kind: NameKind) -> Iterator[Candidate]:
    any_name, rank = asks_only_kind(question.variable, question.cues), 0
    if any_name and kind is NameKind.ORGANISATION and question.reading.opens_document:
        yield from find_letterhead(question)
    for sentence in question.sentences:
        names = standing_in(sentence.span, find_names(question.reading.text))
        rivals = [] if question.several else sentence.places_of([one for one in names if one.evidence[kind] >= LIKELY])
        together = question.sentence_score(sentence) if question.several and names else 0.0
        for name in names:
            near = question.near_score(sentence, name.span, rivals)
            first = _FIRST_NAME / (1 + rank / 5) if any_name else 0.0
            score = name.evidence[kind] * max(near, together, first)
            yield Candidate(question.text(name.span), name.span, score, "a name next to the words asked for")
            rank += name.evidence[kind] >= LIKELY


def _addresses(question: Question) -> Iterator[Candidate]:
    for rank, (at, score) in enumerate(find_addresses(question.reading.text)):
        if question.covers(at):
            yield Candidate(question.text(at), at, 0.7 * score / (1 + rank / 5), "has the form of an address")


def _codes(question: Question, kind: TextKind) -> Iterator[Candidate]:
    own_form = 0.0 if kind is TextKind.CODE else _OWN_FORM
    for sentence in question.sentences:
        found = list(_codes_in(question, kind, sentence.span))
        rivals = sentence.places_of(found)
        for at in found:
            score = max(own_form, 0.8 * question.near_score(sentence, at, rivals))
            yield Candidate(question.text(at), at, score, "has the form asked for")


def _codes_in(question: Question, kind: TextKind, span: Span) -> Iterator[Span]:
    matches = (Span(*match.span()) for match in CODES[kind].finditer(question.reading.text, *span))
    return (at for at in matches if kind is not TextKind.CODE or not _is_other_value(question, at))


def _is_other_value(question: Question, at: Span) -> bool:
    """Whether what looks like a code is a date, an amount or a small number."""
    nearby = standing_in(Span(at.start - LONGEST_QUOTE, at.end), question.reading.dates)
    dated = any(_overlap(at, Span(mention.start, mention.end)) for mention in nearby)
    return dated or _AMOUNT.fullmatch(question.text(at)) is not None


def _clauses(question: Question) -> Iterator[Candidate]:
    best = max(question.sentences, key=question.sentence_score, default=None)
    if best and (score := question.sentence_score(best)) >= _LEAST_CLAUSE:
        at = best.span if best.span.end - best.span.start <= LONGEST_QUOTE else _clause(question, best)
        yield Candidate(question.text(at), at, 0.8 * score, "speaks of what is asked")


def _clause(question: Question, sentence: Sentence) -> Span:
    """The part of a long sentence, between pauses, that has most of the cues; cut where it is still too long."""
    stops = [match.end() for match in _CLAUSE_END.finditer(question.reading.text, *sentence.span)]
    cues = (*question.cues.name, *question.cues.hints)

    def told(span: Span) -> float:
        inside = [word.stem for word in sentence.words if span.start <= word.start < span.end]
        return sum(cue.weight * cue.strength(inside) for cue in cues)

    parts = [Span(*bounds) for bounds in pairwise([sentence.span.start, *stops, sentence.span.end])]
    best = max(parts, key=told)
    return Span(best.start, min(best.end, best.start + LONGEST_QUOTE))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
