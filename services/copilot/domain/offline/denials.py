"""Finds yes/no questions: what some documents state and others deny."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.offline.finding import Finding, enough
from coderai.services.copilot.domain.offline.words import WORD, says_nothing, stem
from coderai.services.copilot.domain.question import Document

_NEGATIONS = r"not|no|nobody|never|none|without|denied(?: that)?|nicht|kein\p{L}*|ohne|sin|ningun[oa]|sem|não|pas de"
_BETWEEN = "was|were|been|be|any|the|a|had|have|has"
_DENIED = regex.compile(rf"(?i)\b(?:{_NEGATIONS})\b(?: (?:{_BETWEEN}))* (?P<word>[\p{{L}}\p{{M}}]{{5,}})")


def denials(documents: Sequence[Document]) -> Iterator[Finding]:
    """Words that stand behind a negation in several documents, and without one in another."""
    denied: dict[str, dict[str, tuple[str, str]]] = {}
    stated: dict[str, set[str]] = {}
    for document in documents:
        behind = set()
        for match in _DENIED.finditer(document.text):
            behind.add(match.start("word"))
            denied.setdefault(stem(match["word"]), {}).setdefault(document.name, (match["word"], match.group()))
        for match in WORD.finditer(document.text):
            if match.start() not in behind:
                stated.setdefault(stem(match.group()), set()).add(document.name)
    for root, places in denied.items():
        word = next(iter(places.values()))[0]
        elsewhere = stated.get(root, set()) - places.keys()
        if elsewhere and len(places) >= enough(documents) and not says_nothing(word):
            examples = {name: example for name, (_, example) in places.items()}
            yield _finding(word.casefold(), examples | dict.fromkeys(sorted(elsewhere), word))


def _finding(word: str, seen: dict[str, str]) -> Finding:
    instructions = (
        f"Whether the document says “{word}” of {{row}}: true if it states it, false if it denies it."
        " Missing if the document says nothing about it."
    )
    return Finding(word, VariableType.BOOLEAN, instructions, seen, 0.4)
