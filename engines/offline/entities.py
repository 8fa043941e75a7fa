"""Finds the entities that a passage speaks of: by a pattern, as rows or list items, as names, or as events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import regex

from coderai.codebook.codebook import Codebook
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable, VariableType
from coderai.engines.calls import Entity
from coderai.engines.offline.candidates import quote
from coderai.engines.offline.cues import cues_of
from coderai.engines.offline.labels import find_rows
from coderai.engines.offline.lexicon import LAYOUT_WORDS
from coderai.engines.offline.names import NameKind, find_names
from coderai.engines.offline.question import Question
from coderai.engines.offline.reading import Reading, Sentence, standing_in
from coderai.engines.offline.text_kinds import NAME_KINDS, asks_only_kind, kind_of
from coderai.engines.offline.words import stem_set
from coderai.language.sentences import Span

MOST_ENTITIES = 200
"""Entities of one reply at most; the rest are for a call that names these as known."""

_LONGEST_TEXT = 80
_LEAST_EVIDENCE = 0.6
_LEAST_RELEVANCE = 0.3
_PATTERN_SECONDS = 1.0
_EXPRESSION = regex.compile(r"/(?P<pattern>.+)/(?P<flags>[isx]*)", regex.DOTALL)
_ITEM = regex.compile(r"(?m)^[ \t]*(?:[-*•–▪◦]|\(?\d{1,3}[.)]|\(?\p{Ll}\))[ \t]+(?P<item>\S[^\n]*)")
_ITEM_END = regex.compile(r"\s[-–—]\s|[:;|\t(]|,\s|\.\s|\s{3,}")


class Mention(NamedTuple):
    """Where the passage first speaks of an entity, and what it is called."""

    at: Span
    text: str


def identify(codebook: Codebook, reading: Reading, known: Collection[str]) -> tuple[Entity, ...]:
    """Finds what the codebook's unit describes, in order of first mention, each once, and those that are known not.

    A unit's pattern between slashes, as in `/^Case (.+):/i`, is a regular expression whose first group, or else whole
    match, is the entity; `^` and `$` are a line's start and end.
    """
    found = [mention for mention in _find_mentions(codebook, reading) if mention.text not in known]
    return tuple(Entity(mention.text, quote(reading, mention.at)) for mention in found)


def about(entity: Entity, codebook: Codebook, reading: Reading) -> tuple[Sentence, ...]:
    """Gives the sentences about one entity: those that mention it and those after them until another one's turn.

    A sentence that names several is cut, so that each has the words from its own name to the next.
    """
    own = _spans(entity.text, reading) or _quoted(entity, reading)
    others = [mention.text for mention in _find_mentions(codebook, reading) if not _same(mention.text, entity.text)]
    theirs = sorted(span for text in others for span in _spans(text, reading))
    kept: list[Sentence] = []
    current = False
    for sentence in reading.sentences:
        mine, taken = standing_in(sentence.span, own), standing_in(sentence.span, theirs)
        current = bool(mine) or (current and not taken)
        if current:
            kept.append(_cut(sentence, mine[0], taken) if mine else sentence)
    return tuple(kept)


def _find_mentions(codebook: Codebook, reading: Reading) -> list[Mention]:
    pattern = codebook.unit.entity_identification_pattern.strip()
    if expression := _EXPRESSION.fullmatch(pattern):
        return _distinct(_by_pattern(f"(?m{expression['flags']}){expression['pattern']}", reading.text))
    asked = Variable("", f"{pattern} {codebook.unit.row_is}", VariableType.TEXT, PromptVersion("", 0, "", 0.0, 0))
    question = Question(asked, cues_of(asked, frozenset()), reading, reading.sentences)
    listed = list(_in_table(question)) or list(_in_list(question))
    if len(listed) > 1:
        return _distinct(listed)
    kind = kind_of(asked)
    return _distinct(_by_name(question, NAME_KINDS[kind]) if kind in NAME_KINDS else _by_event(question))


def _by_pattern(pattern: str, text: str) -> Iterator[Mention]:
    try:
        matches = list(regex.finditer(pattern, text, timeout=_PATTERN_SECONDS))
    except (regex.error, TimeoutError):
        return
    for match in matches:
        group = 1 if match.re.groups and match[1] else 0
        yield Mention(Span(*match.span(group)), match[group])


def _in_table(question: Question) -> Iterator[Mention]:
    """Rows, if rows are asked for or the head of a column says what is; the entity is the cell below that head."""
    text, asked = question.reading.text, question.cues.asked
    for row in find_rows(text):
        fitting = [not asked.isdisjoint(stem_set(text[slice(*head)])) for head in row.heads]
        if any(fitting) or asked & LAYOUT_WORDS:
            named = row.cells[fitting.index(True) if any(fitting) else 0]
            yield Mention(Span(row.cells[0].start, row.cells[-1].end), text[slice(*named)])


def _in_list(question: Question) -> Iterator[Mention]:
    if question.cues.asked.isdisjoint(LAYOUT_WORDS):
        return
    text = question.reading.text
    for match in _ITEM.finditer(text):
        start, end = match.span("item")
        stop = _ITEM_END.search(text, start + 1, end)
        yield Mention(Span(start, end), text[start : stop.start() if stop else end])


def _by_name(question: Question, kind: NameKind) -> Iterator[Mention]:
    """Names of the kind; where more is asked, only those in sentences that speak of it, if there are such."""
    reading = question.reading
    names = [name.span for name in find_names(reading.text) if name.evidence[kind] >= _LEAST_EVIDENCE]
    relevance = {at: question.sentence_score(reading.sentence_at(at.start)) for at in names}
    most = max(relevance.values(), default=0.0)
    least = 0.0 if most < _LEAST_RELEVANCE or asks_only_kind(question.variable, question.cues) else _LEAST_RELEVANCE
    return (Mention(at, reading.text[slice(*at)]) for at in names if relevance[at] >= least)


def _by_event(question: Question) -> Iterator[Mention]:
    """Sentences that say what is asked and when: the first of a day tells of an event, the next may tell more of it."""
    days: set[str] = set()
    for sentence in question.sentences:
        dates = standing_in(sentence.span, question.reading.dates)
        if dates and dates[0].iso not in days and question.sentence_score(sentence) >= _LEAST_RELEVANCE:
            days.add(dates[0].iso)
            yield Mention(sentence.span, question.reading.text[slice(*sentence.span)])


def _distinct(mentions: Iterable[Mention]) -> list[Mention]:
    """Each entity once, at its first mention; a part of a name that was mentioned before is that name again."""
    kept: list[Mention] = []
    for mention in mentions:
        text = " ".join(mention.text.split())[:_LONGEST_TEXT].strip()
        if text and not any(_is_part(text, known.text) for known in kept):
            kept.append(Mention(mention.at, text))
    return kept


def _same(one: str, other: str) -> bool:
    return _is_part(one, other) or _is_part(other, one)


def _is_part(name: str, of: str) -> bool:
    return set(name.casefold().split()) <= set(of.casefold().split())


def _quoted(entity: Entity, reading: Reading) -> list[Span]:
    start = reading.text.find(entity.quote) if entity.quote else -1
    return [Span(start, start + len(entity.quote))] if start >= 0 else []


def _spans(name: str, reading: Reading) -> list[Span]:
    """Where the passage has the name, or its last word by itself: "Smith" for "John Smith"."""
    words = name.split()
    last = [words[-1:]] if 1 < len(words) < 4 and words[-1][:1].isupper() and len(words[-1]) > 3 else []
    forms = [r"\s+".join(map(regex.escape, form)) for form in [words, *last] if form]
    if not forms:
        return []
    return [Span(*match.span()) for match in regex.finditer(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", reading.text)]


def _cut(sentence: Sentence, mine: Span, theirs: Iterable[Span]) -> Sentence:
    before = any(span.start < mine.start for span in theirs)
    end = min((span.start for span in theirs if span.start > mine.start), default=sentence.span.end)
    return sentence.part(Span(mine.start if before else sentence.span.start, end))
