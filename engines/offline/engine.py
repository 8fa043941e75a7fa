"""The `offline` engine: answers calls by the passage's own words, with no model and no network."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import regex

from coderai.codebook.codebook import Codebook
from coderai.codebook.pattern import PatternInvalid, entity_expression, find
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Variable, VariableType
from coderai.engines.calls import Call, CallKind, Entity, Reply
from coderai.engines.offline.reading import Candidate, Question, Reading, Sentence, read, standing_in
from coderai.engines.offline.texts import LONGEST, NAMES, kind_of, named
from coderai.engines.offline.values import FINDERS
from coderai.engines.offline.words import stems
from coderai.kit.model_replies import Finish
from coderai.language.sentences import Span

MOST_ENTITIES = 200
"""Entities of one reply at most; the rest are for a call that names these as known."""
_LEAST_CONFIDENCE, _CONFIDENCE = 0.3, 0.35
MOST_CONFIDENCE = round(_LEAST_CONFIDENCE + _CONFIDENCE, 2)
"""Of any of its answers."""
_PATTERN_SECONDS = 1.0
_EXAMPLE = regex.compile(r"[\"“](\w+) ")
_LEAST_OF_BEST = 0.5


class OfflineEngine:
    """Answers any call without a model; equal calls get equal replies."""

    async def ask(self, call: Call) -> Reply:
        """Answers one call, off the event loop."""
        return await asyncio.to_thread(answer, call)


def answer(call: Call) -> Reply:
    """Answers one call: an EXTRACT's every variable has a key, with an empty tuple where nothing was found.

    Every quote is a stretch of the passage that has the value, 200 code points at most.
    """
    if call.kind in (CallKind.JUDGE, CallKind.DECIDE, CallKind.SAME):
        return Reply()
    reading, codebook = read(call.passage), call.codebook
    names = identify(codebook, reading) if call.entity or call.kind is CallKind.IDENTIFY else {}
    if call.kind is CallKind.IDENTIFY:
        new = [Entity(name, _quote(reading, at)) for name, at in names.items() if name not in call.known]
        finish = Finish.CUT_OFF if len(new) > MOST_ENTITIES else Finish.COMPLETE
        return Reply(entities=tuple(new[:MOST_ENTITIES]), finish=finish)
    sentences = _about(call.entity, names, reading) if call.entity else reading.sentences
    described = f"{codebook.domain} {codebook.document_type} {codebook.project_name} {codebook.unit.row_is}"
    asked = [Question(variable, reading, sentences, frozenset(stems(described))) for variable in call.variables]
    chosen = {one.variable.name: _choose(FINDERS[one.variable.type][0](one), one) for one in asked}
    return Reply(
        {name: tuple(_answer(one, reading) for one in kept) for name, kept in chosen.items()}, knows_absence=False
    )


def _answer(candidate: Candidate, reading: Reading) -> Answer:
    confidence = round(_LEAST_CONFIDENCE + _CONFIDENCE * min(1.0, max(0.0, candidate.score)), 2)
    return Answer(candidate.value, _quote(reading, candidate.at), confidence, candidate.why)


def _choose(candidates: Iterable[Candidate], question: Question) -> list[Candidate]:
    """The best value and those that fit as well, or nearly if all are asked for, in order; each where it fits best."""
    best: dict[Any, Candidate] = {}
    for one in candidates:
        key = one.value.casefold() if isinstance(one.value, str) else one.value
        if one.score >= max(FINDERS[question.variable.type][1], best[key].score if key in best else 0.0):
            best[key] = one
    limit = max((one.score for one in best.values()), default=0.0) * (0.7 if question.several else 0.97)
    kept = sorted((one for one in best.values() if one.score >= limit), key=lambda one: (one.at.start, str(one.value)))
    return kept[: max(1, question.variable.max_values)]


def _quote(reading: Reading, at: Span) -> str:
    """The sentence around `at`, with the label that names it, or as much of it as a quote may have."""
    sentence, label = reading.sentence_at(at.start).span, reading.label_of(at.start)
    start, end = min(sentence.start, at.start), max(sentence.end, at.end)
    if label and label.sure and reading.text.count("\n", label.label.start, at.start) <= 2:
        start = min(start, label.label.start)
    if end - start > LONGEST:
        start = max(start, at.start - max(0, LONGEST - (at.end - at.start)) // 2)
        end = min(end, start + LONGEST)
    return reading.text[start:end].strip()


def identify(codebook: Codebook, reading: Reading) -> dict[str, Span]:
    """Finds what the codebook's unit describes, each once, by its name, in order of first mention.

    A unit's pattern between slashes, as in `/^Case (.+):/i`, is a regular expression whose first group, or else whole
    match, is the entity; `^` and `$` are a line's start and end.
    """
    pattern, row_is = codebook.unit.entity_identification_pattern.strip(), codebook.unit.row_is
    question = Question(Variable("", f"{pattern} {row_is}", VariableType.TEXT), reading, reading.sentences)
    if expression := entity_expression(pattern):
        mentions = _by_pattern(expression, reading.text)
    elif (kind := kind_of(question)) in NAMES:
        mentions = _by_name(question, kind, _EXAMPLE.findall(pattern), stems(row_is)[:1])
    else:
        mentions = _by_event(question)
    found: dict[str, Span] = {}
    for at in mentions:
        text = reading.words_at(at)[:80].strip()
        if text and not any(_is_part(text, known) for known in found):
            found[text] = at
    return found


def _by_pattern(pattern: str, text: str) -> Iterator[Span]:
    """None for an expression that cannot be compiled, nor for one whose many matches take too long to find."""
    until = time.monotonic() + _PATTERN_SECONDS
    found: list[Span] = []
    with suppress(PatternInvalid):
        for start, end in find(pattern, text):
            if time.monotonic() > until:
                return
            found.append(Span(start, end))
    yield from found


def _by_name(question: Question, kind: str, shown: Sequence[str], heads: Sequence[str]) -> Iterator[Span]:
    """Names with a word for what they are ("MV Corvina", "the tug Heron"), else, if none is shown, the likely ones."""
    reading, known = question.reading, {*heads, *(stem for word in shown for stem in stems(word))}
    names = [name for name in named(reading.text, reading.language, kind) if name.sure >= 0.5]
    like = [question.likeness[reading.sentence_at(name.start).number] for name in names]
    called, least = [], _LEAST_OF_BEST * max(like, default=0.0)
    for name in names:
        words = reading.sentence_at(name.start).words
        at = bisect_left(words, name.start, key=lambda word: word.start)
        called += [name] if any(word.stem in known for word in words[max(0, at - 1) : at + 1]) else []
    likely = [name for name, one in zip(names, like, strict=True) if not shown and (name.sure > 0.85 or one >= least)]
    yield from (Span(name.start, name.end) for name in called or likely)


def _by_event(question: Question) -> Iterator[Span]:
    """The sentence most like the question, and others about as like it that give another day than those before."""
    reading, best, days = question.reading, max(question.likeness, default=0.0), set[str]()
    for sentence in question.sentences:
        dates = [one.iso for one in standing_in(sentence.span, reading.dates) if one != reading.own_date]
        if dates and dates[0] not in days and question.likeness[sentence.number] >= max(0.01, _LEAST_OF_BEST * best):
            days.add(dates[0])
            yield sentence.span
    if not days and best > 0:
        yield question.sentences[question.likeness.index(best)].span


def _about(entity: Entity, names: Iterable[str], reading: Reading) -> tuple[Sentence, ...]:
    """The sentences from each that mentions the entity to another's turn, cut where it has both; of a sole one, all."""
    others = [name for name in names if not _is_part(name, entity.text) and not _is_part(entity.text, name)]
    if names and not others:
        return reading.sentences
    own = _spans(entity.text, reading) or _spans(entity.quote, reading)
    theirs = sorted(span for name in others for span in _spans(name, reading))
    kept, current = list[Sentence](), False
    for sentence in reading.sentences:
        mine, taken = standing_in(sentence.span, own), standing_in(sentence.span, theirs)
        current = bool(mine) or (current and not taken)
        if mine and taken:
            start = mine[0].start if taken[0].start < mine[0].start else sentence.span.start
            end = min((span.start for span in taken if span.start > mine[0].start), default=sentence.span.end)
            sentence = sentence.part(Span(start, end))
        kept += [sentence] if current else []
    return tuple(kept)


def _is_part(name: str, of: str) -> bool:
    return set(name.casefold().split()) <= set(of.casefold().split())


def _spans(name: str, reading: Reading) -> list[Span]:
    """Where the passage has the name, or its last word by itself: "Smith" for "John Smith"."""
    words = name.split()
    last = [words[-1:]] if 1 < len(words) < 4 and words[-1][:1].isupper() and len(words[-1]) > 3 else []
    forms = "|".join(r"\s+".join(map(regex.escape, form)) for form in [words, *last] if form)
    return (
        [Span(*match.span()) for match in regex.finditer(rf"(?<!\w)(?:{forms})(?!\w)", reading.text)] if forms else []
    )
