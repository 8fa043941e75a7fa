"""A suggestion for each thing that the researcher's own words name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import regex

from coderai.codebook.variable import VariableType
from coderai.engines.offline.words import find_words, telling
from coderai.services.copilot.domain.offline.corpus import Corpus, claims_of, says
from coderai.services.copilot.domain.question import GREATEST_LIMIT
from coderai.services.copilot.domain.suggesting.ideas import VariableIdea

_ASKS = {
    VariableType.NUMBER: r"how (?:many|much)|number|amount|cost|count|size|total|wie ?viele?|cu[aá]nt[oa]s?|combien",
    VariableType.DATE: r"when|dates?|years?|wann|cu[aá]ndo|quand",
    VariableType.BOOLEAN: r"whether|if|did|does|do|is|are|was|were|has|have|ob|si",
}
_PHRASE = regex.compile(r"[,;.?!\n]+|\b(?:and|und|et|y|e)\b")
_OF_NUMBERS = frozenset(("many", "much", "number"))
_LONGEST_NAME = 5
"""Words."""


def phrases(hint: str) -> list[str]:
    """What a hint names, one thing each."""
    return [" ".join(one.split()) for one in islice(filter(str.strip, _PHRASE.split(hint)), GREATEST_LIMIT)]


def wished(hint: str, row: str, corpus: Corpus) -> Iterator[VariableIdea]:
    """What the hint names, in its order, each with the type that it asks for and where documents speak of it."""
    for phrase in phrases(hint):
        asks = (type for type, words in _ASKS.items() if regex.match(rf"(?i)\W*(?:the )?(?:{words})\b", phrase))
        told, type = [word.form for word in telling(find_words(phrase))], next(asks, VariableType.TEXT)
        words = [form for form in told if form not in _OF_NUMBERS]
        if told and not words:  # "how many" alone does not say of what
            continue
        dated = ["date"] if type is VariableType.DATE and "date" not in words else []
        label = " ".join([*dated, *words[:_LONGEST_NAME]]) or phrase
        places = _places(phrase, corpus)
        found = f". {corpus.seen_in(places)}" if places else "; no document of the sample uses these words."
        yield VariableIdea(
            name=label,
            display_name=label,
            type=type,
            instructions=f"{phrase[:1].upper()}{phrase[1:]}: what the document states about it for {row}.",
            reason=f"You asked for it{found}",
            claims=claims_of(places),
            wished=True,
        )


def _places(phrase: str, corpus: Corpus) -> dict[str, str]:
    """The first sentence of each document that has one of the phrase's words."""
    wanted, places = says(phrase), dict[str, str]()
    for name, reading, sentence in corpus.sentences():
        if name not in places and wanted & {word.stem for word in sentence.words}:
            places[name] = reading.text[slice(*sentence.span)]
    return places
