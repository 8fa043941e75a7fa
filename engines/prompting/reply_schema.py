"""Says as a strict JSON Schema what a reply to a call must look like."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from coderai.codebook.codebook import Variable, VariableType
from coderai.engines.calls import Call, CallKind
from coderai.engines.prompting.reading import LONGEST_QUOTE

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_QUOTE: Schema = {
    "type": "string",
    "description": f"verbatim from the document, {LONGEST_QUOTE} characters at most",
}
_VALUE: Mapping[VariableType, Schema] = {
    VariableType.TEXT: _TEXT,
    VariableType.NUMBER: {"type": ["number", "string"]},
    VariableType.DATE: _TEXT,
    VariableType.BOOLEAN: {"type": "boolean"},
}


def reply_schema(call: Call) -> dict[str, Any]:
    """The strict schema of the whole reply: every key required, no other allowed.

    Providers count a schema as input and put it before the messages, so calls share a cached prefix only when they
    share their schema. It is therefore the same for all entities of a passage and for all passages of a round, and
    what several variables have in common stands in it once. A call that asks other variables (a later round of
    depends_on, a variable on its own) has another schema and shares nothing with such a provider; a schema for all
    would have to ask for all variables each time, which costs more in answers than it saves.
    """
    if call.kind is CallKind.IDENTIFY:
        entity = _object({"name": _TEXT, "quote": _QUOTE})
        return _object({"entities": {"type": "array", "items": entity}, "more": {"type": "boolean"}})
    return _shared({v.name: v.prompt.response_schema or answer_schema(v) for v in call.variables})


def answer_schema(variable: Variable) -> dict[str, Any]:
    """A variable's part of the reply by its type alone: null, or a list of values with their evidence."""
    is_category = variable.type is VariableType.CATEGORY
    value = {**_TEXT, "enum": [c.value for c in variable.categories]} if is_category else _VALUE[variable.type]
    confidence = {"type": "number", "description": "0 to 1"}
    explanation = {**_TEXT, "description": "one short sentence"}
    answer = {"value": value, "quote": _QUOTE, "confidence": confidence, "explanation": explanation}
    return {"type": ["array", "null"], "items": _object(answer)}


def _shared(parts: Mapping[str, Schema]) -> dict[str, Any]:
    """An object of these parts, in which a part that occurs more than once is written once and referred to."""
    written = {name: json.dumps(part, sort_keys=True) for name, part in parts.items()}
    counts = Counter(written.values())
    names = {text: f"answer_{n}" for n, text in enumerate((t for t in counts if counts[t] > 1), start=1)}
    definitions = {names[text]: parts[name] for name, text in written.items() if text in names}
    properties = {
        name: {"$ref": f"#/$defs/{names[text]}"} if text in names else parts[name] for name, text in written.items()
    }
    return _object(properties) | ({"$defs": definitions} if definitions else {})


def _object(properties: Mapping[str, Schema]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
