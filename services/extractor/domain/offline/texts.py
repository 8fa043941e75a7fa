"""Answers TEXT variables: the label's value, a name, an address, a code or a title where one is asked for, else a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from services.extractor.domain.codebook import IfMultipleValues, Variable
from services.extractor.domain.offline.addresses import find_addresses
from services.extractor.domain.offline.candidates import LONGEST_QUOTE, Candidate, choose
from services.extractor.domain.offline.cues import Cues
from services.extractor.domain.offline.names import NameKind, begins_with_legal_form, find_names, names_organisation
from services.extractor.domain.offline.reading import Reading, Sentence
from services.extractor.domain.offline.relevance import label_score, near_score, sentence_score
from services.extractor.domain.offline.text_kinds import CODES, KIND_WORDS, TextKind, kind_of
from services.extractor.domain.parsing.sentences import Span

_LEAST = 0.3
_LEAST_LABEL = 0.5
_LEAST_CLAUSE = 0.5
_HEAD_LINES = 12
_LONGEST_LINE = 60
_NAME_KINDS = {
    TextKind.PLACE: NameKind.PLACE,
    TextKind.ORGANISATION: NameKind.ORGANISATION,
    TextKind.PERSON: NameKind.PERSON,
    TextKind.NAME: NameKind.ANY,
}
_LINE = regex.compile(r"[^\n]*\p{L}[^\n]*")
_CLAUSE_END = regex.compile(r"[;:]\s|[，；：、]|,\s(?=\p{L}+\s\p{L}+\s)")
_REGISTRATION = regex.compile(r"\s*\([^)]*\d[^)]*\)\W*$")


def answer_text(variable: Variable, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> list[Candidate]:
    """Gives the stretches of `within`, sentences of the passage, that answer the variable, as the passage has them."""
    kind = kind_of(variable)
    candidates = list(_labelled(kind, cues, reading, within))
    if kind in _NAME_KINDS:
        candidates += _names(_NAME_KINDS[kind], variable, cues, reading, within)
    candidates += _FINDERS.get(kind, _none)(kind, cues, reading, within)
    return choose(candidates, variable, _LEAST)


def _labelled(kind: TextKind, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    for label in reading.labels:
        score = label_score(cues, reading, label)
        if score < _LEAST_LABEL or not _is_within(label.value, within):
            continue
        at = label.value
        if kind in CODES:
            found = CODES[kind].search(reading.text, *label.value)
            at = Span(*found.span()) if found else at
            score *= 1.0 if found else 0.3
        if kind is TextKind.ADDRESS:
            at = next((span for span, _ in find_addresses(reading.text) if span.start < at.end and at.start < span.end), at)
        if at.end - at.start <= LONGEST_QUOTE:
            yield Candidate(_value(reading, at), at, score, "labelled")


def _names(
    kind: NameKind, variable: Variable, cues: Cues, reading: Reading, within: tuple[Sentence, ...]
) -> Iterator[Candidate]:
    several = variable.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)
    if kind is NameKind.ORGANISATION:
        yield from _heading(cues, reading, within)
    rank, plain = 0, cues.ask_no_more_than(KIND_WORDS)
    for sentence in within:
        names = [name for name in find_names(reading.text) if sentence.span.start <= name.at.start < sentence.span.end]
        likely = [name.at for name in names if name.evidence[kind] >= 0.5]
        together = sentence_score(cues, reading, sentence) * 0.7 if several else 0.0
        for name in names:
            first = 0.5 / (1 + rank / 5) if plain else 0.0
            score = name.evidence[kind] * max(near_score(cues, sentence, name.at, likely), together, first)
            yield Candidate(_value(reading, name.at), name.at, score, "a name next to the words asked for")
            rank += name.evidence[kind] >= 0.5


def _heading(cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    """The organisation whose paper the document is written on: a line near the top, or two where its name is broken."""
    if not cues.ask_no_more_than(KIND_WORDS):
        return
    lines = [line for line in _first_lines(reading) if line.end - line.start <= _LONGEST_LINE and _is_within(line, within)]
    for rank, at in enumerate(lines):
        line = reading.text[slice(*at)]
        if ":" in line or line.startswith("("):
            continue
        broken = rank > 0 and begins_with_legal_form(line) and not names_organisation(reading.text[slice(*lines[rank - 1])])
        unclosed = line.count("(") > line.count(")") and rank + 1 < len(lines)
        at = Span(lines[rank - 1].start if broken else at.start, lines[rank + 1].end if unclosed else at.end)
        trailing = _REGISTRATION.search(reading.text, *at)
        at = Span(at.start, trailing.start()) if trailing and trailing.start() > at.start else at
        score = 0.4 + 0.35 * names_organisation(reading.text[slice(*at)])
        yield Candidate(_value(reading, at), at, score / (1 + rank / 20), "heads the document")


def _titles(kind: TextKind, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    for rank, at in enumerate(_first_lines(reading)):
        line = reading.text[slice(*at)]
        words = line.split()
        if len(words) <= 15 and at.end - at.start <= LONGEST_QUOTE and _is_within(at, within):
            capital = sum(word[:1].isupper() for word in words) / len(words)
            yield Candidate(_value(reading, at), at, (0.35 + 0.25 * capital) / (1 + rank / 10), "heads the document")


def _addresses(kind: TextKind, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    for rank, (at, score) in enumerate(find_addresses(reading.text)):
        if _is_within(at, within):
            yield Candidate(_value(reading, at), at, 0.7 * score / (1 + rank / 5), "has the form of an address")


def _codes(kind: TextKind, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    own_form = 0.55 if kind is not TextKind.CODE else 0.0
    for sentence in within:
        found = [Span(*match.span()) for match in CODES[kind].finditer(reading.text, *sentence.span)]
        for at in found:
            yield Candidate(_value(reading, at), at, max(own_form, 0.8 * near_score(cues, sentence, at, found)), "has the form asked for")


def _clauses(kind: TextKind, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    best = max(within, key=lambda sentence: sentence_score(cues, reading, sentence), default=None)
    if best is None or (score := sentence_score(cues, reading, best)) < _LEAST_CLAUSE:
        return
    at = best.span
    if at.end - at.start > LONGEST_QUOTE:
        at = _clause(cues, reading, best)
    yield Candidate(_value(reading, at), at, 0.8 * score, "speaks of what is asked")


def _clause(cues: Cues, reading: Reading, sentence: Sentence) -> Span:
    """The part of a long sentence, between pauses, that has most of the cues; cut where it is still too long."""
    stops = [match.end() for match in _CLAUSE_END.finditer(reading.text, *sentence.span)]
    bounds = [sentence.span.start, *stops, sentence.span.end]

    def told(span: Span) -> float:
        inside = {word.stem for word in sentence.words if span.start <= word.start < span.end}
        return sum(cue.weight * max((cue.stems.get(word, 0.0) for word in inside), default=0.0) for cue in (*cues.name, *cues.hints))

    start, end = max((Span(start, end) for start, end in zip(bounds, bounds[1:], strict=False)), key=told)
    return Span(start, min(end, start + LONGEST_QUOTE))


def _none(kind: TextKind, cues: Cues, reading: Reading, within: tuple[Sentence, ...]) -> Iterator[Candidate]:
    return iter(())


_FINDERS: dict[TextKind, Callable[[TextKind, Cues, Reading, tuple[Sentence, ...]], Iterator[Candidate]]] = {
    **dict.fromkeys(CODES, _codes),
    TextKind.TITLE: _titles,
    TextKind.ADDRESS: _addresses,
    TextKind.CLAUSE: _clauses,
}


def _first_lines(reading: Reading) -> Iterator[Span]:
    for _, match in zip(range(_HEAD_LINES), _LINE.finditer(reading.text), strict=False):
        start = match.end() - len(match.group().lstrip())
        yield Span(start, start + len(match.group().strip()))


def _is_within(at: Span, within: tuple[Sentence, ...]) -> bool:
    return any(sentence.span.start <= at.start < sentence.span.end for sentence in within)


def _value(reading: Reading, at: Span) -> str:
    """The passage's words with every run of blanks as one."""
    return " ".join(reading.text[slice(*at)].split())
