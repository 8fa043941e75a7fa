"""Turns what a researcher says they want to know into variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import regex

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.offline.finding import reason
from coderai.services.copilot.domain.offline.words import WORD, stem, stems, telling
from coderai.services.copilot.domain.question import GREATEST_LIMIT, Document
from coderai.services.copilot.domain.suggestion import Suggestion

_PHRASE = regex.compile(r"[,;.?!\n]+|\b(?:and|und|et|y|e)\b")
_ASKS: Sequence[tuple[VariableType, str]] = (
    (
        VariableType.NUMBER,
        r"how (?:many|much)|number|amount|cost|price|count|size|total|wie ?viele?|cu[aá]nt[oa]s?|combien",
    ),
    (VariableType.DATE, r"when|dates?|years?|wann|cu[aá]ndo|quand"),
    (VariableType.BOOLEAN, r"whether|if|did|does|do|is|are|was|were|has|have|ob|si"),
)
_SENTENCE_END = regex.compile(r"(?<=[.!?。؟])\s+|\n\s*\n")
_MOST_WORDS = 5
_NOT_SEEN = "You asked for it; no document of the sample uses these words."


def wanted(hint: str, row: str, documents: Sequence[Document]) -> Iterator[Suggestion]:
    """A suggestion for each thing that the hint names."""
    phrases = (" ".join(phrase.split()) for phrase in _PHRASE.split(hint))
    named = (phrase for phrase in phrases if any(telling(phrase)) or _type(phrase) is VariableType.DATE)
    for phrase in islice(named, GREATEST_LIMIT):
        label = _label(list(telling(phrase))[:_MOST_WORDS], _type(phrase))
        yield Suggestion(
            name=label,
            display_name=label[:1].upper() + label[1:],
            type=_type(phrase),
            instructions=f"{phrase[:1].upper()}{phrase[1:]}: what the document states about it for {row}.",
            reason=_reason(phrase, documents),
        )


def _label(words: Sequence[str], type: VariableType) -> str:
    dated = type is not VariableType.DATE or "date" in map(str.casefold, words)
    return " ".join(words if dated else ("date", *words))


def _type(phrase: str) -> VariableType:
    for type, words in _ASKS:
        found = regex.search(rf"(?i)^\W*(?:the )?(?:{words})\b", phrase)
        if found:
            return type
    return VariableType.TEXT


def _reason(phrase: str, documents: Sequence[Document]) -> str:
    wanted_stems = stems(phrase)
    seen = {d.name: found for d in documents if (found := _sentence(d.text, wanted_stems))}
    return f"You asked for it. {reason(seen, len(documents))}" if seen else _NOT_SEEN


def _sentence(text: str, wanted_stems: frozenset[str]) -> str:
    """The first sentence that has one of the words; empty when none has."""
    sentences = _SENTENCE_END.split(text)
    return next((s for s in sentences if wanted_stems & {stem(word) for word in WORD.findall(s)}), "")
