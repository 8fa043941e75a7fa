"""Finds what stands over a document: its title, and the organisation whose paper it is written on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import regex

from coderai.engines.offline.candidates import LONGEST_QUOTE, Candidate
from coderai.engines.offline.names import begins_with_legal_form, names_organisation
from coderai.engines.offline.question import Question
from coderai.engines.offline.words import stem_set
from coderai.language.sentences import Span

_HEAD, _HEAD_LINES = 1000, 12
_LONGEST_NAME, _NAME_WORDS, _TITLE_WORDS = 60, 8, 15
_LINE = regex.compile(r"[^\n]*\p{L}[^\n]*")
_GAP = regex.compile(r"\s{3,}|(?<=\p{Lu}{2}\s)(?=THIS\ |This\ )")
_CAPITALS = regex.compile(r"(?<!\p{L})\p{Lu}[\p{Lu}&'-]+(?:\ (?:\p{Lu}[\p{Lu}&'-]+|&)){1,11}(?!\p{L})")
_NOT_A_TITLE = regex.compile(
    r"(?i)(?:exhibit|appendix|annex|source|page|table of contents|draft|confidential|copy)\b|\W*\d|http|www|[^\p{L}]*$"
)
_REGISTRATION = regex.compile(r"\s\([^)]*\d[^)]*\)\W*$")


def find_title(question: Question) -> Iterator[Candidate]:
    """Finds lines that could be the title; those that say what kind of document it is before others."""
    for rank, at in enumerate(_headings(question.reading.text)):
        line = question.text(at)
        words = line.split()
        if len(words) > _TITLE_WORDS or not question.covers(at) or _NOT_A_TITLE.match(line):
            continue
        capital = sum(word[:1].isupper() for word in words) / len(words)
        fitting = not question.cues.about.isdisjoint(stem_set(line))
        yield Candidate(line, at, (0.3 + 0.2 * capital + 0.25 * fitting) / (1 + rank / 15), "heads the document")


def find_letterhead(question: Question) -> Iterator[Candidate]:
    """Finds lines near the top that could be an organisation's name, two where the name is broken."""
    text = question.reading.text
    lines = [line for line in _first_lines(text) if line.end - line.start <= _LONGEST_NAME and question.covers(line)]
    for rank, line in enumerate(lines):
        words = text[slice(*line)]
        if not _could_be_name(words):
            continue
        above = lines[rank - 1] if rank else line
        broken = begins_with_legal_form(words) and not names_organisation(text[slice(*above)])
        unclosed = words.count("(") > words.count(")")
        at = Span(above.start if broken else line.start, lines[min(rank + unclosed, len(lines) - 1)].end)
        if trailing := _REGISTRATION.search(text, *at):
            at = Span(at.start, trailing.start())
        score = 0.75 if names_organisation(text[slice(*at)]) else 0.4
        yield Candidate(question.text(at), at, score / (1 + rank / 20), "heads the document")


def _could_be_name(line: str) -> bool:
    """Whether the line is a few words, most of them with a capital if they can have one, and no label or sentence."""
    words = [word for word in line.split() if word[0].isalpha()]
    small = sum(word[0].islower() for word in words)
    a_few = 0 < len(words) <= _NAME_WORDS and small <= len(words) / 3
    return a_few and ":" not in line and line[0] != "(" and line[-1] not in ".!?。"


def _headings(text: str) -> Iterator[Span]:
    """The first lines, each as far as the first wide gap; then runs of capitals near the top."""
    for line in _first_lines(text):
        gap = _GAP.search(text, *line)
        yield Span(line.start, min(gap.start() if gap else line.end, line.start + LONGEST_QUOTE))
    yield from (Span(*match.span()) for match in _CAPITALS.finditer(text, 0, _HEAD))


def _first_lines(text: str) -> Iterator[Span]:
    for match in islice(_LINE.finditer(text), _HEAD_LINES):
        start = match.end() - len(match.group().lstrip())
        yield Span(start, start + len(match.group().strip()))
