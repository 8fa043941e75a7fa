"""Calls that put numbered lines, one JSON object each, and whose replies say something of each by its number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from coderai.codebook.types import Schema
from coderai.engines.calls import Call, Reply
from coderai.engines.prompting.declaration import Declaration
from coderai.engines.prompting.delimiters import enclose

T = TypeVar("T")

TOKENS_BESIDE = 256
"""Tokens of a reply besides what it says of the lines."""


def numbered(
    rules: str,
    tag: str,
    lines: Callable[[Call], Iterable[str]],
    schema: Schema,
    read: Callable[[Call, Mapping[str, Any]], Reply],
    put: Callable[[Call], Sequence[Any]],
    tokens_each: int,
) -> Declaration:
    """A kind of call whose lines stand in a block `tag`; a reply takes so many tokens for each thing that is put."""
    return Declaration(
        rules=lambda call: rules,
        shown=lambda call: enclose(tag, "\n".join(lines(call))),
        schema=lambda call: dict(schema),
        read=read,
        max_tokens=lambda call: TOKENS_BESIDE + tokens_each * len(put(call)),
        temperature=lambda call: 0.0,
    )


def line(parts: Mapping[str, Any]) -> str:
    """What is known of one thing, as JSON on one line: no text in it can pass for another line."""
    return json.dumps({name: part for name, part in parts.items() if part not in ("", None)}, ensure_ascii=False)


def number(given: Any, most: int) -> int:
    """A number from 1 to `most` that a reply gives; 0 when it is none."""
    return given if isinstance(given, int) and not isinstance(given, bool) and 0 < given <= most else 0


def undisputed(said: Iterable[tuple[int, T]]) -> dict[int, T]:
    """What is said of each number, by places from 0; what is said in two ways of one is not said."""
    found: dict[int, set[T]] = {}
    for of, what in said:
        found.setdefault(of - 1, set()).add(what)
    return {place: whats.pop() for place, whats in found.items() if len(whats) == 1}


def items(part: Any) -> list[Mapping[str, Any]]:
    """The objects in a reply's list; none of what is no list."""
    return [item for item in part if isinstance(item, Mapping)] if isinstance(part, list) else []
