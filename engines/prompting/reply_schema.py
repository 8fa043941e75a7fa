"""Says as a strict JSON Schema what a reply to a call must look like."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from coderai.codebook.reply import answer_schema, object_schema
from coderai.codebook.types import Schema
from coderai.engines.calls import Call, CallKind
from coderai.engines.prompting.entities import entities_schema, same_schema


def reply_schema(call: Call) -> dict[str, Any]:
    """The strict schema of the whole reply: every key required, no other allowed.

    Providers count a schema as input and put it before the messages, so calls share a cached prefix only when they
    share their schema. It is therefore the same for all entities of a passage and for all passages of a round, and
    what several variables have in common stands in it once. A call that asks other variables (a later round of
    depends_on, a variable on its own) has another schema and shares nothing with such a provider; a schema for all
    would have to ask for all variables each time, which costs more in answers than it saves.
    """
    if call.kind is CallKind.JUDGE:
        verdict = object_schema({"claim": {"type": "integer"}, "states": {"type": "boolean"}})
        return object_schema({"verdicts": {"type": "array", "items": verdict}})
    if call.kind is CallKind.IDENTIFY:
        return entities_schema()
    if call.kind is CallKind.SAME:
        return same_schema()
    return _shared({v.name: answer_schema(v) for v in call.variables})


def _shared(parts: Mapping[str, Schema]) -> dict[str, Any]:
    """An object of these parts, in which a part that occurs more than once is written once and referred to."""
    written = {name: json.dumps(part, sort_keys=True) for name, part in parts.items()}
    counts = Counter(written.values())
    names = {text: f"answer_{n}" for n, text in enumerate((t for t in counts if counts[t] > 1), start=1)}
    definitions = {names[text]: parts[name] for name, text in written.items() if text in names}
    properties = {
        name: {"$ref": f"#/$defs/{names[text]}"} if text in names else parts[name] for name, text in written.items()
    }
    return object_schema(properties) | ({"$defs": definitions} if definitions else {})
