"""Reads a model's reply into answers, taking nothing for granted: what does not fit is as if it were not there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coderai.codebook.reply import Answer, cut, read_findings, read_text, shortened
from coderai.engines.calls import Call, CallKind, Entity
from coderai.engines.prompting import conflicts

MOST_ENTITIES = 200
LONGEST_NAME = 200
"""Code points of an entity's name."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a reply holds; the fields are those of `Reply`."""

    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    more: bool = False
    verdicts: Mapping[int, bool] = field(default_factory=dict)
    choices: Mapping[int, int] = field(default_factory=dict)


def read_reply(call: Call, content: Any) -> Contents:
    """The answers to what was asked, whatever JSON the model gave; it never fails.

    A variable that is left out or has a value of no sensible type has no key, one not stated has an empty tuple.
    Names that were not asked are dropped.
    """
    parts = content if isinstance(content, Mapping) else {}
    if call.kind is CallKind.JUDGE:
        return Contents(verdicts=_verdicts(call, parts.get("verdicts")))
    if call.kind is CallKind.DECIDE:
        return Contents(choices=conflicts.read(call, parts.get("choices")))
    if call.kind is CallKind.IDENTIFY:
        return Contents(entities=_entities(parts.get("entities")), more=parts.get("more") is True)
    return Contents(answers=read_findings(call.variables, parts))


def read_cut_off(text: str) -> tuple[Entity, ...]:
    """The entities that stand whole in a list that was cut off."""
    return _entities(list(_whole_objects(text)))


def _whole_objects(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), text.find("{", text.find("["))
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield found
        at = text.find("{", end)


def _verdicts(call: Call, part: Any) -> dict[int, bool]:
    """The verdicts on claims that were put, by their place from 0; those that contradict each other are none."""
    found: dict[int, set[bool]] = {}
    for item in part if isinstance(part, list) else ():
        number, states = (item.get("claim"), item.get("states")) if isinstance(item, Mapping) else (None, None)
        if isinstance(number, int) and isinstance(states, bool) and 0 < number <= len(call.claims):
            found.setdefault(number - 1, set()).add(states)
    return {place: True in said for place, said in found.items() if len(said) == 1}


def _entities(part: Any) -> tuple[Entity, ...]:
    found = []
    for item in part if isinstance(part, list) else ():
        name = cut(read_text(item.get("name")), LONGEST_NAME) if isinstance(item, Mapping) else ""
        if name:
            found.append(Entity(name, shortened(read_text(item.get("quote")))))
    return tuple(found[:MOST_ENTITIES])
