"""What of a reply that fits has to be asked again: quotes that the passage does not have, variables left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import regex

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call
from coderai.language.characters import fold, lower
from coderai.language.words import words

_FOLDED_KEPT = 64
_LEFT_OUT = regex.compile(r"\[\s*(?:\.{3}|…)\s*\]|\.{3,}|…")


def to_ask_again(call: Call, answers: Mapping[str, tuple[Answer, ...]]) -> tuple[list[str], list[str]]:
    """Names of the variables whose quotes are not in the passage, and of those that were not answered."""
    text = call.passage.text
    misquoted = [name for name, given in answers.items() if not all(_is_quoted(one.quote, text) for one in given)]
    return misquoted, [v.name for v in call.variables if v.name not in answers]


def complaint(misquoted: list[str], left_out: list[str]) -> str:
    """The message that asks for them again."""
    said = [f"The document does not have the words quoted for {', '.join(misquoted)}."] if misquoted else []
    said += [f"You left out {', '.join(left_out)}."] if left_out else []
    return " ".join([*said, "Reply for these variables alone: quote exactly, or list them under not_stated."])


def _is_quoted(quote: str, text: str) -> bool:
    """Whether each part of a quote stands in the text, whatever its case, accents and punctuation."""
    return quote in text or all(_folded(part) in _folded(text) for part in _LEFT_OUT.split(quote))


@lru_cache(_FOLDED_KEPT)
def _folded(text: str) -> str:
    return "".join(words(lower(fold(text))))
