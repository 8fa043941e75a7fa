"""The kinds of call with their declarations, by which any call is sent and any reply is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from coderai.engines.calls import Call, CallKind, Reply
from coderai.engines.prompting.deciding import DECIDE
from coderai.engines.prompting.declaration import Declaration
from coderai.engines.prompting.extracting import EXTRACT
from coderai.engines.prompting.identifying import IDENTIFY
from coderai.engines.prompting.judging import JUDGE
from coderai.engines.prompting.telling_apart import SAME

KINDS: Mapping[CallKind, Declaration] = {
    CallKind.IDENTIFY: IDENTIFY,
    CallKind.EXTRACT: EXTRACT,
    CallKind.JUDGE: JUDGE,
    CallKind.DECIDE: DECIDE,
    CallKind.SAME: SAME,
}


@dataclass(frozen=True, slots=True)
class Message:
    """One turn that a model is sent."""

    role: Literal["system", "user"]
    content: str


def messages(call: Call) -> tuple[Message, ...]:
    """The messages of a call, exactly as they are sent: a preview shows these.

    System and user are the only turns since local models' chat templates refuse two of one kind in a row.
    """
    kind = KINDS[call.kind]
    return Message("system", kind.rules(call)), Message("user", kind.shown(call))


def reply_schema(call: Call) -> dict[str, Any]:
    """The strict schema of the whole reply: every key required, no other allowed."""
    return KINDS[call.kind].schema(call)


def read_reply(call: Call, content: Any) -> Reply:
    """The answers to what was asked, whatever JSON the model gave; it never fails.

    Names and numbers that were not asked are dropped.
    """
    return KINDS[call.kind].read(call, content if isinstance(content, Mapping) else {})


def temperature(call: Call) -> float:
    """The sampling temperature, 0..2."""
    return KINDS[call.kind].temperature(call)


def max_tokens(call: Call) -> int:
    """The limit of the reply in tokens."""
    return KINDS[call.kind].max_tokens(call)
