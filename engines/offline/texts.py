"""Finds the values of TEXT variables: what a label names, a name, an address, a code, a title, or else a clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

import pycountry
import regex

from coderai.engines.offline.labels import strip
from coderai.engines.offline.reading import Candidate, Question
from coderai.engines.offline.words import EMPTY_WORDS, stems
from coderai.language.calendar_words import calendar_words
from coderai.language.sentences import Span

LONGEST = 200
"""Code points of a value or a quote at most."""
_NAMED = 0.5
"""How well a sentence fits that has all the words of the name."""
_KINDS = {
    "clause": "summary describe description reason why how quote statement demand motive explain cause",
    "address": "address",
    "email": "email mail",
    "url": "url website web link homepage",
    "phone": "phone telephone mobile fax tel",
    "code": "number id code reference ref identifier iban sku serial registration license",
    "title": "title headline heading document",
    "place": "where location city country place town village district province region state county law",
    "issuer": "company firm vendor seller supplier merchant issuer issued employer shop store business",
    "organisation": "organisation organization organiser organizer institution agency party parties customer publisher",
    "name": "who whom name actor group product person author victim suspect vessel",
}
_STEMS = {kind: frozenset(words.split()) | {*stems(words)} for kind, words in _KINDS.items()}
NAMES = ("place", "issuer", "organisation", "name")
_FORMS = {
    "email": r"[\w.+-]++@[\w-]++(?:\.[\w-]++)+",
    "url": r"(?:https?://|www\.)[^\s<>\"')]++",
    "phone": r"(?<![\w.])[+(]?\d[\d ()./-]{5,18}\d(?![\w.])",
    "code": r"(?<![\p{L}\p{N}])(?=[\p{L}/._#-]{0,12}\p{N})(?!(?:[\d.,]+[.,])?\d\d?\b)[\p{L}\p{N}#][\w/.-]{1,30}",
    "address": r"(?mi)^\W{0,3}(?:(?:no|lot|suite|unit|level)\b|\d{1,5}\w?[,\s]+\p{L})[^\n:]*(?:\n[^\n:]+){0,3}?\n?"
    r"[^\n:]*\b\d{5}\b[^\n:\d]*(?:\n[\p{Lu} ,.]{4,40}$)?",
}
_CAPITAL = r"(?:\p{Lu}\.(?:\ ?\p{Lu}\.)*|(?:St|Mt|Dr|Jr|Mr|Mrs|Ms)\.|[\p{Lu}\p{Lt}][\p{L}\p{M}\p{N}'’&-]*(?:\.\p{L}+)*)"
_LINK = r"(?:of|for|the|and|de|del|de la|di|da|do|dos|du|des|van|von|der|für|bin|al|el|&)"
_LEGAL = (
    r"(?:(?i:inc|ltd|limited|llc|llp|l\.l\.c|l\.p|corp|corporation|company|plc|gmbh|pty|pvt|bhd|sdn|s\.a|s\.r\.l|s\.p\.a)"
    r"|Co|CO|LP|AG|KG|SE|SA|SAS|SARL|SpA|BV|NV|AB|AS|Oy)(?!\p{L}|\.?\ ?(?:NO|No|REG|Reg)\b)"
)
_NAME = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}]){_CAPITAL}(?:\ (?:{_LINK}\ ){{0,2}}(?!{_LEGAL})(?:[dDlL]['’])?{_CAPITAL})*"
    rf"(?:,?\ {_LEGAL}\.?)*"
)
_ORGANISED = regex.compile(
    rf"(?<=\ ){_LEGAL}|(?i)\b(?:bank|universit\w+|college|school|ministry|department|institute|agency|authority|union"
    r"|party|council|committee|association|federation|league|group|enterprises?|trading|services|hospital|restaurant|hotel|mart"
    r"|stores?|shop|students|tenants|coordinadora|bündnis|verein)\b"
)
_IN = regex.compile(
    r"(?i)(?<!\p{L})(?:in|at|near|from|to|through|en|à|au|dans|por|bei|aus|nach|em|no|na|в|на|في)\s+(?:the\s+)?$"
)
_GERMAN_PLACE = regex.compile(r"(?:(?:Bad|Neu|Alt|Groß|Klein|Sankt|St\.|San|New|Los|Las) )?\S+")
"""In German all nouns have capitals: what follows a place's first word is mostly none of its name."""
_TWO = regex.compile(r"\S+ (\S+)")
_OPENS = regex.compile(r"(?:^|[.!?:\n“\"])\s*$")
_LARGE = "State|Province|Territory|Region|Emirate|Prefecture|Canton|Country|Republic|Land|Governorate"
_BETWEEN_TITLES = regex.compile(r"\s{3,}|\s\([^)\n]*\d[^)\n]*\)|(?i:\bexhibit \S+)\s*|(?<=\p{Lu}{2}) (?=THIS |This )")
_LINE = regex.compile(rf"[^\n]*\p{{L}}[^\n]*(?:\n{_LEGAL}[^\n]*)?")
_NO_HEAD = {
    "title": regex.compile(r"(?i)(?:exhibit|source|page|draft|confidential|copy)\b|[^\p{L}]|www|http"),
    "issuer": regex.compile(r".*:|\W*(?i:no|lot|tax)\b|(?:\d|\W)+$|\("),
}


class Mention(NamedTuple):
    """What has the form of a kind at text[start:end]: how surely, and what its place alone is worth; 0..1."""

    start: int
    end: int
    sure: float = 0.8
    placed: float = 0.0


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
        score, at = question.label_score(label), label.value
        if kind in _FORMS and kind != "address":
            at = next((Span(*match.span()) for match in _formed(question, kind, *at)), Span(at.end, at.end))
        value = reading.words_at(at) if score >= 0.5 and question.covers(at) and at.end - at.start <= LONGEST else ""
        if regex.search(r"\w", value):
            yield Candidate(value, at, score, "labelled")
    for mention, sentence, _, near in question.scored(sorted(_mentions(question, kind))):
        like = near if kind in _FORMS else min(1.0, 0.5 * near + question.likeness[sentence.number])
        score = max(mention.placed, mention.sure * like)
        if mention.end - mention.start <= LONGEST:
            at = Span(mention.start, mention.end)
            yield Candidate(reading.words_at(at), at, score, f"has the form of a {kind} and stands where it fits")
    score, best = question.likest(_NAMED)
    if kind == "clause" and best:
        at = strip(reading.text, best.span.start, min(best.span.end, best.span.start + LONGEST)) or best.span
        yield Candidate(reading.words_at(at), at, score, "most like what is asked")


def _mentions(question: Question, kind: str) -> Iterable[Mention]:
    """What has the form of the kind; the document's own name or title rather stands at its top."""
    reading, rank = question.reading, 0
    own = reading.opens_document and question.only_asks(frozenset[str]().union(*map(_STEMS.__getitem__, NAMES)))
    if kind in NAMES:
        for name in named(reading.text, reading.language, kind):
            yield name._replace(placed=name.sure * 0.5 / (1 + rank / 5) if own and name.sure >= 0.8 else 0.0)
            rank += name.sure >= (0.8 if question.several else 0.5)
    for rank, match in enumerate(_formed(question, kind, 0, len(reading.text))):
        least = 0.0 if kind == "code" else 0.6 / (1 + rank / 5)
        yield Mention(*match.span(), placed=least)
    if (kind == "title" and reading.opens_document) or (kind == "issuer" and own and not question.several):
        yield from _heads(question, kind)


def _formed(question: Question, kind: str, start: int, end: int) -> Iterator[regex.Match[str]]:
    """What has the form, and is no date where a code is asked for."""
    for match in regex.finditer(_FORMS[kind], question.reading.text, pos=start, endpos=end) if kind in _FORMS else ():
        dated = any(one.start < match.end() and match.start() < one.end for one in question.reading.dates)
        if kind != "code" or not dated:
            yield match


def _heads(question: Question, kind: str) -> Iterator[Mention]:
    """Parts of the first lines; those that say what the document is, or that name an organisation, before others."""
    text = question.reading.text
    for rank, line in enumerate(islice(_LINE.finditer(text), 12)):
        stops = (bound for match in _BETWEEN_TITLES.finditer(text, *line.span()) for bound in match.span())
        bounds = [line.start(), *stops, line.end()]
        for at in filter(None, (strip(text, *ends) for ends in zip(bounds[::2], bounds[1::2], strict=True))):
            words = (title := text[slice(*at)]).split()
            if len(words) <= 15 and not _NO_HEAD[kind].match(title):
                capital = sum(word[0].isupper() for word in words) / len(words)
                fits = _ORGANISED.search(title) if kind != "title" else question.context & {*stems(title)}
                yield Mention(*at, 0.0, (0.2 + 0.2 * capital + 0.35 * bool(fits)) / (1 + rank / 20))


@lru_cache(maxsize=24)
def named(text: str, language: str, kind: str) -> tuple[Mention, ...]:
    """The names in `text`: words in capitals, and of a single one that not only opens sentences."""
    small = frozenset(regex.findall(r"(?<!\p{L})\p{Ll}[\p{L}\p{M}'’-]*", text))
    calendar = calendar_words(language or "en")
    never = EMPTY_WORDS.union(calendar.months, calendar.weekdays)
    found, spans = [], [match.span() for match in _NAME.finditer(text)]
    inside = {text[slice(*at)] for at in spans if not _OPENS.search(text, max(0, at[0] - 9), at[0])}
    for start, end in spans:
        while (first := text[start:end].split(maxsplit=1)) and first[0].strip(".'’,-").lower() in never:
            start = end - len(first[1]) if len(first) > 1 else end
        if kind == "name" and not _ORGANISED.search(text, start, end):
            end = start + len(_alone(text[start:end], small))
        organised, placed = _ORGANISED.search(text, start, end), _IN.search(text, max(0, start - 30), start)
        name = text[start:end] if organised else regex.sub(r"(?:['’][sS]?|\W+)$", "", text[start:end])
        name = _GERMAN_PLACE.findall(name)[0] if placed and language[:2] == "de" and not organised else name
        if len(name) > 1 and (" " in name or name in inside or placed):
            common = 0.4 if len(name.split()) > 9 or small.issuperset(name.lower().split()) else 1.0
            place, organisation = (0.1, 0.9) if organised else (0.9, 0.3) if placed else (0.4, 0.5)
            sure = {"place": place, "organisation": organisation, "issuer": organisation, "name": 0.8}[kind]
            found.append(Mention(start, start + len(name), common * sure))
    listed = [match.span() for match in places().finditer(text) if kind == "place" and match.group()[0].isupper()]
    two = {start: pair[1].lower() for start, end in spans if (pair := _TWO.fullmatch(text, start, end))}
    persons = {start for start, last in two.items() if last not in small and not _ORGANISED.fullmatch(last)}
    return (*found, *(Mention(*at, 0.9) for at in listed if at[0] not in persons or at in spans))


def _alone(name: str, small: frozenset[str]) -> str:
    """The first of names that "and" joins, without words at its end that do not name: the next cell's, in a table."""
    words = name.split(" and ")[0].split()
    while len(words) > 2 and (words[-1].lower() in EMPTY_WORDS or words[-1].lower() in small):
        words.pop()
    return " ".join(words)


@cache
def places() -> regex.Pattern[str]:
    """The names of countries, states and provinces (ISO 3166)."""
    parts = (one for one in pycountry.subdivisions if regex.search(_LARGE, one.type))
    names = sorted({one.name for one in (*pycountry.countries, *parts)}, key=len, reverse=True)
    return regex.compile(rf"(?i)\b(?:{'|'.join(map(regex.escape, names))})\b".replace(r"\ ", r"\s+"))
