"""The built-in engine's description of documents: by the signs of their kind, and by titles that they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import regex

from coderai.services.copilot.domain.describing.description import Description, Told
from coderai.services.copilot.domain.describing.kinds import KINDS, TITLES, Kind
from coderai.services.copilot.domain.proposal import SourceQuote
from coderai.services.copilot.domain.sample import SampledDocument

_SIGNS = 2
"""Signs of a kind that make a document one of it."""
_SHARE = 0.5
"""Of the sample, from which on the corpus is of a kind, or shares a title."""
_QUOTES = 3
_LONGEST_QUOTE = 120
_TITLE_LINES = 6
_TITLE_PART = regex.compile(r"[^\d,;:.()|–—\n]+")
_TITLE_WORDS = range(2, 9)

_Seen = tuple[str, str]
"""What a sign is called, and the document's words."""


def describe(documents: Sequence[SampledDocument]) -> Description:
    """What most documents of the sample are by their form; nothing is guessed from what they are about."""
    kind = _kind(documents)
    title = _title(documents)
    return Description(
        domain=_of_kind(kind[0].domain, kind[0], kind[1], documents) if kind else None,
        document_type=title or (_of_kind(kind[0].document_type, kind[0], kind[1], documents) if kind else None),
    )


def _kind(documents: Sequence[SampledDocument]) -> tuple[Kind, Mapping[str, Sequence[_Seen]]] | None:
    """The kind that most documents are of, with their signs by document id; None when less than half are of one."""
    best: tuple[Kind, dict[str, list[_Seen]]] | None = None
    for kind in KINDS:
        seen = {one.id: list(_signs(kind, one)) for one in documents}
        having = {id_: signs for id_, signs in seen.items() if len(signs) >= _SIGNS}
        if len(having) > (len(best[1]) if best else 0):
            best = kind, having
    return best if best and len(best[1]) >= _SHARE * len(documents) else None


def _signs(kind: Kind, document: SampledDocument) -> Iterator[_Seen]:
    for name, sign in kind.signs.items():
        if found := sign.search(document.text):
            yield name, _line_at(document.text, found.end() - 1)


def _line_at(text: str, at: int) -> str:
    """The line in which a character stands, or so much of it before and after that character as a quote has."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    end = len(text) if end < 0 else end
    first = start if end - start <= _LONGEST_QUOTE else max(start, at - _LONGEST_QUOTE // 2)
    return text[first : min(end, first + _LONGEST_QUOTE)].strip()


def _of_kind(
    value: str, kind: Kind, having: Mapping[str, Sequence[_Seen]], documents: Sequence[SampledDocument]
) -> Told:
    names = Counter(name for signs in having.values() for name, _ in signs)
    seen = ", ".join(f"{name} ({count})" for name, count in names.most_common())
    reason = f"{len(having)} of {len(documents)} documents of the sample read like {kind.document_type}: {seen}."
    shown = ((one, words) for one in documents for _, words in having.get(one.id, ())[:1])
    return Told(value, reason, tuple(islice(_quotes(shown), _QUOTES)))


def _title(documents: Sequence[SampledDocument]) -> Told | None:
    """What documents call themselves in their first lines, where at least half, and two, do so in the same words."""
    seen: dict[str, dict[str, str]] = {}
    for document in documents:
        for words in _title_parts(document):
            seen.setdefault(words.casefold(), {}).setdefault(document.id, words)
    shared = {title: by for title, by in seen.items() if len(by) >= max(2, _SHARE * len(documents))}
    if not shared:
        return None
    title = max(shared, key=lambda one: (len(shared[one]), len(one)))
    by = shared[title]
    reason = f"{len(by)} of {len(documents)} documents of the sample bear the title “{next(iter(by.values()))}”."
    shown = ((one, by[one.id]) for one in documents if one.id in by)
    return Told(title, reason, tuple(islice(_quotes(shown), _QUOTES)))


def _title_parts(document: SampledDocument) -> Iterator[str]:
    """The parts of the first lines that are worded as titles, without numbers, dates and what follows a comma."""
    lines = [line for line in document.text[:2_000].splitlines() if line.strip()][:_TITLE_LINES]
    for line in lines:
        for part in _TITLE_PART.findall(line):
            words = " ".join(part.split())
            if len(words.split()) in _TITLE_WORDS and TITLES.search(words):
                yield words


def _quotes(shown: Iterator[tuple[SampledDocument, str]]) -> Iterator[SourceQuote]:
    return filter(None, (document.find(words) for document, words in shown if words.strip()))
