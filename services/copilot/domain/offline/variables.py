"""Variables to consider: what the hint asks for, then what several documents state, the most promising first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil

from coderai.codebook.variable import Variable, VariableType
from coderai.engines.offline.words import stems
from coderai.services.copilot.domain.offline.answering import unanswered
from coderai.services.copilot.domain.offline.corpus import Corpus, claims_of, read_corpus, says
from coderai.services.copilot.domain.offline.labelled import type_of
from coderai.services.copilot.domain.offline.offers import FORM_OF, Offer, offer_of
from coderai.services.copilot.domain.offline.traits import Kind, Trait, traits
from coderai.services.copilot.domain.offline.wishes import wished
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import CategoryIdea, Claim, VariableIdea

Places = Mapping[str, Sequence[Trait]]
"""By the ids of documents: what it states of one kind about one thing, at least one, in the order of its text."""


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

    Left out is what says no more than a variable that the project has, or than a better suggestion, and counts that
    the engine that would code them finds in no document.
    """
    row, corpus = question.project.row, read_corpus(question.documents)
    known = [says(f"{one.name} {one.display_name}") for one in question.variables]
    quoted: list[tuple[VariableType, frozenset[Claim]]] = []
    for idea in (*wished(question.hint, row, corpus), *_recurring(corpus, row, question)):
        said, claims = says(idea.name), frozenset(idea.claims)
        taken = any(said <= other for other in known)
        same = any(
            type is idea.type and len(claims & others) >= _SAME_QUOTES * len(claims) > 0 for type, others in quoted
        )
        if not taken and not (same and not idea.wished):
            known.append(said)
            quoted.append((idea.type, claims))
            yield idea


def _recurring(corpus: Corpus, row: str, question: Question) -> Iterator[VariableIdea]:
    """What as many documents state as its kind asks for, the most promising first."""
    hinted, gathered = frozenset(stems(question.hint)), _gathered(corpus)
    likely: list[tuple[float, VariableIdea]] = []
    events = len(gathered.get((Kind.EVENT, ""), ()))
    about_events = _is_enough(offer_of(Kind.EVENT, "", about_events=False), events, corpus)
    for (kind, key), places in gathered.items():
        offer = offer_of(kind, key, about_events=about_events)
        stated = _stated(corpus, key, places) if kind is Kind.DENIED else len(places)
        if _is_enough(offer, stated, corpus):
            idea = _idea(kind, offer, places, row, corpus)
            if kind is Kind.COUNT and _is_unanswered(idea, question):
                continue
            promise = offer.promise * stated / len(corpus)
            likely.append((promise * (_HINTED if hinted & says(f"{idea.name} {key}") else 1.0), idea))
    yield from (idea for _, idea in sorted(likely, key=lambda item: -item[0]))


def _is_unanswered(idea: VariableIdea, question: Question) -> bool:
    """Whether the built-in engine finds a value for it in no document: what it counts is told by the way."""
    asked = Variable("", idea.name, idea.type, display_name=idea.name, instructions=idea.instructions)
    return bool(unanswered(replace(question, variables=(asked,))))


def _is_enough(offer: Offer, stated: int, corpus: Corpus) -> bool:
    """Whether so many documents state it that it is suggested."""
    return stated >= max(min(2, len(corpus)), ceil(offer.least * len(corpus)))


def _stated(corpus: Corpus, key: str, denied: Places) -> int:
    """How many documents say or deny what some deny; 0 where too few deny it, or none says it."""
    if len(denied) < max(min(2, len(corpus)), _LEAST_DENIED * len(corpus)):
        return 0
    said = len(_said(corpus, key, denied))
    return min(len(denied) + said, _MOST_SAID * len(denied)) if said else 0


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


def _idea(kind: Kind, offer: Offer, places: Places, row: str, corpus: Corpus) -> VariableIdea:
    firsts = {document: stated[0] for document, stated in places.items()}
    what = _called(firsts.values())
    type = type_of([one.value for one in firsts.values()]) if kind is Kind.LABEL else offer.type
    name, event = offer.name.format(what=what), row if row.endswith("event") else f"the event of {row}"
    instructions = offer.instructions.replace("{what}", what).replace("{event}", event).replace("{row}", row)
    quotes = {document: trait.quote for document, trait in firsts.items()}
    return VariableIdea(
        name=name,
        display_name=name,
        type=type,
        instructions=instructions + (FORM_OF.get(type, "") if kind is Kind.LABEL else ""),
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
