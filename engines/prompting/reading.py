"""Reads a model's reply into answers, taking nothing for granted: what does not fit is as if it were not there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from coderai.engines.calls import Answer, Call, CallKind, Entity

LONGEST_QUOTE = 200
"""Code points; so too of an entity's name."""
LONGEST_EXPLANATION = 500
MOST_ANSWERS = 50
"""Values of one variable in one passage; what goes on for longer is a model that has lost its way."""
MOST_ENTITIES = 200
_LARGEST_NUMBER = 1e300
_UNSTORABLE = regex.compile(r"[\x00\p{Cs}]")
"""What JSON can say and no database can keep: NUL and halves of surrogate pairs."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a reply holds; the fields are those of `Reply`."""

    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    more: bool = False


def read_reply(call: Call, content: Any) -> Contents:
    """The answers to what was asked, whatever JSON the model gave; it never fails.

    A variable that is left out or has a value of no sensible type has no key, one given null has an empty tuple.
    Names that were not asked are dropped, confidences brought into 0..1, quotes cut to 200 characters at a word's end.
    """
    parts = content if isinstance(content, Mapping) else {}
    if call.kind is CallKind.IDENTIFY:
        return Contents(entities=_entities(parts.get("entities")), more=parts.get("more") is True)
    read = {v.name: _answers(parts[v.name]) for v in call.variables if v.name in parts}
    return Contents(answers={name: answers for name, answers in read.items() if answers is not None})


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


def _answers(part: Any) -> tuple[Answer, ...] | None:
    """The answers to one variable; None when there is anything among them that is no answer."""
    items = part if isinstance(part, list) else [] if part is None else [part]
    answers = [_answer(item) for item in items]
    if None in answers:
        return None
    return tuple(answer for answer in answers if answer is not None and answer.value is not None)[:MOST_ANSWERS]


def _answer(item: Any) -> Answer | None:
    if not isinstance(item, Mapping) or "value" not in item or not _is_plain(item["value"]):
        return None
    value = item["value"]
    if isinstance(value, str):
        value = _text(value) or None
    quote = _cut(_text(item.get("quote")), LONGEST_QUOTE)
    explanation = _cut(_text(item.get("explanation")), LONGEST_EXPLANATION)
    return Answer(value, quote, _confidence(item.get("confidence")), explanation)


def _is_plain(value: Any) -> bool:
    """Whether it is a text, a truth value, a number that can be reckoned with, or null."""
    if isinstance(value, int | float):
        return -_LARGEST_NUMBER <= value <= _LARGEST_NUMBER
    return value is None or isinstance(value, str)


def _entities(part: Any) -> tuple[Entity, ...]:
    found = []
    for item in part if isinstance(part, list) else ():
        name = _cut(_text(item.get("name")), LONGEST_QUOTE) if isinstance(item, Mapping) else ""
        if name:
            found.append(Entity(name, _cut(_text(item.get("quote")), LONGEST_QUOTE)))
    return tuple(found[:MOST_ENTITIES])


def _confidence(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return 0.0
    return float(min(1, max(0, raw)))


def _text(raw: Any) -> str:
    return _UNSTORABLE.sub("", raw).strip() if isinstance(raw, str) else ""


def _cut(text: str, length: int) -> str:
    """The text itself, or as many whole words of it as fit; a single word that does not fit is cut."""
    if len(text) <= length:
        return text
    head, following = text[:length], text[length]
    words = head.rsplit(None, 1)
    return words[0] if len(words) == 2 and not (following.isspace() or head[-1].isspace()) else head.rstrip()
