"""How many tokens a reply may take: what the answer needs, room for thinking, and more when that was too little."""

from __future__ import annotations

import re

from coderai.kit.model_replies import Finish
from coderai.kit.tokens import estimate_tokens

THINKING = 16_384
"""Tokens on top of the answer's for models that think before they answer, where thoughts count against the limit."""
USUAL_EFFORT = "medium"
USUALLY_THOUGHT = {"minimal": 128, "low": 512, "medium": 1_024, "high": 4_096}
"""Tokens thought in one call, by reasoning effort, as long as nothing is measured: assumed, no provider states them."""
MOST_OUT = 32_768
"""The limit of a model that nobody has told of."""
MOST_RAISES = 3
"""Times that a limit is doubled for one reply."""
_THINKS = re.compile(
    r"(^|/)(o\d|gpt-5(?!.*chat)|gpt-oss|gemini-(2\.5|[3-9])|grok-(3-mini|4)|magistral|qwq)"
    r"|deepseek-(r\d|reasoner)|qwen3(?!.*(instruct|coder))|think|reason",
    re.IGNORECASE,
)


def is_thinking(name: str) -> bool:
    """Whether a model of this name, without its provider, is of a family that thinks before it answers."""
    return _THINKS.search(name) is not None


def thinking_tokens(model: str, effort: str) -> int:
    """Tokens that a model, named provider:model, is assumed to think in one call; 0 of one that does not think.

    `effort` is minimal, low, medium, high, or empty for the provider's usual.
    """
    return USUALLY_THOUGHT[effort or USUAL_EFFORT] if is_thinking(model.partition(":")[2]) else 0


class ReplyRoom:
    """The limits of one model's replies; it learns from what comes back."""

    def __init__(self, *, thinks: bool) -> None:
        self._thinks = thinks
        self._in_vain = False

    def limit(self, answer: int, most: int) -> int:
        """The limit for a reply whose answer may take so many tokens; `most` is the model's own."""
        return min(answer + (THINKING if self._thinks else 0), most)

    def larger(self, limit: int, answer: int, most: int) -> int | None:
        """The limit to try after a reply was cut off at `limit`; None where more room would not help.

        It does not help a model that never ends: one whose last reply with ever more room was cut off all the same.
        """
        wanted = max(self.limit(answer, most), min(2 * limit, most))
        return None if self._in_vain or wanted <= limit else wanted

    def came(self, text: str, tokens_out: int) -> None:
        """Learns that the model thinks from a reply that took far more tokens than its text has."""
        self._thinks = self._thinks or tokens_out > 2 * estimate_tokens(text) + 200

    def ended(self, finish: Finish) -> None:
        """Notes how a reply ended after all that was tried."""
        self._in_vain = finish is Finish.CUT_OFF
