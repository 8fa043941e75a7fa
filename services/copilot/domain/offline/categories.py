"""The values that a variable takes in the documents: in fields of its name, as events, among its own categories."""

from __future__ import annotations

from collections import defaultdict

from coderai.codebook.variable import Category, Variable
from coderai.engines.offline.words import find_words, stems, telling
from coderai.services.copilot.domain.offline.corpus import Corpus, read_corpus, says
from coderai.services.copilot.domain.offline.traits import Kind, Trait, traits
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import CategoriesIdea, CategoryIdea, Claim

_MOST = 12
_LONGEST = 40
"""Code points of a category's value."""
_KIND = frozenset(stems("kind form type sort event action activity category"))
"""Words of variables that ask which kind of thing it is."""


def categories(question: Question) -> CategoriesIdea:
    """The values seen, the most frequent first; those beyond a dozen, and long ones, are left over."""
    variable, corpus = question.variable, read_corpus(question.documents)
    assert variable is not None
    own = [_seen(one, corpus) for one in variable.categories]
    stated = _stated(variable, corpus)
    known = {" ".join(stems(one.value)) for one in own}
    new = {key: found for key, found in stated.items() if key not in known}
    ordered = sorted(new.values(), key=len, reverse=True)
    short = [found for found in ordered if len(found[0][1].value) <= _LONGEST]
    long = [found for found in ordered if len(found[0][1].value) > _LONGEST]
    room = max(0, _MOST - len(own))
    ideas = (*own, *(_idea(found) for found in short[:room]))
    leftovers = tuple(Claim(found[0][1].value, found[0][0]) for found in (*short[room:], *long))
    where = "in fields of its name" if any(t.kind is Kind.LABEL for f in stated.values() for _, t in f) else "as events"
    reason = f"The documents give these values {where}." if stated else "Only the present categories were looked for."
    return CategoriesIdea(ideas, reason, leftovers)


def _stated(variable: Variable, corpus: Corpus) -> dict[str, list[tuple[str, Trait]]]:
    """What documents give for the variable, by the stems of the value: of a field of its name, else of events."""
    wanted = says(variable.name) | says(variable.display_name)
    asks_kind = bool(_KIND & frozenset(stems(f"{variable.name.replace('_', ' ')} {variable.display_name}")))
    labels, events = list[tuple[str, Trait]](), list[tuple[str, Trait]]()
    for document, reading in corpus.readings.items():
        for trait in traits(reading):
            if trait.kind is Kind.LABEL and says(trait.what) <= wanted:
                labels.append((document, trait))
            elif trait.kind is Kind.EVENT and asks_kind:
                events.append((document, trait))
    found: dict[str, list[tuple[str, Trait]]] = defaultdict(list)
    for document, trait in labels or events:
        found[trait.sense].append((document, trait))
    return found


def _idea(found: list[tuple[str, Trait]]) -> CategoryIdea:
    return CategoryIdea(found[0][1].value, "", tuple(Claim(trait.quote, document) for document, trait in found))


def _seen(category: Category, corpus: Corpus) -> CategoryIdea:
    """A category with the first sentence of each document that has all of its words, and does not deny them."""
    wanted = {word.stem for word in telling(find_words(category.value.replace("_", " ")))}
    claims: dict[str, str] = {}
    for document, reading, sentence in corpus.sentences():
        said = {word.stem for word in sentence.words if not sentence.denied(word.start)}
        if wanted and wanted <= said:
            claims.setdefault(document, reading.text[slice(*sentence.span)])
    return CategoryIdea(category.value, category.description, tuple(Claim(q, name) for name, q in claims.items()))
