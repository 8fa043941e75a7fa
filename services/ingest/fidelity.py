"""Measures what reading loses and adds: the words of a file's documents held against the text expected of it."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from coderai.language.words import words
from coderai.services.ingest.domain.reading import Part, Reading

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LINK = re.compile(
    r"!?\[((?:\\.|[^\[\]\\]|\[[^\]]*\])*)\]"
    r"\((?:\\.|[^()\s\\]|\((?:\\.|[^()\\])*\))*(?:\s+\"(?:\\.|[^\"\\])*\")?\)"
)
_TASK = re.compile(r"(?<=[-*+] )\[[ xX]\](?=\s)")
"""The box of a list's task, ticked or not."""
_FENCE = re.compile(r"^```.*$", re.M)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How the words read and the words expected agree, each counted as often as it stands there."""

    recall: float
    """Share of the expected words that were read, 0 to 1; 1 where none are expected."""
    precision: float
    """Share of the words read that are expected, 0 to 1; 1 where none were read."""
    lost: Sequence[str]
    """Words that were expected and not read, most often lost first."""
    added: Sequence[str]


def fidelity(read: Sequence[str], expected: Sequence[str]) -> Fidelity:
    """Compares words; neither their order nor their case counts."""
    here, there = _counted(read), _counted(expected)
    common = (here & there).total()
    return Fidelity(
        recall=common / there.total() if there else 1.0,
        precision=common / here.total() if here else 1.0,
        lost=[word for word, _ in (there - here).most_common()],
        added=[word for word, _ in (here - there).most_common()],
    )


def _counted(found: Sequence[str]) -> Counter[str]:
    """How often each word is there; an underscore parts words, as it is a mark of emphasis, of equations, of names."""
    return Counter(part for word in found for part in word.casefold().split("_") if part)


def words_read(documents: Sequence[Reading | Part]) -> list[str]:
    """Of a file's documents: of each its text and what its table says beside it, and once the table's column names."""
    return [*_texts(documents), *(word for name in _columns(documents) for word in words(name))]


def _texts(documents: Sequence[Reading | Part]) -> Iterator[str]:
    for document in documents:
        reading = document.outcome if isinstance(document, Part) else document
        if isinstance(reading, Reading):
            yield from words(reading.text)
        if isinstance(document, Part):
            for value in document.metadata.values():
                yield from words(_said(value))


def _columns(documents: Sequence[Reading | Part]) -> dict[str, None]:
    return {name: None for document in documents if isinstance(document, Part) for name in document.metadata}


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def words_expected(markdown: str) -> list[str]:
    """Of a text in Markdown, without its marks: comments, links' targets, tasks' boxes, escapes, emphasis, entities."""
    text = _TASK.sub("", _FENCE.sub("", _COMMENT.sub("", markdown)))
    while (shorter := _LINK.sub(r"\1", text)) != text:
        text = shorter
    return words(html.unescape(_ESCAPE.sub(r"\1", text)))
