"""Constants and a clock for tests that ask models: one schema, the answer that fits it, one model's name."""

from __future__ import annotations

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "injured": {"type": ["integer", "null"]}},
    "required": ["city", "injured"],
    "additionalProperties": False,
}
ANSWER = {"city": "Nairobi", "injured": 17}
MODEL = "openai:gpt-4.1-mini"


class Clock:
    """Monotonic seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
