"""What is declared of a kind of call: what a model is sent, what its reply must look like, and how that is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coderai.engines.calls import Call, Reply


@dataclass(frozen=True, slots=True)
class Declaration:
    """One kind of call, whole; each part is a function of the call."""

    rules: Callable[[Call], str]
    """The system's message."""
    shown: Callable[[Call], str]
    """The user's message."""
    schema: Callable[[Call], dict[str, Any]]
    """The strict JSON Schema of the whole reply: every key required, no other allowed."""
    read: Callable[[Call, Mapping[str, Any]], Reply]
    """What of a reply's object can be used; it never fails."""
    max_tokens: Callable[[Call], int]
    """The limit of the reply in tokens."""
    temperature: Callable[[Call], float]
    """The sampling temperature, 0..2."""
