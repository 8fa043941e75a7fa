"""One question on its way to a model: who waits for the answer and hears it come, and what it has cost so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from coderai.kit.llm.retry import Waits
from coderai.kit.model_replies import Usage

Heard = Callable[[str], None]
"""Hears the next part of a reply's text, as the model sends it; it neither waits nor raises."""


@dataclass(slots=True)
class Asking:
    """What is known of it until the reply is there."""

    waits: Waits
    """Hears of passing faults."""
    heard: Heard | None = None
    """Hears the reply part by part; it comes whole when absent."""
    usage: Usage = field(default_factory=Usage)
    """Of all requests so far."""
    so_far: str = ""
    """What has been heard of the reply that is coming."""

    def hear(self, part: str) -> None:
        """Takes a part in, and passes it on."""
        self.so_far += part
        if self.heard is not None:
            self.heard(part)
