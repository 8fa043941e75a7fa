"""What a row could stand for, from what repeats within a document: fields, headings, dates that open a paragraph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import regex

from coderai.engines.offline.reading import Reading
from coderai.language.dates import find_dates
from coderai.language.sentences import Span
from coderai.services.copilot.domain.offline.corpus import Corpus, claims_of, quoted, read_corpus, says
from coderai.services.copilot.domain.offline.traits import Kind, traits
from coderai.services.copilot.domain.offline.word_lists import PARTS
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import UnitIdea

_SHARE = 0.5
"""Of the documents in which something must repeat."""
_LEAST = 2
"""Times that it must stand in a document."""
_HEADING = regex.compile(
    r"(?m)^\W{0,4}(?P<word>\p{Lu}\p{L}{2,20})\s+(?:No\.?\s*|#\s*)?(?:\d{1,4}|[IVX]{1,5})\b[:.)\s–-]"
)
_ANY_DAY = date(2000, 1, 1)
"""Stands for the year of a day that is told without one."""
_EACH = regex.compile(
    r"(?i)\b(?:each|every|jede[rsn]?|cada|chaque|ogni)\s+(?P<row>\p{L}[\p{L}-]+)(?=\s+(?:counts?|is|stands|zählt|ist|cuenta|es|compte|est)\b|\W*$)"
)
"""A thing that a researcher counts."""
_BEFORE_DATE = regex.compile(
    r"(?:^|\n)[^\S\n]*(?:(?:on|am|el|le|il|em|op)\s+)?(?:the\s+(?:night|morning|evening|afternoon)\s+of\s+)?$", regex.I
)


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Something that stands in a document several times: each occurrence is one row's."""

    what: str
    places: Sequence[Span]


def units(question: Question) -> Iterator[UnitIdea]:
    """One suggestion: what the hint counts, else what repeats in half of the documents, else one row a document."""
    corpus = read_corpus(question.documents)
    for idea in (_by_hint(question.hint, corpus), _by_field(corpus), _by_heading(corpus), _by_date(corpus)):
        if idea is not None:
            yield idea
            return
    yield _single(corpus)


def _by_hint(hint: str, corpus: Corpus) -> UnitIdea | None:
    """Rows that the researcher's own words count, as in "every protest counts by itself"."""
    counted = _EACH.search(hint)
    if counted is None:
        return None
    row, places = counted["row"], dict[str, str]()
    for document, reading, sentence in corpus.sentences():
        if says(row) & {word.stem for word in sentence.words}:
            places.setdefault(document, reading.text[slice(*sentence.span)])
    if not places:
        return None
    told = f"You count each {row} by itself. {corpus.seen_in(places)}"
    return UnitIdea(f"one {row}", True, " ".join(hint.split()), told, claims_of(places))


def _by_field(corpus: Corpus) -> UnitIdea | None:
    """Rows that begin with the same field, as in "Vessel: MV Corvina"."""
    repeated = {name: _fields(reading) for name, reading in corpus.readings.items()}
    what = _common(repeated, corpus)
    if not what:
        return None
    pattern = rf"/^\W*{_escaped(what)}\s*[:：]\s*(.+)$/i"
    told = f"The field “{what}” stands several times in a document: each is a row."
    return _several(corpus, repeated, what, what.lower(), pattern, told)


def _by_heading(corpus: Corpus) -> UnitIdea | None:
    """Rows that have numbered headings, as in "Case 12"."""
    repeated = {name: _headings(reading) for name, reading in corpus.readings.items()}
    what = _common(repeated, corpus)
    if not what:
        return None
    told = f"Headings such as “{what} 1”, “{what} 2” divide a document: each is a row."
    pattern = rf"/^\W*({_escaped(what)}\s+(?:No\.?\s*|#\s*)?[0-9IVX]+\b)/i"
    return _several(corpus, repeated, what, what.lower(), pattern, told)


def _by_date(corpus: Corpus) -> UnitIdea | None:
    """Rows of which each is told in a paragraph, or a line of a table, that opens with its own day."""
    repeated = {name: _dated(reading) for name, reading in corpus.readings.items()}
    if not _common(repeated, corpus):
        return None
    told = "Paragraphs or lines of a document open with different days: each tells of an event of its own."
    pattern = "Every event that the document tells under a day of its own; one that is told twice is one event."
    return _several(corpus, repeated, "date", "event with a day of its own", pattern, told)


def _several(
    corpus: Corpus, repeated: dict[str, list[_Repeated]], what: str, row: str, pattern: str, told: str
) -> UnitIdea:
    places = {
        name: quoted(corpus.readings[name], one.places[0])
        for name, found in repeated.items()
        for one in found
        if one.what == what
    }
    return UnitIdea(f"one {row}", True, pattern, f"{told} {corpus.seen_in(places)}", claims_of(places))


def _single(corpus: Corpus) -> UnitIdea:
    """One row a document: the event that it is about, where documents are about events."""
    events = {
        name: next((trait.quote for trait in traits(reading) if trait.kind is Kind.EVENT), "")
        for name, reading in corpus.readings.items()
    }
    events = {name: quote for name, quote in events.items() if quote}
    told = "No field, heading or opening date stands several times in most documents, so that a document is one row."
    if events and len(events) >= _SHARE * len(corpus):
        row = "one event, the one that the document is mainly about"
        return UnitIdea(row, False, "", f"{told} They tell of events. {corpus.seen_in(events)}", claims_of(events))
    firsts = {
        name: reading.text[slice(*reading.sentences[0].span)]
        for name, reading in corpus.readings.items()
        if reading.sentences
    }
    return UnitIdea("one document", False, "", told, claims_of(firsts, 2))


def _common(repeated: dict[str, list[_Repeated]], corpus: Corpus) -> str:
    """What repeats in most documents, and in at least half of them; empty when nothing does."""
    counts = Counter(one.what for found in repeated.values() for one in found)
    what, many = counts.most_common(1)[0] if counts else ("", 0)
    return what if many >= max(1, _SHARE * len(corpus)) else ""


def _fields(reading: Reading) -> list[_Repeated]:
    """Labels with a colon that stand several times with different values, the first of a document's before others."""
    found: dict[str, list[tuple[str, Span]]] = {}
    for label in reading.labels:
        what = reading.words_at(label.label)
        if reading.text[label.label.end : label.value.start].strip() in (":", "："):
            found.setdefault(what, []).append((reading.words_at(label.value), Span(label.label.start, label.value.end)))
    return [
        _Repeated(what, [at for _, at in stated])
        for what, stated in found.items()
        if len({value for value, _ in stated}) >= _LEAST
    ]


def _headings(reading: Reading) -> list[_Repeated]:
    found: dict[str, dict[str, Span]] = {}
    for match in _HEADING.finditer(reading.text):
        if match["word"].lower() not in PARTS:
            found.setdefault(match["word"], {}).setdefault(match.group(), Span(*match.span()))
    return [_Repeated(what, list(places.values())) for what, places in found.items() if len(places) >= _LEAST]


def _dated(reading: Reading) -> list[_Repeated]:
    days = {
        day.iso: Span(day.start, day.end)
        for day in reversed(find_dates(reading.text, reading.language, _ANY_DAY))
        if len(day.iso) > len("2021-03") and (reading.own_date is None or day.start != reading.own_date.start)
        if _BEFORE_DATE.search(reading.text, max(0, day.start - 40), day.start)
    }
    return [_Repeated("date", sorted(days.values()))] if len(days) >= _LEAST else []


def _escaped(what: str) -> str:
    """The words as RE2 reads them, whatever blanks stand between them."""
    return r"\s+".join(regex.escape(word, special_only=True) for word in what.split())
