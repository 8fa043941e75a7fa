"""Finds the entities that a passage speaks of: by a pattern, as rows or list items, as names, or as events."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import regex

from coderai.codebook.codebook import Codebook
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable, VariableType
from coderai.engines.calls import Entity
from coderai.engines.offline.names import Name, find_names
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import Reading, Sentence, standing_in
from coderai.engines.offline.texts import NAMES, kind_of
from coderai.engines.offline.words import stems
from coderai.language.sentences import Span

_PATTERN_SECONDS = 1.0
_EXPRESSION = regex.compile(r"/(?P<pattern>.+)/(?P<flags>[isx]*)", regex.DOTALL)
_ITEM = regex.compile(
    r"(?m)^[ \t]*(?:[-*•–]|\(?\d{1,3}[.)])[ \t]+"
    r"(?P<item>(?P<name>\S[^\n]*?)(?:\s[-–—]\s|[:;|\t(]|[,.]\s|\s{3}|$).*)"
)
_EXAMPLE = regex.compile(r"[\"“](\w+) ")
_LAYOUT = frozenset(stems("list listed row table item line entry record"))
_LEAST_OF_BEST = 0.5


def identify(codebook: Codebook, reading: Reading) -> dict[str, Span]:
    """Finds what the codebook's unit describes, each once, by its name, in order of first mention.

    A unit's pattern between slashes, as in `/^Case (.+):/i`, is a regular expression whose first group, or else whole
    match, is the entity; `^` and `$` are a line's start and end.
    """
    found: dict[str, Span] = {}
    for at, name in _mentions(codebook, reading):
        text = " ".join(reading.text[slice(*name)].split())[:80].strip()
        if text and not any(_is_part(text, known) for known in found):
            found[text] = at
    return found


def about(entity: Entity, codebook: Codebook, reading: Reading) -> tuple[Sentence, ...]:
    """Gives the sentences about one entity: those that mention it and those after them until another one's turn.

    A sentence that names several is cut, so that each has the words from its own name to the next; all sentences are
    about the only entity of a passage.
    """
    names = identify(codebook, reading)
    others = [name for name in names if not _is_part(name, entity.text) and not _is_part(entity.text, name)]
    if names and not others:
        return reading.sentences
    own = _spans(entity.text, reading) or _spans(entity.quote, reading)
    theirs = sorted(span for name in others for span in _spans(name, reading))
    kept: list[Sentence] = []
    current = False
    for sentence in reading.sentences:
        mine, taken = standing_in(sentence.span, own), standing_in(sentence.span, theirs)
        current = bool(mine) or (current and not taken)
        if mine and taken:
            start = mine[0].start if taken[0].start < mine[0].start else sentence.span.start
            end = min((span.start for span in taken if span.start > mine[0].start), default=sentence.span.end)
            sentence = sentence.part(Span(start, end))
        kept += [sentence] if current else []
    return tuple(kept)


def _mentions(codebook: Codebook, reading: Reading) -> Iterable[tuple[Span, Span]]:
    """Where entities are mentioned, each with where its name stands."""
    pattern = codebook.unit.entity_identification_pattern.strip()
    if expression := _EXPRESSION.fullmatch(pattern):
        return _by_pattern(f"(?m{expression['flags']}){expression['pattern']}", reading.text)
    described = Variable("", f"{pattern} {codebook.unit.row_is}", VariableType.TEXT, PromptVersion("", 0, "", 0.0, 0))
    question = Question(described, reading, reading.sentences)
    listed = list(_in_layout(question))
    if len(listed) > 1:
        return listed
    if (kind := kind_of(question)) not in NAMES:
        return _by_event(question)
    shown = frozenset(stem for word in _EXAMPLE.findall(pattern) for stem in stems(word))
    return _by_name(question, NAMES[kind], shown, shown.union(stems(codebook.unit.row_is)[:1]))


def _by_pattern(pattern: str, text: str) -> Iterator[tuple[Span, Span]]:
    try:
        matches = list(regex.finditer(pattern, text, timeout=_PATTERN_SECONDS))
    except (regex.error, TimeoutError):
        return
    for match in matches:
        group = 1 if match.re.groups and match[1] else 0
        yield Span(*match.span(group)), Span(*match.span(group))


def _in_layout(question: Question) -> Iterator[tuple[Span, Span]]:
    """Rows, if they or the head of a column are asked for, by the cell below that head; else the items of a list."""
    text, layout = question.reading.text, question.asked & _LAYOUT
    cells = [label for label in question.reading.labels if label.row]
    fitting = [cell for cell in cells if not question.asked.isdisjoint(stems(text[slice(*cell.label)]))]
    for cell in fitting or [cell for cell in cells if layout and cell.row and cell.row.start == cell.value.start]:
        yield cell.row or cell.value, cell.value
    for match in _ITEM.finditer(text) if layout and not cells else ():
        yield Span(*match.span("item")), Span(*match.span("name"))


def _by_name(
    question: Question, kind: int, shown: frozenset[str], heads: frozenset[str]
) -> Iterator[tuple[Span, Span]]:
    """Names of the kind, in sentences about as like the question as the likest.

    Where some begin with a word that says what they are, or stand after one ("MV Corvina", "the vessel Corvina"), only
    these; no others where the pattern shows how they are called, in quotation marks.
    """
    sentence_at, likeness = question.reading.sentence_at, question.likeness
    names = [name for name in find_names(question.reading.text) if name.evidence[kind] >= 0.5]
    called = []
    for name in names:
        words = sentence_at(name.start).words
        at = bisect_left(words, name.start, key=lambda word: word.start)
        called += [name] if any(word.stem in heads for word in words[max(0, at - 1) : at + 1]) else []
    least = _LEAST_OF_BEST * max((likeness[sentence_at(name.start).number] for name in names), default=0.0)

    def likely(name: Name) -> bool:
        return name.evidence[kind] >= 0.85 or likeness[sentence_at(name.start).number] >= least

    for name in called or [name for name in names if likely(name) and not shown]:
        yield Span(name.start, name.end), Span(name.start, name.end)


def _by_event(question: Question) -> Iterator[tuple[Span, Span]]:
    """The sentence most like the question, and others about as like it that give another day than those before."""
    reading, best = question.reading, max(question.likeness, default=0.0)
    days: set[str] = set()
    for sentence in question.sentences:
        dates = [date.iso for date in standing_in(sentence.span, reading.dates) if date != reading.own_date]
        if dates and dates[0] not in days and question.likeness[sentence.number] >= max(0.01, _LEAST_OF_BEST * best):
            days.add(dates[0])
            yield sentence.span, sentence.span
    if not days and best > 0:
        likest = reading.sentences[question.likeness.index(best)].span
        yield likest, likest


def _is_part(name: str, of: str) -> bool:
    return set(name.casefold().split()) <= set(of.casefold().split())


def _spans(name: str, reading: Reading) -> list[Span]:
    """Where the passage has the name, or its last word by itself: "Smith" for "John Smith"."""
    words = name.split()
    last = [words[-1:]] if 1 < len(words) < 4 and words[-1][:1].isupper() and len(words[-1]) > 3 else []
    forms = [r"\s+".join(map(regex.escape, form)) for form in [words, *last] if form]
    pattern = rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)"
    return [Span(*match.span()) for match in regex.finditer(pattern, reading.text)] if forms else []
