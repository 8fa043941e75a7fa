"""What tokens cost: prices per million, by model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from coderai.kit.model_replies import Usage
from coderai.kit.models import EVERY_MODEL, OFFLINE, ModelList

CURRENCY = "USD"
_MILLION = 1_000_000
_RELEASE = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cached_input: float | None = None
    """Of input tokens from the provider's prefix cache; as `input` when absent."""

    def of(self, usage: Usage) -> float:
        """What a usage costs, in US dollars."""
        cached_input = self.input if self.cached_input is None else self.cached_input
        fresh = usage.tokens_in - usage.tokens_cached
        dollars = fresh * self.input + usage.tokens_cached * cached_input + usage.tokens_out * self.output
        return dollars / _MILLION


FREE = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Prices:
    """What models cost, as far as that is known."""

    table: Mapping[str, Price]
    """By provider:name."""
    listed: Mapping[str, Price] = field(default_factory=dict)
    """The operator's, by pattern of the list of models; they go before the table."""
    models: ModelList = EVERY_MODEL

    def of(self, model: str) -> Price | None:
        """A model's price; None when it is not known. A dated release has its model's unless it has one of its own."""
        if model == OFFLINE:
            return FREE
        own = self.listed.get(self.models.pattern(model)) if self.models.allows(model) else None
        return own or self.table.get(model) or self.table.get(_RELEASE.sub("", model))
