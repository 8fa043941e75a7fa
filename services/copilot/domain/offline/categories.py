"""The values that a variable takes in the documents: in fields of its name, as events, among its own categories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from coderai.codebook.reply import Answer
from coderai.codebook.variable import Category, Variable, VariableType
from coderai.engines.offline.words import find_words, stems, telling
from coderai.services.copilot.domain.offline.answering import answers
from coderai.services.copilot.domain.offline.corpus import Corpus, read_corpus, says
from coderai.services.copilot.domain.offline.traits import Kind, Trait, traits
from coderai.services.copilot.domain.offline.wishes import phrases
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import CategoriesIdea, CategoryIdea, Claim

_MOST = 12
_LONGEST = 40
"""Code points of a category's value."""
_MOST_WORDS = 4
_KIND = frozenset(stems("kind form type sort event action activity category"))
"""Words of variables that ask which kind of thing it is."""


class _Stated(NamedTuple):
    """A value that a document gives."""

    document: str
    value: str
    quote: str
    sense: str
    """The value's stems: those of one sense are one."""


def categories(question: Question, *, in_own_words: bool = True) -> CategoriesIdea:
    """The values seen, those of most documents first; those beyond a dozen, and long ones, are left over.

    Before them come the present categories, and those that the hint names.

    They are those of fields of the variable's name; without such the events that are told of, where it asks for a kind;
    else, with `in_own_words`, what the built-in engine finds in more documents than one.
    """
    variable, corpus = question.variable, read_corpus(question.documents)
    assert variable is not None
    named = {one.value.casefold() for one in variable.categories}
    asked = [Category(one) for one in phrases(question.hint) if one.casefold() not in named]
    own = [_seen(one, corpus) for one in (*variable.categories, *asked)]
    known = {_sense(one.value) for one in own}
    where, values = _stated(question, variable, corpus)
    values = values if in_own_words or where is not _FOUND else []
    new = [found for found in values if found[0].sense not in known]
    short = [found for found in new if len(found[0].value) <= _LONGEST and len(found[0].value.split()) <= _MOST_WORDS]
    room = max(0, _MOST - len(own))
    kept = [found for found in short[:room] if where is not _FOUND or len(found) > 1]
    leftovers = tuple(Claim(found[0].value, found[0].document) for found in new if found not in kept)
    reason = f"The documents give these values {where}." if kept else "Only the present categories were looked for."
    return CategoriesIdea((*own, *map(_idea, kept)), reason, leftovers)


_FIELDS, _EVENTS, _FOUND = "in fields of this name", "as what was organised or joined", "in their own words"


def _stated(question: Question, variable: Variable, corpus: Corpus) -> tuple[str, list[list[_Stated]]]:
    """Where documents give values for the variable, and these, each with all documents, the most frequent first."""
    wanted = says(variable.name) | says(variable.display_name)
    by_kind = [
        (document, trait)
        for document, reading in corpus.readings.items()
        for trait in traits(reading)
        if trait.kind in (Kind.LABEL, Kind.EVENT)
    ]
    fields = [one for one in by_kind if one[1].kind is Kind.LABEL and says(one[1].what) <= wanted]
    if fields:
        return _FIELDS, _by_sense(map(_of_trait, fields))
    named = frozenset(stems(f"{variable.name.replace('_', ' ')} {variable.display_name}"))
    events = [one for one in by_kind if one[1].kind is Kind.EVENT] if named & _KIND else []
    if events:
        return _EVENTS, _by_sense(map(_of_trait, events))
    if variable.type in (VariableType.TEXT, VariableType.CATEGORY):
        text = replace(variable, type=VariableType.TEXT, categories=(), golden_examples=())
        return _FOUND, _by_sense(_of_answer(*one) for one in answers(question, text))
    return _FOUND, []


def _of_trait(found: tuple[str, Trait]) -> _Stated:
    document, trait = found
    return _Stated(document, trait.value, trait.quote, trait.sense)


def _of_answer(document: str, answer: Answer) -> _Stated:
    value = str(answer.value)
    return _Stated(document, value, answer.quote, _sense(value))


def _sense(value: str) -> str:
    return " ".join(stems(value.replace("_", " ")))


def _by_sense(stated: Iterable[_Stated]) -> list[list[_Stated]]:
    found: dict[str, dict[str, _Stated]] = defaultdict(dict)
    for one in stated:
        found[one.sense].setdefault(one.document, one)
    return sorted((list(of.values()) for of in found.values()), key=len, reverse=True)


def _idea(found: Sequence[_Stated]) -> CategoryIdea:
    return CategoryIdea(found[0].value, "", tuple(Claim(one.quote, one.document) for one in found))


def _seen(category: Category, corpus: Corpus) -> CategoryIdea:
    """A category with the first sentence of each document that has all of its words, and does not deny them."""
    wanted = {word.stem for word in telling(find_words(category.value.replace("_", " ")))}
    claims: dict[str, str] = {}
    for document, reading, sentence in corpus.sentences():
        said = {word.stem for word in sentence.words if not sentence.denied(word.start)}
        if wanted and wanted <= said:
            claims.setdefault(document, reading.text[slice(*sentence.span)])
    return CategoryIdea(category.value, category.description, tuple(Claim(q, name) for name, q in claims.items()))
