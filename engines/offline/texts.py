"""Finds the values of TEXT variables: what a label names, a name, an address, a code, a title, or else a clause."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import regex

from coderai.engines.offline import names
from coderai.engines.offline.labels import strip
from coderai.engines.offline.question import Candidate, Question
from coderai.engines.offline.reading import standing_in
from coderai.engines.offline.words import stems
from coderai.language.sentences import Span

LONGEST = 200
"""Code points of a value or a quote at most."""
_NAMED = 0.5
"""How well a sentence fits that has all the words of the name."""
_KINDS = {
    "clause": "summary describe description reason why how quote statement demand motive explain cause",
    "email": "email mail",
    "url": "url website web link homepage",
    "phone": "phone telephone mobile fax tel",
    "address": "address",
    "code": "number id code reference ref identifier iban bic sku serial docket registration license",
    "title": "title headline heading document",
    "place": "where location city country place town village district province region state county law",
    "organisation": "company organisation organization organiser organizer firm vendor seller supplier merchant"
    " issuer issued employer institution agency bank party parties customer client buyer shop publisher unternehmen",
    "name": "who whom name actor group product person author victim suspect patient doctor judge speaker nombre nom",
}
_STEMS = {
    kind: frozenset(form for word in words.split() for form in (word, *stems(word))) for kind, words in _KINDS.items()
}
NAMES = {"place": names.PLACE, "organisation": names.ORGANISATION, "name": names.ANY}
_CODES = {
    "email": regex.compile(r"[\w.+-]++@[\w-]++(?:\.[\w-]++)+"),
    "url": regex.compile(r"(?:https?://|www\.)[^\s<>\"')]++"),
    "phone": regex.compile(r"(?<![\w.])[+(]?\d[\d ()./-]{5,18}\d(?![\w.])"),
    "code": regex.compile(r"(?<![\p{L}\p{N}])(?=[\p{L}/._#-]{0,12}\p{N})[\p{L}\p{N}#][\p{L}\p{N}/._-]{1,30}"),
}
_LETTERHEADS = frozenset(
    stems("company firm vendor seller supplier merchant issuer issued employer shop store business")
)
_AMOUNT = regex.compile(r"[\d.,]+[.,]\d\d?|\d{1,2}")
_BETWEEN_TITLES = regex.compile(r"\s{3,}|(?i:\bexhibit \S+)\s*|(?<=\p{Lu}{2}) (?=THIS |This )")
_NOT_A_TITLE = regex.compile(
    r"(?i)(?:exhibit|appendix|annex|source|page|draft|confidential|copy)\b|\W*\d|http|www|[^\p{L}]"
)


def kind_of(question: Question) -> str:
    """Gives the kind of text that the name asks for, or the instructions; a clause if neither does."""
    for described in (question.named, question.variable.instructions):
        words = {form for word in regex.findall(r"\p{L}+", described.lower()) for form in (word, *stems(word))}
        if found := next((kind for kind, known in _STEMS.items() if words & known), ""):
            return found
    return "clause"


def find_texts_for(question: Question) -> Iterator[Candidate]:
    """Finds the stretches of the passage that answer the variable, as the passage has them."""
    kind, reading = kind_of(question), question.reading
    for label in reading.labels:
        score = question.label_score(label)
        at = _of_kind(question, kind, label.value) if score >= 0.5 and question.covers(label.value) else None
        if at and at.end - at.start <= LONGEST:
            yield _candidate(question, at, score, "labelled")
    if kind in NAMES:
        yield from _names(question, kind)
    elif kind in _CODES:
        yield from _codes(question, kind)
    elif kind == "address":
        found = (at for at in names.find_addresses(reading.text) if question.covers(at))
        yield from (
            _candidate(question, at, 0.6 / (1 + n / 5), "has the form of an address") for n, at in enumerate(found)
        )
    elif kind == "title":
        yield from _titles(question) if reading.opens_document else ()
    elif best := question.likest(_NAMED):
        at = strip(reading.text, best.span.start, min(best.span.end, best.span.start + LONGEST)) or best.span
        yield _candidate(question, at, question.fit(best, _NAMED), "most like what is asked")


def _candidate(question: Question, at: Span, score: float, why: str) -> Candidate:
    return Candidate(question.reading.words_at(at), at, score, why)


def _of_kind(question: Question, kind: str, value: Span) -> Span | None:
    """The part of a label's value that is of the kind, if any is."""
    if kind in _CODES:
        return next(_codes_in(question, kind, value), None)
    return value if kind not in NAMES or regex.search(r"\p{L}{2}", question.reading.words_at(value)) else None


def _names(question: Question, kind: str) -> Iterator[Candidate]:
    """Names of the kind, by their sentences; the letterhead, where the document's own is asked for."""
    reading, rank = question.reading, 0
    own = reading.opens_document and question.only_asks(frozenset[str]().union(*map(_STEMS.__getitem__, NAMES)))
    if own and not question.several and question.asked & _LETTERHEADS:
        yield from _letterhead(question)
    for sentence in question.sentences:
        found = names.find_places(sentence, reading.text) if kind == "place" else []
        for name in sorted(found + standing_in(sentence.span, names.find_names(reading.text))):
            evidence, at = name.evidence[NAMES[kind]], Span(name.start, name.end)
            first = 0.5 / (1 + rank / 5) if own and evidence >= 0.8 else 0.0
            rank += evidence >= (0.8 if question.several else 0.5)
            like = min(1.0, 0.5 * question.near_score(sentence, at, ()) + question.likeness[sentence.number])
            yield _candidate(question, at, evidence * max(first, like), "a name in a sentence like what is asked")


def _codes(question: Question, kind: str) -> Iterator[Candidate]:
    for sentence in question.sentences:
        found = list(_codes_in(question, kind, sentence.span))
        rivals = [sentence.place(at.start) for at in found]
        for at in found:
            near = 0.8 * question.near_score(sentence, at, rivals)
            yield _candidate(question, at, near if kind == "code" else max(0.55, near), "has the form asked for")


def _codes_in(question: Question, kind: str, span: Span) -> Iterator[Span]:
    for match in _CODES[kind].finditer(question.reading.text, *span):
        dated = standing_in(Span(match.start() - 30, match.end()), question.reading.dates)
        if kind != "code" or not (_AMOUNT.fullmatch(match.group()) or any(one.end > match.start() for one in dated)):
            yield Span(*match.span())


def _lines(question: Question) -> list[Span]:
    """The first lines that have letters, without the blanks around them."""
    found = islice(regex.finditer(r"[^\n]*\p{L}[^\n]*", question.reading.text), 12)
    stripped = (strip(question.reading.text, *match.span()) for match in found)
    return [span for span in stripped if span and question.covers(span)]


def _titles(question: Question) -> Iterator[Candidate]:
    """Parts of the first lines that could be the title; those that say what the document is before others."""
    for rank, line in enumerate(_lines(question)):
        stops = (bound for match in _BETWEEN_TITLES.finditer(question.reading.text, *line) for bound in match.span())
        bounds = [line.start, *stops, line.end]
        for at in map(Span, bounds[::2], bounds[1::2]):
            words = (title := question.reading.words_at(at)).split()
            if 0 < len(title) <= LONGEST and len(words) <= 15 and not _NOT_A_TITLE.match(title):
                capital = sum(word[0].isupper() for word in words) / len(words)
                fitting = not question.context.isdisjoint(stems(title))
                yield _candidate(
                    question, at, (0.3 + 0.2 * capital + 0.25 * fitting) / (1 + rank / 15), "heads the document"
                )


def _letterhead(question: Question) -> Iterator[Candidate]:
    """Lines near the top that could be an organisation's name, two where a name is broken before its legal form."""
    text, lines = question.reading.text, _lines(question)
    for rank, (above, line) in enumerate(zip([None, *lines], lines, strict=False)):
        name = regex.sub(r"\s\([^)]*\d[^)]*\)\W*$", "", text[slice(*line)])
        broken = above and names.LEGAL_FORM.match(name) and not names.ORGANISATION_WORD.search(text, *above)
        at = Span(above.start if above and broken else line.start, line.start + len(name))
        words = [word for word in name.split() if word[0].isalpha()]
        small = sum(word[0].islower() for word in words)
        if 0 < len(words) <= 8 and len(name) <= 60 and small <= len(words) / 3 and name[0] != "(" and ":" not in name:
            organised = names.LEGAL_FORM.search(name) or names.ORGANISATION_WORD.search(name)
            yield _candidate(question, at, (0.75 if organised else 0.4) / (1 + rank / 20), "heads the document")
