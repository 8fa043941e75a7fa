"""What tests that ask models share: a list of models at one address, an account, a schema, its answer, a clock."""

from __future__ import annotations

from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.kit.models import OFFLINE, ModelList, ModelTerms

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


class Purse:
    """An account without limits; it knows what was used."""

    def __init__(self) -> None:
        self.used = NOTHING_USED
        self.waited: list[str] = []

    async def before(self, tokens: int) -> None:
        """Nothing is refused."""

    async def waits(self, problem: str, seconds: float) -> None:
        self.waited.append(problem)

    async def after(self, tokens: int, used: Usage) -> None:
        self.used += used


PURSE = Purse()


def listed(base_url: str = "", key: str = "") -> ModelList:
    """The offline engine, all of OpenAI's models, at an address of their own if one is given, another."""
    keys = (("OPENAI_BASE_URL", base_url), ("OPENAI_API_KEY", key), ("ANTHROPIC_API_KEY", key))
    entries = {OFFLINE: ModelTerms(), "openai:*": ModelTerms(), "anthropic:claude-haiku-4-5": ModelTerms()}
    return ModelList(entries, {name: value for name, value in keys if value})
