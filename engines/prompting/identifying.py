"""IDENTIFY: which of a document's things that are rows of the dataset a passage speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from coderai.codebook.reply import TEXT, cut, object_schema, read_text, shortened
from coderai.engines.calls import Call, Entity, Reply
from coderai.engines.prompting.declaration import Declaration
from coderai.engines.prompting.delimiters import enclose
from coderai.engines.prompting.extracting import about_passage, rules

MOST_ENTITIES = 200
LONGEST_NAME = 200
"""Code points of an entity's name."""
MOST_LISTED = 40
"""Entities that one reply lists; more are asked for in a further call, so that no list is cut off."""
TEMPERATURE = 0.1
MOST_TOKENS = 8192
_ENTITY = object_schema({"name": TEXT, "quote": TEXT})
_SCHEMA = object_schema({"entities": {"type": "array", "items": _ENTITY}, "more": {"type": "boolean"}})

_ASK = (
    "List each thing in the document that is one row of the dataset, as the context describes it, once, in the order "
    "in which the document first mentions them; an empty list if there is none. Things of the same name are several "
    "when their dates, places or other facts differ: list each, with the quote that tells it apart. name: the shortest "
    "wording in the document that tells it apart from the others. quote: the words of the document that first mention "
    f"it. List {MOST_LISTED} at most, and set more to true only if there are others."
)
_LISTED = "These are listed already: list only others."
_EARLIER = (
    "Earlier parts of the same document spoke of these. What this part says of one of them is listed under that very "
    "name, with a quote from this part; leave out those that it does not speak of, and list all others too."
)


def _ask(call: Call) -> Iterable[str]:
    yield _ASK
    if call.earlier:
        yield earlier_block(call.earlier)
        yield _EARLIER
    if call.known:
        yield enclose("listed", json.dumps(call.known, ensure_ascii=False))
        yield _LISTED


def earlier_block(earlier: Sequence[str]) -> str:
    """The names of the entities of earlier passages, as the user's message has them."""
    return enclose("earlier", json.dumps(earlier, ensure_ascii=False))


def _read(call: Call, parts: Mapping[str, Any]) -> Reply:
    return Reply(entities=_entities(parts.get("entities")), more=parts.get("more") is True)


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


def _entities(part: Any) -> tuple[Entity, ...]:
    found = []
    for item in part if isinstance(part, list) else ():
        name = cut(read_text(item.get("name")), LONGEST_NAME) if isinstance(item, Mapping) else ""
        if name:
            found.append(Entity(name, shortened(read_text(item.get("quote")))))
    return tuple(found[:MOST_ENTITIES])


IDENTIFY = Declaration(
    rules=rules,
    shown=lambda call: about_passage(call, _ask(call)),
    schema=lambda call: dict(_SCHEMA),
    read=_read,
    max_tokens=lambda call: MOST_TOKENS,
    temperature=lambda call: TEMPERATURE,
)
