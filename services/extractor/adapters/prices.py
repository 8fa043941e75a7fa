"""The prices of models: the operator's, else those of the table that comes with the extractor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from coderai.kit.models import ModelList, Price
from coderai.services.extractor.domain.jobs.pricing import Prices

SHIPPED = Path(__file__).parents[1] / "prices.yaml"
_TABLE = TypeAdapter(dict[str, Price])


def read_prices(models: ModelList) -> Prices:
    """The prices of the models that may be asked."""
    listed = {pattern: terms.price for pattern, terms in models.entries.items() if terms.price}
    return Prices(_shipped(), listed, models)


def _shipped() -> Mapping[str, Price]:
    return _TABLE.validate_python(yaml.safe_load(SHIPPED.read_text()))
