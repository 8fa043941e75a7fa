"""What a document states that others may state too: labelled fields, dates, counts, money, places, names ..."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise

import regex

from coderai.engines.offline.reading import WHOLE, Reading, Sentence, standing_in
from coderai.engines.offline.texts import named
from coderai.engines.offline.words import NEGATIONS, Word, label_stems, stem, stems, telling
from coderai.language.calendar_words import calendar_words
from coderai.language.locales import base_language
from coderai.language.magnitudes import is_currency
from coderai.language.numbers import Number
from coderai.language.sentences import Span
from coderai.services.copilot.domain.offline.corpus import quoted
from coderai.services.copilot.domain.offline.word_lists import NAMES_NOTHING, PEOPLE


class Kind(StrEnum):
    """What kind of thing is stated."""

    LABEL = "LABEL"
    """A field of a form, or of a table: "Ward: north"."""
    DATE = "DATE"
    COUNT = "COUNT"
    """So many of something: "200 litres"."""
    OUTCOME = "OUTCOME"
    """So many to whom something happened: "three people were injured", "nobody was injured"."""
    AMOUNT = "AMOUNT"
    """A sum of money."""
    DENIED = "DENIED"
    """Something is said not to be so."""
    PLACE = "PLACE"
    ISSUER = "ISSUER"
    """An organisation in the document's head."""
    DONE_BY = "DONE_BY"
    """By whom something was done: "organised by the Harbour Workers' Union"."""
    EVENT = "EVENT"
    """What people organised or took part in: "a march"."""
    CLAUSE = "CLAUSE"
    """What something is said to be, or what somebody demands, proposes, recommends: "The cause was worn line"."""
    FORM = "FORM"
    """What is known by its form: an e-mail address, a telephone number."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that a document states."""

    kind: Kind
    key: str
    """What it is about, the same in all documents: stems, or empty where the kind says it all."""
    what: str
    """What it is called, in the document's words."""
    quote: str
    value: str = ""
    """What is stated, where it stands by itself."""
    sense: str = ""
    """The value's stems in the document's language: values of one sense are one."""


_NOT_COUNTED = regex.compile(
    r"[ap]m|per ?cent|more|others?|according|below|above|(?:second|minute|hour|day|night|week|month|year)s?"
    r"|.{1,3}|\W*\d.*"
)
"""What stands after a number and is not counted by it; a short word is mostly a unit, or a part of an address."""
_LEAST_PROSE = 3
"""Words of a sentence; what has fewer is a line of a form or of an address."""
_CURRENCY_WORD = regex.compile(r"euros?|dollars?|pounds?|crowns?|francs?|pesos?|rupees?|yen|yuan")
_PASSIVE = frozenset(["was", "were", "been", "is", "are", "be", "wurde", "wurden", "fue", "fueron", "resultaron"])
_OUTCOMES = frozenset(["injured", "killed", "arrested"])
"""Stems that stand for words of many languages."""
_OUTCOME_DISTANCE = 6
"""Words between a number and what happened to so many."""
_MOST_DENIALS = 10
"""In a sentence that makes sense."""
_NO = regex.compile(r"no|kein\w*|sin|sans|aucune?|ningun[oa]?|nessun[oa]?|geen|without|ohne|нет|без")
"""Words of denial that stand right before the noun that they deny."""
_DONE = r"(?P<done>\p{Ll}{3,}(?:ed|wn|ght|en)|\p{Ll}{4,}[ai]d[oa]s?)"
_BY = regex.compile(
    rf"\b(?:was|were|been|is|fue|fueron|sido|wurde|worden)\s+(?:\p{{Ll}}+ly\s+)?{_DONE}\s+(?:by|por|von|vom)\s+"
    r"(?P<by>(?:the\s+|el\s+|la\s+|los\s+|las\s+|dem\s+|der\s+)?\p{Lu}[^,.;:()\n]{2,80})"
)
_STATED = regex.compile(
    r"(?<!\p{L})(?:[Tt]he|[Ii]ts|[Tt]heir|[Ll]a|[Ee]l|[Dd]ie|[Dd]er|[Dd]as)\s+(?P<noun>\p{L}{4,})"
    r"(?:\s+(?:of|for|de|del|der|des)\s[^,.;:\n]{1,60}?)?,?\s+(?:was|is|war|ist|fue|era|es)\s+"
    r"(?!\p{L}+(?:ed|ing|ght|wn)\b|not\b|also\b|to\b|in\b|on\b|at\b|by\b|being\b)(?P<value>[^.;\n]{3,})"
)
"""A noun with what it is said to be: "The cause was an overheated fryer"."""
_ASKED = regex.compile(
    r"(?<!\p{L})(?:(?P<demand>demand(?:s|ed|ing)?|fordern|forderte?n?|fordert|exig(?:e|en|ir|ieron)|reclam(?:an?|ar|aron))"
    r"|(?:(?P<recommendation>recommend(?:s|ed)?)|(?P<proposal>propos(?:es?|ed))|(?P<promise>promis(?:es?|ed))"
    r"|(?P<conclusion>conclud(?:es?|ed)))(?=\s+(?:that|to|the|an?)\s))"
    r"\s+(?P<value>(?!by\b|was\b|were\b|and\b|or\b)[^.;\n]{4,})"
)
"""A verb whose object is a statement, by what that is called."""
_TO_EVENTS = r"(?:organi[sz]ed|called|staged|held|convened|convocad[oa]|organizad[oa]|organisiert)"
"""What is done to an event by those whose it is."""
_EVENT = regex.compile(
    r"(?<!\p{L})(?:the|an?|la|el|una?|die|der|eine?)\s+(?:\p{Ll}+\s+)?(?P<noun>\p{L}[\p{L}-]{3,}),?\s+"
    r"(?:which\s+|that\s+)?(?:was|were|had\s+been|has\s+been|fue|wurde)\s+"
    rf"{_TO_EVENTS}\b"
    r"|(?<!\p{L})(?:(?:part|participated|participaron|join(?:ed|s)?)\s+in|organi[sz]ed|staged|convened|convoc(?:ó|aron))"
    r"\s+(?:the|an?|una?|la|el)\s+(?:\p{Ll}+\s+)?(?P<noun>\p{L}[\p{L}-]{3,})"
    r"|(?<!\p{L})called(?:\s+for)?\s+(?:the|an?)\s+(?P<noun>\p{L}[\p{L}-]{3,})(?=[.,;]|\s+(?:for|on|in|to|but|and|at)\b)",
    regex.IGNORECASE,
)
"""A noun for something that people organise or take part in."""
_FORMS = {
    "email": regex.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+"),
    "website": regex.compile(r"(?:https?://|www\.)[^\s<>\"')]++"),
    "telephone": regex.compile(r"(?i)\b(?:tel|phone|fax|mobile)\w*\.?\s*(?:no\.?)?\s*[:.]?\s*\+?\d[\d ()./-]{5,18}\d"),
}
_HEAD = 300
"""Code points of a document's head."""
_BEGINNING = 3_000
"""Code points in which names are looked for."""
_SURE = 0.9
"""How surely a name is one of the kind asked for."""
_LABEL_WORDS = 5
_BESIDE = regex.compile(r"[ \t]*[:：]")
_IN_BRACKETS = regex.compile(r"\s*\([^)]*\)")
_MONEY = regex.compile(r"\W*(?:\p{Lu}{2,3}|\p{Sc})?\W*\d[\d.,' ]*[.,]\d\d\W*(?:\p{Lu}{2,3}|\p{Sc})?\W*")
"""An amount that stands by itself, with its cents."""


def traits(reading: Reading) -> Iterator[Trait]:
    """What a document states, in no order; most of it says little until other documents state it too."""
    yield from _labels(reading)
    days = [one for one in reading.dates if len(one.iso) > len("2021")]
    for date in [one for one in days if one != reading.own_date] or days:
        yield Trait(Kind.DATE, "", "date", quoted(reading, Span(date.start, date.end)), date.iso)
    for sentence in reading.sentences:
        yield from _counts(reading, sentence)
        yield from _denied(reading, sentence)
        yield from _statements(reading, sentence)
    yield from _names(reading)
    yield from _done_by(reading)
    for what, form in _FORMS.items():
        if match := form.search(reading.text):
            yield Trait(Kind.FORM, what, what, quoted(reading, Span(*match.span())), match.group())


def _labels(reading: Reading) -> Iterator[Trait]:
    """Fields: those with a colon, and amounts beside what they are the amount of."""
    for label in reading.labels:
        value, beside = reading.words_at(label.value), _BESIDE.match(reading.text, pos=label.label.end)
        beside = beside or (_MONEY.fullmatch(value) if label.sure else None)
        what = _IN_BRACKETS.sub("", reading.words_at(label.label))
        words = label_stems(what, reading.language)
        words = words - WHOLE or words
        if beside and words and len(what.split()) <= _LABEL_WORDS and any(map(str.isalnum, value)):
            quote = reading.text[label.label.start : label.value.end]
            sense = " ".join(stems(value, reading.language)) or value.casefold()
            yield Trait(Kind.LABEL, " ".join(sorted(words)), what.strip(" *#-.…"), quote, value, sense)


def _counts(reading: Reading, sentence: Sentence) -> Iterator[Trait]:
    """What is counted in a sentence, and sums of money."""
    for number in standing_in(sentence.span, reading.numbers):
        following = [word for word in sentence.words if word.start >= number.end]
        after = following[0] if following else None
        quote = quoted(reading, Span(number.start, number.end))
        if is_currency(number.unit) or (after and _CURRENCY_WORD.fullmatch(after.form)):
            yield Trait(Kind.AMOUNT, "", "amount", quote)
        elif after is not None and len(sentence.words) >= _LEAST_PROSE and _is_count(reading, number, after):
            yield Trait(Kind.COUNT, after.stem, after.form, quote)
        leading = [word for word in sentence.words if word.end <= number.start]
        for word in (*_known_outcomes(sentence, leading[-_OUTCOME_DISTANCE:]), *_happened(sentence, following)):
            yield Trait(Kind.OUTCOME, word.stem, _outcome(reading, word), quote)


def _is_count(reading: Reading, number: Number, after: Word) -> bool:
    last = bisect_right(reading.dates, number.start, key=lambda one: one.start) - 1
    dated = last >= 0 and number.start < reading.dates[last].end
    calendar = calendar_words(reading.language or "en")
    named = reading.text[after.start].isupper() and base_language(reading.language) != "de"
    known = bool(telling([after])) and after.form not in calendar.months and after.form not in calendar.weekdays
    return known and not dated and not named and not number.age and not _NOT_COUNTED.fullmatch(after.form)


def _happened(sentence: Sentence, following: list[Word]) -> Iterator[Word]:
    """Words after a number that say what happened to so many: after "was" or "were" of people, or known as such."""
    near = following[:_OUTCOME_DISTANCE]
    yield from _known_outcomes(sentence, near)
    if near and near[0].form in PEOPLE:
        for before, word in pairwise(near):
            is_passive = before.form in _PASSIVE and word.form.endswith("ed") and word.stem not in _OUTCOMES
            if is_passive and not sentence.denied(word.start):
                yield word


def _outcome(reading: Reading, word: Word) -> str:
    """What an outcome is called: "killed" for "killing" and "dead", in other languages by the document's own word."""
    is_english = base_language(reading.language) in ("", "en") and word.form.isascii()
    return word.stem if word.stem in _OUTCOMES and is_english else word.form


def _known_outcomes(sentence: Sentence, near: list[Word]) -> Iterator[Word]:
    return (word for word in near if word.stem in _OUTCOMES and not sentence.denied(word.start))


def _denied(reading: Reading, sentence: Sentence) -> Iterator[Trait]:
    """What is said not to be so: a noun right after "no", with what is said of it, or a participle ("not damaged")."""
    words = sentence.words
    denials = sum(not NEGATIONS.isdisjoint((word.form, word.form[0])) for word in words)
    for at, word in enumerate(words if 0 < denials <= _MOST_DENIALS else ()):
        before = words[at - 1].form if at else ""
        if word.stem in _OUTCOMES and sentence.denied(word.start):
            quote = quoted(reading, Span(word.start, word.end))
            yield Trait(Kind.OUTCOME, word.stem, _outcome(reading, word), quote)
        elif _NO.fullmatch(before) and sentence.denied(word.start) and _may_be_denied(reading, word):
            done = (one.form for one in words[at + 1 : at + 5] if one.form.endswith("ed"))
            what = " ".join([word.form, *islice((form for form in done if form not in NAMES_NOTHING), 1)])
            yield Trait(Kind.DENIED, word.stem, what, quoted(reading, Span(word.start, word.end)))
        elif (
            _may_be_denied(reading, word)
            and word.form.endswith("ed")
            and before == "not"
            and sentence.denied(word.start)
        ):
            yield Trait(Kind.DENIED, word.stem, word.form, quoted(reading, Span(word.start, word.end)))


def _may_be_denied(reading: Reading, word: Word) -> bool:
    """Whether it may be asked if it is so; words in capitals are a form's, or names."""
    written = reading.text[word.start].islower() or base_language(reading.language) == "de"
    return written and len(word.form) >= 3 and bool(telling([word])) and word.form not in NAMES_NOTHING


def _statements(reading: Reading, sentence: Sentence) -> Iterator[Trait]:
    text, (start, end) = reading.text, sentence.span
    for match in _STATED.finditer(text, start, end):
        noun, at = match["noun"].lower(), Span(*match.span())
        if noun not in NAMES_NOTHING:
            yield Trait(Kind.CLAUSE, stem(noun, reading.language), noun, quoted(reading, at), match["value"])
    for match in _ASKED.finditer(text, start, end):
        what = next(name for name, said in match.groupdict().items() if said and name != "value")
        yield Trait(Kind.CLAUSE, stem(what, "en"), what, quoted(reading, Span(*match.span())), match["value"])
    for match in _EVENT.finditer(text, start, end):
        noun = match["noun"].lower()
        if noun not in NAMES_NOTHING:
            sense = " ".join(stems(noun, reading.language))
            yield Trait(Kind.EVENT, "", "event", quoted(reading, Span(*match.span())), noun, sense)


def _names(reading: Reading) -> Iterator[Trait]:
    text, language = reading.text[:_BEGINNING], reading.language
    place = next((one for one in named(text, language, "place") if one.sure >= _SURE), None)
    if place is not None:
        at = Span(place.start, place.end)
        yield Trait(Kind.PLACE, "", "place", quoted(reading, at), reading.words_at(at))
    head = (one for one in named(text, language, "issuer") if one.sure >= _SURE and one.start < _HEAD)
    if (issuer := next(head, None)) is not None:
        at = Span(issuer.start, issuer.end)
        yield Trait(Kind.ISSUER, "", "organisation", quoted(reading, at), reading.words_at(at))


def _done_by(reading: Reading) -> Iterator[Trait]:
    for match in _BY.finditer(reading.text):
        at, done = Span(*match.span()), match["done"]
        done = "organised" if regex.fullmatch(_TO_EVENTS, done) else done
        yield Trait(Kind.DONE_BY, done, f"{done} by", quoted(reading, at), match["by"])
