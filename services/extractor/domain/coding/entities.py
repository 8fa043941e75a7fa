"""Merges the mentions of entities that overlapping passages give into one row per entity."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from coderai.services.extractor.domain.coding.extraction import Evidence, Found, Match, Mention

SAME_NAME = 92.0
"""Least similarity, in per cent (token sort ratio), at which two names are taken for spellings of one."""
_INITIALS_FROM = 3
"""Shorter initialisms stand for too many names."""


def merge(mentions: Iterable[Mention]) -> list[Found]:
    """One entity per thing mentioned, numbered in order of first mention; mentions not in the text are dropped."""
    grounded = [m for m in mentions if m.evidence.match is not Match.NONE]
    merged: list[list[Mention]] = []
    for mention in sorted(grounded, key=lambda m: (m.evidence.start or 0, m.passage)):
        for known in merged:
            why = _why_same(mention, known)
            if why:
                known.append(replace(mention, why=why))
                break
        else:
            merged.append([mention])
    return [Found(n, _fullest(known), tuple(known)) for n, known in enumerate(merged, start=1)]


def _why_same(mention: Mention, known: Sequence[Mention]) -> str:
    """Why a mention is of a known entity; empty when it is not."""
    name = _normal(mention.text)
    for other in known:
        other_name = _normal(other.text)
        same_place = mention.passage != other.passage and _overlaps(mention.evidence, other.evidence)
        if same_place and fuzz.token_set_ratio(name, other_name) >= SAME_NAME:
            return "same place in overlapping passages"
        if name == other_name:
            return "same name"
        if _is_initialism(name, other_name) or _is_initialism(other_name, name):
            return f"initials of {other.text!r}"
        if fuzz.token_sort_ratio(name, other_name) >= SAME_NAME and _digits(name) == _digits(other_name):
            return f"spelling of {other.text!r}"
    return ""


def _overlaps(left: Evidence, right: Evidence) -> bool:
    if left.start is None or left.end is None or right.start is None or right.end is None:
        return False
    return left.start < right.end and right.start < left.end


def _is_initialism(short: str, long: str) -> bool:
    words = long.split()
    return len(short) >= _INITIALS_FROM and len(words) == len(short) and short == "".join(w[0] for w in words)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _normal(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _fullest(mentions: Sequence[Mention]) -> str:
    return max((m.text for m in mentions), key=len)
