"""From the log-probabilities of a reply's tokens to the probability of each value in it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coderai.codebook.reply import Answer, read_answers
from coderai.kit.model_replies import TokenSpan

_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,:]*")
_Spans = dict[Any, tuple[int, int]]


def with_probabilities(
    answers: Mapping[str, tuple[Answer, ...]], text: str, tokens: Sequence[TokenSpan]
) -> dict[str, tuple[Answer, ...]]:
    """The answers read from a reply's text, with the probability of each value where the tokens give one."""
    if not tokens:
        return dict(answers)
    written = _probabilities(text, tokens)
    return {name: tuple(_with(given, written.get(name, []))) for name, given in answers.items()}


def value_probability(tokens: Sequence[TokenSpan], start: int, end: int) -> float | None:
    """The probability of the least probable token that writes a part of the value text[start:end]; None without any.

    One token decides a value: the sum over all would make long values improbable, the mean would hide that one in sure
    ones. The least probable token is "Max(-log p)" of Manakul et al., SelfCheckGPT, EMNLP 2023. A token that writes a
    part of the value and what stands beside it counts whole; one of quotation marks, commas and the like alone does
    not.
    """
    inside = [token.logprob for token in tokens if token.start < end and token.end > start]
    return math.exp(min(0.0, *inside)) if inside else None


def _with(answers: Sequence[Answer], probabilities: Sequence[float | None]) -> Iterator[Answer]:
    # More answers than values in the text: which is which is not known.
    known = probabilities if len(probabilities) >= len(answers) else [None] * len(answers)
    for answer, probability in zip(answers, known, strict=False):
        yield replace(answer, probability=probability)


def _probabilities(text: str, tokens: Sequence[TokenSpan]) -> dict[str, list[float | None]]:
    """By variable, in the order of the reply, what the tokens say of each value that is an answer."""
    found: dict[str, list[float | None]] = {}
    try:
        findings = _members(text, text.index("{")).get("findings")
        items = _items(text, findings[0]) if findings else {}
        for start, _ in items.values():
            finding = _DECODER.raw_decode(text, start)[0]
            if isinstance(finding, dict) and read_answers([finding]):
                inner = _inner(text, *_members(text, start)["value"])
                found.setdefault(str(finding.get("variable")), []).append(value_probability(tokens, *inner))
    except (ValueError, LookupError, RecursionError):
        return {}
    return found


def _inner(text: str, start: int, end: int) -> tuple[int, int]:
    """A value's span, without the quotation marks of a text."""
    return (start + 1, end - 1) if text[start] == '"' else (start, end)


def _members(text: str, start: int) -> _Spans:
    """Where the values of the object that starts at text[start] stand, by key; the last counts of a key given twice."""
    spans: _Spans = {}
    at = _after(text, start + 1)
    while text[start] == "{" and text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        value = _after(text, at)
        at = _DECODER.raw_decode(text, value)[1]
        spans[key] = (value, at)
        at = _after(text, at)
    return spans


def _items(text: str, start: int) -> _Spans:
    """Where the items of the list that starts at text[start] stand, by their place."""
    spans: _Spans = {}
    at = _after(text, start + 1)
    while text[start] == "[" and text[at] != "]":
        end = _DECODER.raw_decode(text, at)[1]
        spans[len(spans)] = (at, end)
        at = _after(text, end)
    return spans


def _after(text: str, at: int) -> int:
    """The next place where something other than white space, a comma or a colon stands."""
    match = _BETWEEN.match(text, at)
    return match.end() if match else at
