"""Variables to consider: what the hint asks for, then what several documents state, the most promising first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from coderai.codebook.variable import VariableType
from coderai.engines.offline.words import stems
from coderai.services.copilot.domain.offline.corpus import Corpus, claims_of, read_corpus, says
from coderai.services.copilot.domain.offline.labelled import type_of
from coderai.services.copilot.domain.offline.traits import Kind, Trait, traits
from coderai.services.copilot.domain.offline.wishes import wished
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import CategoryIdea, Claim, VariableIdea

Places = Mapping[str, Sequence[Trait]]
"""By the ids of documents: what it states of one kind about one thing, at least one, in the order of its text."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """How what is stated of a kind is asked for."""

    promise: float
    """How likely it is wanted where every document has it, 0..1."""
    least: float
    """Share of the documents that must have it."""
    type: VariableType
    name: str
    instructions: str


_OFFERS = {
    Kind.LABEL: _Offer(1.0, 0.1, VariableType.TEXT, "{what}", "What the document gives as “{what}” for {row}."),
    Kind.EVENT: _Offer(
        0.95,
        0.15,
        VariableType.CATEGORY,
        "kind of event",
        "Which kind of event {row} is, by what the document says that was organised, called or joined.",
    ),
    Kind.DATE: _Offer(
        0.9,
        0.3,
        VariableType.DATE,
        "date",
        "The date of {row}, as precise as it is stated; not that of the document itself, nor that of something earlier"
        " or later that it mentions.",
    ),
    Kind.OUTCOME: _Offer(
        1.0,
        0.2,
        VariableType.NUMBER,
        "number of {what}",
        "How many were {what} in {row}, all together; 0 only if the document says that nobody was. Not those of another"
        " occasion that it mentions.",
    ),
    Kind.COUNT: _Offer(
        0.9,
        0.2,
        VariableType.NUMBER,
        "number of {what}",
        "How many {what} the document gives for {row}; 0 only if it says that there were none. Of a range, both ends.",
    ),
    Kind.CLAUSE: _Offer(
        0.9,
        0.25,
        VariableType.TEXT,
        "{what}",
        "The {what} that the document states for {row}, in its own words, as short as they tell it.",
    ),
    Kind.DONE_BY: _Offer(
        1.5,
        0.12,
        VariableType.TEXT,
        "{what}",
        "Who it was {what}, for {row}: the name as the document gives it. Not those who only took part or spoke.",
    ),
    Kind.PLACE: _Offer(
        0.85,
        0.5,
        VariableType.TEXT,
        "place",
        "The place (town, region or country) of {row}, by its name alone, as the document spells it.",
    ),
    Kind.ISSUER: _Offer(
        0.8,
        0.4,
        VariableType.TEXT,
        "organisation",
        "The organisation that the document names at its head, by its whole name.",
    ),
    Kind.AMOUNT: _Offer(
        0.7,
        0.25,
        VariableType.NUMBER,
        "amount",
        "The amount of money that the document gives for {row}. The number alone.",
    ),
    Kind.DENIED: _Offer(
        0.9,
        0.25,
        VariableType.BOOLEAN,
        "{what}",
        "Whether the document says “{what}” of {row}: true if so, false only if it denies it.",
    ),
    Kind.FORM: _Offer(0.6, 0.4, VariableType.TEXT, "{what}", "The {what} that the document gives for {row}, as it is."),
}
_FORMS = {
    VariableType.NUMBER: " Give the number alone, without its unit.",
    VariableType.DATE: " Give it as precisely as it is stated.",
    VariableType.CATEGORY: " Choose from the values listed.",
    VariableType.BOOLEAN: " True or false, only if the document says so.",
}
"""What a labelled field's instructions end with."""
_HINTED = 2.0
"""How much more likely it is wanted when the hint has one of its words."""
_LEAST_DENIED = 0.15
"""Share of the documents that must deny something."""
_MOST_SAID = 3
"""Documents that say something count for each that denies it, at most: words that all have tell little."""
_SAME_QUOTES = 0.6
"""Share of its quotes that a suggestion may have in common with a better one of its type."""
_MOST_CATEGORIES = 12


def variables(question: Question) -> Iterator[VariableIdea]:
    """Suggestions without a model.

    Left out is what says no more than a variable that the project has, or than a better suggestion.
    """
    row, corpus = question.project.row, read_corpus(question.documents)
    known = [says(f"{one.name} {one.display_name}") for one in question.variables]
    quoted: list[tuple[VariableType, frozenset[Claim]]] = []
    for idea in (*wished(question.hint, row, corpus), *_recurring(corpus, row, question.hint)):
        said, claims = says(idea.name), frozenset(idea.claims)
        taken = any(said <= other for other in known)
        same = any(
            type is idea.type and len(claims & others) >= _SAME_QUOTES * len(claims) > 0 for type, others in quoted
        )
        if not taken and not (same and not idea.wished):
            known.append(said)
            quoted.append((idea.type, claims))
            yield idea


def _recurring(corpus: Corpus, row: str, hint: str) -> Iterator[VariableIdea]:
    """What as many documents state as its kind asks for, the most promising first."""
    hinted, likely = frozenset(stems(hint)), list[tuple[float, VariableIdea]]()
    for (kind, key), places in _gathered(corpus).items():
        offer, documents = _OFFERS[kind], len(corpus)
        needed = max(min(2, documents), ceil(offer.least * documents))
        stated = len(places)
        if kind is Kind.DENIED and stated >= max(min(2, documents), _LEAST_DENIED * documents):
            said = len(_said(corpus, key, places))
            stated = min(stated + said, _MOST_SAID * stated) if said else 0
        if stated < needed:
            continue
        idea = _idea(kind, places, row, corpus)
        promise = offer.promise * stated / documents * (_HINTED if hinted & says(f"{idea.name} {key}") else 1.0)
        likely.append((promise, idea))
    yield from (idea for _, idea in sorted(likely, key=lambda item: -item[0]))


def _gathered(corpus: Corpus) -> Mapping[tuple[Kind, str], Places]:
    """What is stated, by kind and by what it is about."""
    found: dict[tuple[Kind, str], dict[str, list[Trait]]] = defaultdict(dict)
    for name, reading in corpus.readings.items():
        for trait in traits(reading):
            found[trait.kind, trait.key].setdefault(name, []).append(trait)
    return found


def _said(corpus: Corpus, key: str, denied: Places) -> set[str]:
    """The other documents that say, and do not deny, what some deny."""
    return {
        name
        for name, _, sentence in corpus.sentences()
        if name not in denied and any(word.stem == key and not sentence.denied(word.start) for word in sentence.words)
    }


def _idea(kind: Kind, places: Places, row: str, corpus: Corpus) -> VariableIdea:
    firsts = {document: stated[0] for document, stated in places.items()}
    offer, what = _OFFERS[kind], _called(firsts.values())
    type = type_of([one.value for one in firsts.values()]) if kind is Kind.LABEL else offer.type
    name = offer.name.format(what=what)
    instructions = offer.instructions.replace("{what}", what).replace("{row}", row)
    quotes = {document: trait.quote for document, trait in firsts.items()}
    return VariableIdea(
        name=name,
        display_name=name,
        type=type,
        instructions=instructions + (_FORMS.get(type, "") if kind is Kind.LABEL else ""),
        reason=corpus.seen_in(quotes),
        categories=categories_of(places) if type is VariableType.CATEGORY else (),
        claims=claims_of(quotes),
    )


def _called(found: Collection[Trait]) -> str:
    """What most documents call it, in the first spelling."""
    called = [trait.what for trait in found]
    common = Counter(one.casefold() for one in called).most_common(1)[0][0]
    return next(one for one in called if one.casefold() == common)


def categories_of(places: Places) -> tuple[CategoryIdea, ...]:
    """The values that documents state, the most frequent first, each with the documents that state it."""
    by_sense: dict[str, dict[str, Trait]] = defaultdict(dict)
    for document, stated in places.items():
        for trait in stated:
            by_sense[trait.sense].setdefault(document, trait)
    ordered = sorted(by_sense.values(), key=len, reverse=True)[:_MOST_CATEGORIES]
    return tuple(
        CategoryIdea(
            next(iter(of.values())).value, "", tuple(Claim(trait.quote, document) for document, trait in of.items())
        )
        for of in ordered
    )
