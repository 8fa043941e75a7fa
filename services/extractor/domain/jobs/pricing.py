"""What tokens cost: prices per million, by model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from coderai.kit.models import EVERY_MODEL, OFFLINE, ModelList, Price

CURRENCY = "USD"
_RELEASE = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


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
