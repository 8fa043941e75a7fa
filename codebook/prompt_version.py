"""A prompt version: the instruction text of one variable, with its number and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coderai.codebook.problems import Problems, PromptInvalid


class PromptOrigin(StrEnum):
    """Where a prompt version came from."""

    GENERATED = "GENERATED"
    """From the variable's definition, by codebook.prompt."""
    EDITED = "EDITED"
    """A person's own words."""
    REFINED = "REFINED"
    """A refinement that a person chose."""


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """One numbered version; exactly one of a variable's is active."""

    id: str = ""
    version: int = 0
    """1, 2, 3 ... within the variable."""
    text: str = ""
    temperature: float = 0.0
    """0..2."""
    max_tokens: int = 0
    """Limit of the reply in tokens."""
    origin: PromptOrigin = PromptOrigin.GENERATED

    def check(self) -> PromptVersion:
        """Itself, once its limits are checked.

        Raises:
            PromptInvalid: says per field what is wrong.
        """
        problems = Problems()
        problems.unless(0 < len(self.text.strip()) <= 20_000, "text", "must have 1 to 20,000 characters")
        problems.unless(0 <= self.temperature <= 2, "temperature", "must be between 0 and 2")
        problems.unless(16 <= self.max_tokens <= 32_768, "max_tokens", "must be 16 to 32,768")
        problems.raise_as(PromptInvalid, "the prompt")
        return self


NO_PROMPT = PromptVersion()
"""Of a variable whose prompt is not asked for."""
