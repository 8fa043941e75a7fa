"""Says as a strict JSON Schema what a reply to a call must look like."""

from __future__ import annotations

from typing import Any

from coderai.codebook.reply import TEXT, findings_schema, object_schema
from coderai.engines.calls import Call, CallKind
from coderai.engines.prompting import conflicts


def reply_schema(call: Call) -> dict[str, Any]:
    """The strict schema of the whole reply: every key required, no other allowed.

    Providers count a schema as input and put it before the messages, so calls share a cached prefix only when they
    share their schema. It is therefore the same for all entities of a passage and for all passages of a round, and
    variables share one list of findings. A call that asks other variables (a later round of depends_on, a variable on
    its own) has another schema and shares nothing with such a provider; a schema for all would have to ask for all
    variables each time, which costs more in answers than it saves.

    A variable is found or listed as not stated: one that is in neither list was skipped.
    """
    if call.kind is CallKind.JUDGE:
        verdict = object_schema({"claim": {"type": "integer"}, "states": {"type": "boolean"}})
        return object_schema({"verdicts": {"type": "array", "items": verdict}})
    if call.kind is CallKind.DECIDE:
        return conflicts.schema()
    if call.kind is CallKind.IDENTIFY:
        entity = object_schema({"name": TEXT, "quote": TEXT})
        return object_schema({"entities": {"type": "array", "items": entity}, "more": {"type": "boolean"}})
    names = {"type": "array", "items": TEXT}
    return object_schema({"findings": findings_schema(call.variables), "not_stated": names})
